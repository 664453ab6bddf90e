"""Collects numbers over folds and turns them into the parts of a report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from foretaste.core import FloatArray
from foretaste.evaluate.case import Case, Fold
from foretaste.evaluate.context import Context, measured
from foretaste.evaluate.leakage import Finding
from foretaste.evaluate.report import PersonValues, Row
from foretaste.evaluate.scoring import Outcome
from foretaste.measure import Interval, MetricName, confusion, group_gap, interval

__all__ = ["Gathering", "Key"]

Key = tuple[str, str, str]
"""Case, model, metric."""


@dataclass(eq=False)
class Gathering:
    """A builder: everything it is told of every fold, case and model.

    Attributes:
        names: Metrics.
        groups: A people's attribute and everybody's value of it, [U]; ``None`` compares none.
        single: Numbers of a case as a whole, one per fold.
        parts: Numbers of each person, one part per fold.
        rated: Actual and predicted ratings by model, one pair per fold.
        costs: Seconds and megabytes by model.
        changes: How much each model's lists change when the attribute is not told, by
            (case, model).
        order: Place of each case and cell in the report.
        findings: What the leakage check found.
        notes: What was left out and why.
    """

    names: Sequence[MetricName]
    groups: tuple[str, Sequence[str | None]] | None = None
    single: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[Key, list[PersonValues]] = field(default_factory=lambda: defaultdict(list))
    rated: dict[str, list[tuple[FloatArray, FloatArray]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    costs: dict[str, dict[str, float]] = field(default_factory=dict)
    changes: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    order: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def expect(self, fold: Fold) -> None:
        """Remember the order of the questions and what was left out.

        Args:
            fold: The fold about to be asked.
        """
        self.notes += [note for note in fold.notes if note not in self.notes]
        for case in fold.cases:
            for name in (case.name, *(_cell_name(case, cell) for cell in case.cells)):
                self.order.setdefault(name, len(self.order))

    def add(self, model: str, case: Case, outcome: Outcome, context: Context) -> None:
        """Measure one model's answers in one case and keep the numbers.

        Args:
            model: Its name.
            case: The questions.
            outcome: The answers.
            context: Facts of the training part.
        """
        for metric, values in measured(self.names, case, outcome, context).items():
            if values.ndim == 0:
                self.single[case.name, model, metric].append(float(values))
                continue
            for cell, mask in {"": np.ones(len(case), bool), **case.cells}.items():
                if mask.any():
                    kept = PersonValues(case.user_rows[mask], values[mask])
                    self.parts[_cell_name(case, cell), model, metric].append(kept)
        if outcome.predicted is not None and case.ratings is not None:
            self.rated[model].append((case.ratings.values, outcome.predicted))

    def people(self) -> dict[Key, PersonValues]:
        """One number per person: the mean where somebody was asked in several folds.

        Returns:
            By case (in the order of the questions), model and metric.
        """
        ordered = sorted(self.parts, key=lambda key: self.order[key[0]])
        return {key: _by_person(self.parts[key]) for key in ordered}

    def rows(self, people: Mapping[Key, PersonValues], seed: int) -> tuple[Row, ...]:
        """All numbers with their intervals, by metric and case.

        Args:
            people: What :meth:`people` gave.
            seed: Of the bootstrap.

        Returns:
            The rows of the report.
        """
        found = [Row(*key, interval(one.values, seed=seed)) for key, one in people.items()]
        asked = {case: len(one.user_rows) for (case, _, _), one in people.items()}
        nan = float("nan")
        for (case, model, metric), values in self.single.items():
            mean = float(np.mean(values))
            found.append(Row(case, model, metric, Interval(mean, nan, nan, asked.get(case, 0))))
        metrics = [str(name) for name in self.names]
        found.sort(key=lambda row: (metrics.index(row.metric), self.order[row.case]))
        return tuple(found)

    def gaps(self, people: Mapping[Key, PersonValues]) -> dict[str, Any]:
        """The first metric's gap between groups of people, and how much the group matters.

        Args:
            people: What :meth:`people` gave.

        Returns:
            By model and case: metric, attribute, gap, each group's mean and size, and the
            counterfactual sensitivity (share of a list that changes when nobody's attribute
            is told; 0 for a model that never reads it).
        """
        found: dict[str, Any] = {}
        if self.groups is None:
            return found
        attribute, values = self.groups
        for (case, model, metric), one in people.items():
            if metric != str(self.names[0]):
                continue
            gap, table = group_gap(one.values, [values[int(row)] for row in one.user_rows])
            changed = self.changes.get((case, model))
            found[f"{model} | {case}"] = {
                "metric": metric,
                "by": attribute,
                "gap": gap,
                "groups": {name: {"mean": mean, "n": n} for name, (mean, n) in table.items()},
                "sensitivity": float(np.mean(changed)) if changed else None,
            }
        return found

    def tables(self) -> dict[str, Any]:
        """Actual against predicted ratings.

        Returns:
            By model: the scale and the counts; empty when nothing was predicted.
        """
        every = [actual for parts in self.rated.values() for actual, _ in parts]
        scale = np.unique(np.concatenate(every)) if every else np.empty(0)
        found = {}
        for model, parts in self.rated.items():
            counts = sum(confusion(actual, predicted, scale)[1] for actual, predicted in parts)
            found[model] = {"scale": scale, "actual_by_predicted": counts}
        return found


def _cell_name(case: Case, cell: str) -> str:
    return f"{case.name}: {cell}" if cell else case.name


def _by_person(parts: Sequence[PersonValues]) -> PersonValues:
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate([part.user_rows for part in parts])
    values = np.concatenate([part.values for part in parts])
    rows, values = rows[~np.isnan(values)], values[~np.isnan(values)]
    people, place = np.unique(rows, return_inverse=True)
    return PersonValues(people, np.bincount(place, values) / np.bincount(place))
