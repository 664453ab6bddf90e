"""Whether the present still looks like the time the model was made in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from foretaste.core import Settings
from foretaste.feedback.reports.changes import (
    changed_clicks,
    changed_scores,
    changed_shares,
    names_of,
)
from foretaste.feedback.reports.period import Period
from foretaste.measure import holm

__all__ = ["DriftCheck", "DriftReport", "DriftSettings", "drift"]

_FEWEST = 20
"""Below so many people or values in either period nothing can be said."""


class DriftSettings(Settings):
    """When to call it drift: surely there, and large enough to matter."""

    level: float = Field(
        0.01, gt=0, lt=1, description="chance of any false alarm, over all checks together"
    )
    least_psi: float = Field(
        0.1, ge=0, description="smallest stability index of kinds and items worth an alarm"
    )
    least_ks: float = Field(
        0.1, ge=0, le=1, description="smallest distance of score distributions worth an alarm"
    )
    least_ctr: float = Field(
        0.1, ge=0, description="smallest relative change of click-through worth an alarm"
    )
    items: int = Field(
        30, ge=1, description="most frequent items looked at one by one; the rest counts as one"
    )


@dataclass(frozen=True, slots=True)
class DriftCheck:
    """One thing compared.

    Attributes:
        name: ``kinds``, ``items``, ``scores`` or ``ctr``.
        statistic: Of the test: G over its design effect, Kolmogorov-Smirnov's, Welch's
            difference.
        size: How large the change is: stability index, distance, relative change.
        p: p-value of no change.
        p_holm: The same, adjusted for how many things are compared.
        alarm: Whether it is surely there and large enough to matter.
        words: One sentence.
    """

    name: str
    statistic: float
    size: float
    p: float
    p_holm: float
    alarm: bool
    words: str


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All that was compared.

    Attributes:
        checks: One for each thing there was enough of.
        alarm: Whether any of them raised one.
    """

    checks: tuple[DriftCheck, ...]
    alarm: bool

    @property
    def words(self) -> str:
        """The report in sentences."""
        if not self.checks:
            return "There is too little to compare."
        raised = [check.words for check in self.checks if check.alarm]
        return " ".join(raised) if raised else "Nothing has changed that matters."


def drift(reference: Period, recent: Period, settings: DriftSettings | None = None) -> DriftReport:
    """Compare two periods: kinds of events, items, scores, click-through.

    Kinds and items: G-test of homogeneity (Sokal & Rohlf 1995) with Rao & Scott's (1984) second
    order correction, because the events of one person are alike; size is the population
    stability index ``sum (q - p) ln(q / p)``. Scores: Kolmogorov-Smirnov with sizes divided by
    their design effect. Click-through: Welch's test on the delta method's values by person.
    p-values are adjusted together (Holm 1979), so that ``level`` is the chance of any false
    alarm at one comparison; comparing every day needs a level that has that in mind.

    Args:
        reference: The time the model was made in.
        recent: The present.
        settings: When to call it drift.

    Returns:
        The report.
    """
    given = settings or DriftSettings()
    found: dict[str, tuple[float, float, float, float]] = {}
    if min(len(set(period.people.tolist())) for period in (reference, recent)) >= _FEWEST:
        for what, most in (("kinds", None), ("items", given.items)):
            names = names_of(reference, most)
            change = changed_shares(reference, recent, what, names)
            found[what] = (*change, given.least_psi)
    if min(len(reference.scores), len(recent.scores)) >= _FEWEST:
        found["scores"] = (*changed_scores(reference, recent), given.least_ks)
    if min(len(reference.shown), len(recent.shown)) >= _FEWEST:
        found["ctr"] = (*changed_clicks(reference, recent), given.least_ctr)
    adjusted = holm({name: p for name, (_, _, p, _) in found.items()})
    checks = []
    for name, (statistic, size, p, least) in found.items():
        alarm = adjusted[name] <= given.level and abs(size) >= least
        words = _WORDS[name].format(size=size, percent=100 * size) if alarm else _CALM[name]
        checks.append(DriftCheck(name, statistic, size, p, adjusted[name], alarm, words))
    return DriftReport(tuple(checks), any(check.alarm for check in checks))


_WORDS: Mapping[str, str] = {
    "kinds": "People do other things than before (stability index {size:.2f}).",
    "items": "People turn to other items than before (stability index {size:.2f}).",
    "scores": "Scores are distributed otherwise than before (distance {size:.2f}).",
    "ctr": "Click-through has changed by {percent:+.0f} %.",
}

_CALM: Mapping[str, str] = {
    "kinds": "What people do has not changed in a way that matters.",
    "items": "The items people turn to have not changed in a way that matters.",
    "scores": "The distribution of scores has not changed in a way that matters.",
    "ctr": "Click-through has not changed in a way that matters.",
}
