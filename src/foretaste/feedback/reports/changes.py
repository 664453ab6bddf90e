"""The tests behind the drift report, with people taken whole."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, kstwobign

from foretaste.core import FloatArray
from foretaste.feedback.experiments.fixed import compare, linearised
from foretaste.feedback.grouping import numbered
from foretaste.feedback.reports.period import Period

__all__ = ["changed_clicks", "changed_scores", "changed_shares", "names_of"]


def names_of(reference: Period, most: int | None) -> list[str]:
    """Categories looked at one by one.

    Args:
        reference: Where they are taken from.
        most: How many items at most, most frequent first; ``None`` for kinds, all of them.

    Returns:
        Names.
    """
    if most is None:
        return sorted(set(reference.kinds.tolist()))
    counts = Counter(reference.items[reference.items != ""].tolist())
    return sorted(counts, key=lambda item: (-counts[item], item))[:most]


def changed_shares(
    reference: Period, recent: Period, what: str, names: list[str]
) -> tuple[float, float, float]:
    """G over its design effect, stability index and p of two samples of categories.

    Args:
        reference: The one period.
        recent: The other.
        what: ``kinds`` or ``items``.
        names: Categories looked at one by one; all others count as one.

    Returns:
        Statistic, size and p; no change where there is only one category.
    """
    tables = [_table(period, getattr(period, what), names) for period in (reference, recent)]
    used = sum(table.sum(axis=0) for table in tables) > 0
    tables = [table[:, used] for table in tables]
    counts = np.array([table.sum(axis=0) for table in tables])
    if counts.shape[1] < 2 or (counts.sum(axis=1) == 0).any():
        return 0.0, 0.0, 1.0
    smooth = (counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True)
    index = float(((smooth[1] - smooth[0]) * np.log(smooth[1] / smooth[0])).sum())
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    logs = np.log(np.where(counts > 0, counts, 1) / expected)
    g = float(2 * (counts * np.where(counts > 0, logs, 0)).sum())
    design = _design(tables, counts)
    mean, bend = design
    freedom = (counts.shape[1] - 1) / bend
    corrected = g / (mean * bend)
    return corrected, index, float(chi2.sf(corrected, freedom))


def _table(period: Period, values: NDArray[Any], names: list[str]) -> FloatArray:
    """Counts by person and category; the last column holds every other name."""
    place = {name: number for number, name in enumerate(names)}
    kept = values != ""
    people = numbered(period.people[kept])
    columns = np.array([place.get(value, len(names)) for value in values[kept].tolist()], np.int64)
    found = np.zeros((int(people.max()) + 1 if len(people) else 0, len(names) + 1))
    np.add.at(found, (people, columns), 1.0)
    return found


def _design(tables: list[FloatArray], counts: FloatArray) -> tuple[float, float]:
    """Mean design effect, at least 1, and ``1 + a^2`` (squared coefficient of variation)."""
    pooled = counts.sum(axis=0) / counts.sum()
    inner = pooled[:-1]
    simple = (np.diag(inner) - np.outer(inner, inner)) * (1 / counts.sum(axis=1)).sum()
    clustered = np.zeros_like(simple)
    for table in tables:
        people, total = len(table), table.sum()
        share = table.sum(axis=0) / total
        rest = (table - table.sum(axis=1, keepdims=True) * share)[:, :-1]
        clustered += rest.T @ rest * people / max(people - 1, 1) / total**2
    effects = np.linalg.solve(simple, clustered)
    size = len(effects)
    mean = float(np.trace(effects)) / size
    square = float(np.trace(effects @ effects)) / size
    bend = max(1.0, square / mean**2) if mean > 0 else 1.0
    return max(mean, 1.0), bend


def changed_scores(reference: Period, recent: Period) -> tuple[float, float, float]:
    """Kolmogorov-Smirnov's statistic, distance and p of two samples of scores.

    Args:
        reference: The one period.
        recent: The other.

    Returns:
        ``sqrt(n m / (n + m)) D`` with sizes over their design effects, ``D``, and p.
    """
    first, second = np.sort(reference.scores), np.sort(recent.scores)
    both = np.concatenate([first, second])
    gap = np.searchsorted(first, both, side="right") / len(first)
    gap = gap - np.searchsorted(second, both, side="right") / len(second)
    d = float(np.abs(gap).max())
    n, m = (
        len(period.scores) / _alikeness(period.scores, period.scored)
        for period in (reference, recent)
    )
    root = math.sqrt(n * m / (n + m))
    return root * d, d, float(kstwobign.sf(root * d))


def _alikeness(values: FloatArray, people: NDArray[Any]) -> float:
    """Design effect of a mean of ranks when values come several from one person."""
    ranks = np.argsort(np.argsort(values, kind="stable"), kind="stable") / len(values)
    sums = np.bincount(numbered(people), ranks - ranks.mean())
    simple = float(((ranks - ranks.mean()) ** 2).sum())
    return max(1.0, float((sums**2).sum()) / simple) if simple > 0 else 1.0


def changed_clicks(reference: Period, recent: Period) -> tuple[float, float, float]:
    """Difference, relative change and p of click-through.

    Args:
        reference: The one period.
        recent: The other.

    Returns:
        Recent minus reference, the same over reference, and p.
    """
    found = compare(
        linearised(recent.clicked, recent.shown), linearised(reference.clicked, reference.shown)
    )
    size = found.relative if math.isfinite(found.relative) else math.copysign(
        math.inf, found.difference) if found.difference else 0.0  # fmt: skip
    return found.difference, size, found.p
