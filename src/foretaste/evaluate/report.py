"""What an evaluation found: numbers with intervals, comparisons, costs, and the run card."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from foretaste.core import FloatArray, Rows
from foretaste.evaluate.card import RunCard
from foretaste.evaluate.leakage import Finding
from foretaste.measure import Interval

__all__ = ["SMALL_CELL", "Comparison", "PersonValues", "Report", "Row"]

SMALL_CELL = 200
"""Cells with fewer people are shown, never claimed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One number.

    Attributes:
        case: The question, or a cell of it.
        model: Who answered.
        metric: What was measured.
        value: Mean over people with its interval; no interval for a number of the whole.
    """

    case: str
    model: str
    metric: str
    value: Interval

    @property
    def small(self) -> bool:
        """Whether it rests on too few people to be claimed."""
        return self.value.n < SMALL_CELL


@dataclass(frozen=True, slots=True)
class Comparison:
    """One system against the best of the others, on the same people.

    Attributes:
        case: The question.
        metric: What was measured.
        model: The one.
        against: The other.
        difference: Mean of the one minus mean of the other.
        low: Lower end of the 95 % interval.
        high: Upper end.
        relative: Difference over the other's mean.
        p_holm: Two-sided p-value, adjusted for all comparisons of this metric in the report.
        n: People.
        verdict: ``better``, ``worse`` or ``tie`` (0 inside the interval or ``p_holm`` > .05).
        small: Fewer than 200 people: shown, never claimed.
    """

    case: str
    metric: str
    model: str
    against: str
    difference: float
    low: float
    high: float
    relative: float
    p_holm: float
    n: int
    verdict: str
    small: bool


@dataclass(frozen=True, slots=True, eq=False)
class PersonValues:
    """A metric of each person, for pairing.

    Attributes:
        user_rows: Who, ascending, int32 [B].
        values: The metric, [B].
    """

    user_rows: Rows
    values: FloatArray


@dataclass(frozen=True, eq=False)
class Report:
    """Everything one evaluation found.

    Attributes:
        rows: All numbers.
        comparisons: Paired comparisons.
        groups: By model: metric, gap between groups and each group's mean and size.
        ratings: By model: allowed ratings and the table of actual against predicted counts.
        costs: By model: fitting seconds, peak memory, scoring seconds, latency.
        chosen: By model: what tuning chose and every trial.
        findings: What the leakage check found.
        notes: What was left out and why.
        card: What the numbers are traced to.
        people: Metric of each person by (case, model, metric); not written out.
    """

    rows: tuple[Row, ...]
    comparisons: tuple[Comparison, ...]
    groups: Mapping[str, Any]
    ratings: Mapping[str, Any]
    costs: Mapping[str, Mapping[str, float]]
    chosen: Mapping[str, Any]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    card: RunCard
    people: Mapping[tuple[str, str, str], PersonValues] = field(default_factory=dict)

    def value(self, case: str, model: str, metric: str) -> Interval:
        """Look one number up.

        Args:
            case: The question.
            model: Who answered.
            metric: What was measured.

        Returns:
            The number.

        Raises:
            KeyError: If there is no such number.
        """
        for row in self.rows:
            if (row.case, row.model, row.metric) == (case, model, metric):
                return row.value
        raise KeyError((case, model, metric))

    def table(self, metric: str | None = None) -> str:
        """Plain text: one block a metric, models down, cases across.

        Args:
            metric: Only this one; all when left out.

        Returns:
            The table; ``*`` marks cells of fewer than 200 people.
        """
        blocks = []
        for name in dict.fromkeys(row.metric for row in self.rows):
            if metric is None or metric == name:
                blocks.append(_plain([name, *self._cases(name)], self._lines(name)))
        return "\n\n".join(blocks)

    def markdown(self) -> str:
        """The same tables, the comparisons and the run card as Markdown.

        Returns:
            Text.
        """
        parts = []
        for name in dict.fromkeys(row.metric for row in self.rows):
            head = [name, *self._cases(name)]
            lines = [head, ["---"] * len(head), *self._lines(name)]
            parts.append("\n".join("| " + " | ".join(line) + " |" for line in lines))
        if self.comparisons:
            parts.append("\n".join(f"- {_sentence(one)}" for one in self.comparisons))
        card = self.card
        parts.append(
            f"Data {card.data['name']} ({card.data['digest']}), protocol "
            f"{card.protocol['name']} ({card.protocol['digest']}), code {card.code['version']} "
            f"({card.code['digest']}), {card.hardware['processor']}, "
            f"{card.hardware['cores']} cores, {card.seconds:.0f} s, "
            f"{card.peak_memory_mb:.0f} MB, {card.started_utc}."
        )
        return "\n\n".join(parts) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can write; NaN becomes null.

        Returns:
            Everything but the metric of each person.
        """
        found: dict[str, Any] = _clean(
            {
                "rows": [
                    {"case": r.case, "model": r.model, "metric": r.metric, **asdict(r.value),
                     "small": r.small}
                    for r in self.rows
                ],
                "comparisons": [asdict(one) for one in self.comparisons],
                "groups": self.groups,
                "ratings": self.ratings,
                "costs": self.costs,
                "chosen": self.chosen,
                "findings": [asdict(one) for one in self.findings],
                "notes": list(self.notes),
                "card": asdict(self.card),
            }
        )  # fmt: skip
        return found

    def write_json(self, path: Path) -> None:
        """Write :meth:`to_dict`, aside first, then renamed.

        Args:
            path: The file.
        """
        aside = path.with_name(path.name + ".part")
        text = json.dumps(self.to_dict(), indent=1, allow_nan=False, ensure_ascii=False)
        aside.write_text(text + "\n", encoding="utf-8")
        os.replace(aside, path)

    def _cases(self, metric: str) -> list[str]:
        return list(dict.fromkeys(row.case for row in self.rows if row.metric == metric))

    def _lines(self, metric: str) -> list[list[str]]:
        cells = {(r.model, r.case): r for r in self.rows if r.metric == metric}
        models = dict.fromkeys(model for model, _ in cells)
        return [[m, *(_cell(cells.get((m, c))) for c in self._cases(metric))] for m in models]


def _cell(row: Row | None) -> str:
    if row is None or np.isnan(row.value.mean):
        return "-"
    return f"{row.value.mean:.4f}" + ("*" if row.small else "")


def _plain(head: list[str], lines: list[list[str]]) -> str:
    widths = [max(len(line[i]) for line in (head, *lines)) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if i == 0 else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in (head, *lines)
    )


def _sentence(one: Comparison) -> str:
    return (
        f"{one.case}, {one.metric}: {one.model} against {one.against} "
        f"{one.difference:+.4f} [{one.low:+.4f}, {one.high:+.4f}] ({one.relative:+.1%}), "
        f"Holm p = {one.p_holm:.3g}, {one.n} people: {one.verdict}"
        + (" (too few people to claim it)" if one.small else "")
    )


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return _clean(value.tolist())
    if isinstance(value, np.generic):
        return _clean(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
