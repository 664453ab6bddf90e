"""Whether people and providers are treated alike, and whether tastes are kept in proportion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import FloatArray, Rows

__all__ = [
    "calibration",
    "exposure_ratio",
    "group_gap",
    "list_change",
    "mix",
    "position_weights",
]


def position_weights(k: int) -> FloatArray:
    """Attention of each place, ``1 / log2(rank + 1)``.

    Args:
        k: Length of the list.

    Returns:
        Weights, [K].
    """
    weights: FloatArray = 1.0 / np.log2(np.arange(2, k + 2))
    return weights


def mix(rows: Rows, attributes: csr_matrix, weights: FloatArray | None = None) -> FloatArray:
    """The attribute mix of some items: each item's weight spread evenly over its attributes.

    Args:
        rows: Item rows, [L].
        attributes: Which item has which attribute, 0/1, [I, A].
        weights: Weight of each item, [L]; all alike when left out.

    Returns:
        A distribution, [A]; zeros when no item has an attribute.
    """
    mine = attributes[rows]
    per_item = np.asarray(mine.sum(axis=1)).ravel()
    share = np.ones(len(rows)) if weights is None else np.asarray(weights, float)
    share = np.divide(share, per_item, out=np.zeros(len(rows)), where=per_item > 0)
    total = np.asarray(mine.T @ share).ravel()
    whole = total.sum()
    mixed: FloatArray = total / whole if whole > 0 else total
    return mixed


def calibration(
    lists: Rows,
    histories: Sequence[Rows],
    attributes: csr_matrix,
    smoothing: float = 0.01,
) -> FloatArray:
    """``KL(p || (1 - s) q + s p)`` of a person's past mix ``p`` and their list's ``q``, in nats.

    Steck, "Calibrated recommendations", RecSys 2018; 0 is a list mixed as the past was.

    Args:
        lists: Item rows, -1 where a list is shorter, [B, K].
        histories: What each person liked, B arrays of rows.
        attributes: Which item has which attribute, 0/1, [I, A].
        smoothing: ``s``; keeps the divergence finite.

    Returns:
        One number per person, [B]; NaN without a past or a list with attributes.
    """
    found = np.full(len(lists), np.nan)
    for row, (line, past) in enumerate(zip(lists, histories, strict=True)):
        p, q = mix(past, attributes), mix(line[line >= 0], attributes)
        if p.sum() <= 0 or q.sum() <= 0:
            continue
        there = p > 0
        smooth = (1.0 - smoothing) * q[there] + smoothing * p[there]
        found[row] = float(np.sum(p[there] * np.log(p[there] / smooth)))
    return found


def group_gap(
    values: FloatArray, groups: Sequence[str | None]
) -> tuple[float, Mapping[str, tuple[float, int]]]:
    """Largest difference of a metric's mean between groups of people.

    Args:
        values: The metric of each person, [B]; NaN is left out.
        groups: The group of each person, [B]; ``None`` is left out.

    Returns:
        The gap (NaN with fewer than two groups), and by group its mean and its size.
    """
    names = sorted({group for group in groups if group is not None})
    labels = np.array([names.index(g) if g is not None else -1 for g in groups])
    table: dict[str, tuple[float, int]] = {}
    for number, name in enumerate(names):
        mine = values[(labels == number) & ~np.isnan(values)]
        if len(mine):
            table[name] = (float(mine.mean()), len(mine))
    means = [mean for mean, _ in table.values()]
    return (max(means) - min(means) if len(means) > 1 else float("nan")), table


def exposure_ratio(lists: Rows, members: np.ndarray, n_items: int) -> float:
    """Share of attention a group of items gets over its share of the catalogue.

    Attention falls with the place as ``1 / log2(rank + 1)`` (Singh & Joachims 2018); 1 is
    proportional, below 1 the group is shown less than it is large.

    Args:
        lists: Item rows, -1 where a list is shorter, [B, K].
        members: Which items are in the group, bool [I].
        n_items: Size of the catalogue.

    Returns:
        The ratio; NaN for an empty group or no list.
    """
    there = lists >= 0
    weights = np.where(there, position_weights(lists.shape[1]), 0.0)
    mine = members[np.where(there, lists, 0)]
    size, total = members.sum() / n_items, weights.sum()
    if size <= 0 or total <= 0:
        return float("nan")
    return float((weights * mine).sum() / total / size)


def list_change(lists: Rows, others: Rows) -> FloatArray:
    """How much a list changes when one thing about the person is changed: 1 - Jaccard overlap.

    Give it lists made with and without (or with another value of) a sensitive attribute:
    counterfactual sensitivity, 0 when the attribute does not matter.

    Args:
        lists: Item rows, -1 where a list is shorter, [B, K].
        others: The lists after the change, [B, K].

    Returns:
        One number per person, [B]; 0 when both are empty.
    """
    found = np.zeros(len(lists))
    for row, (line, other) in enumerate(zip(lists, others, strict=True)):
        mine, theirs = line[line >= 0], other[other >= 0]
        union = len(np.union1d(mine, theirs))
        if union:
            found[row] = 1.0 - len(np.intersect1d(mine, theirs)) / union
    return found
