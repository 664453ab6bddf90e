"""Paired comparisons of systems on the same people, adjusted for how many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from foretaste.evaluate.report import SMALL_CELL, Comparison, PersonValues
from foretaste.measure import LOWER_IS_BETTER, Difference, compare, holm, parse

__all__ = ["compare_all", "paired"]

_LEVEL = 0.05


def paired(
    first: PersonValues, second: PersonValues, *, seed: int = 0, resamples: int = 2_000
) -> Difference:
    """Difference on the people both were measured on.

    Args:
        first: The one system.
        second: The other.
        seed: Of the bootstrap.
        resamples: Bootstrap samples.

    Returns:
        The difference, first minus second.
    """
    _, mine, theirs = np.intersect1d(first.user_rows, second.user_rows, return_indices=True)
    return compare(first.values[mine], second.values[theirs], seed=seed, resamples=resamples)


def compare_all(
    people: Mapping[tuple[str, str, str], PersonValues],
    metrics: Sequence[str],
    *,
    focus: str | None = None,
    seed: int = 0,
) -> tuple[Comparison, ...]:
    """Compare in every case; Holm over all comparisons of one metric.

    Args:
        people: Metric of each person by (case, model, metric).
        metrics: Which metrics to compare.
        focus: Compare this model with the best of the others (which others, is decided per
            case by the mean: the strictest opponent). Without it, every model is compared
            with the best one.
        seed: Of the bootstrap.

    Returns:
        The comparisons.
    """
    found: list[Comparison] = []
    for metric in metrics:
        sign = -1.0 if parse(metric).base in LOWER_IS_BETTER else 1.0
        drafts: dict[tuple[str, str, str], Difference] = {}
        for case in dict.fromkeys(c for c, _, m in people if m == metric):
            means = {
                model: sign * float(np.nanmean(values.values))
                for (c, model, m), values in people.items()
                if (c, m) == (case, metric) and not np.isnan(values.values).all()
            }
            for one, other in _pairs(means, focus):
                drafts[case, one, other] = paired(
                    people[case, one, metric], people[case, other, metric], seed=seed
                )
        adjusted = holm({"\x1f".join(key): d.p for key, d in drafts.items()})
        for (case, one, other), d in drafts.items():
            p = adjusted["\x1f".join((case, one, other))]
            better = sign * d.mean > 0
            verdict = "tie" if d.tie or p > _LEVEL else "better" if better else "worse"
            found.append(
                Comparison(
                    case=case,
                    metric=metric,
                    model=one,
                    against=other,
                    difference=d.mean,
                    low=d.low,
                    high=d.high,
                    relative=d.relative,
                    p_holm=p,
                    n=d.n,
                    verdict=verdict,
                    small=d.n < SMALL_CELL,
                )
            )
    return tuple(found)


def _pairs(means: Mapping[str, float], focus: str | None) -> list[tuple[str, str]]:
    others = [model for model in means if model != focus]
    if not others or len(means) < 2:
        return []
    best = max(others, key=lambda model: means[model])
    if focus is not None:
        return [(focus, best)] if focus in means else []
    return [(model, best) for model in others if model != best]
