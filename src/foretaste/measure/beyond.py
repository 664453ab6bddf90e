"""What lists are beyond right or wrong: how wide, how even, how new, how varied."""

from __future__ import annotations

import numpy as np

from foretaste.core import FloatArray, Rows

__all__ = ["counts_of", "coverage", "gini", "intra_list_distance", "novelty", "tail_share"]


def counts_of(lists: Rows, n_items: int) -> np.ndarray:
    """How often each item was shown.

    Args:
        lists: Item rows, -1 where a list is shorter, [B, K].
        n_items: Size of the catalogue.

    Returns:
        Counts, int64 [I].
    """
    return np.bincount(lists[lists >= 0], minlength=n_items)


def coverage(lists: Rows, n_items: int) -> float:
    """Share of the catalogue that was shown to anybody.

    Args:
        lists: Item rows, -1 where a list is shorter, [B, K].
        n_items: Size of the catalogue (of the candidates, where those are fewer).

    Returns:
        Between 0 and 1.
    """
    return float(len(np.unique(lists[lists >= 0])) / n_items)


def gini(amounts: FloatArray) -> float:
    """How unevenly attention is shared: 0 all alike, near 1 everything on one item.

    ``sum_i (2 i - I - 1) x_(i) / (I sum x)`` with ``x`` ascending (Gini 1912).

    Args:
        amounts: How often each item was shown, >= 0, [I]; items never shown belong in it.

    Returns:
        Between 0 and 1; 0 when nothing was shown.
    """
    ordered = np.sort(np.asarray(amounts, dtype=float))
    total, size = ordered.sum(), len(ordered)
    if total <= 0:
        return 0.0
    weights = 2.0 * np.arange(1, size + 1) - size - 1.0
    return float(weights @ ordered / (size * total))


def tail_share(lists: Rows, popularity: FloatArray, head: float = 0.2) -> FloatArray:
    """Share of each list outside the most popular items.

    Args:
        lists: Item rows, -1 where a list is shorter, [B, K].
        popularity: Likes of each item in the training part, [I].
        head: Share of the catalogue that counts as popular.

    Returns:
        One number per person, [B]; NaN for an empty list.
    """
    size = round(head * len(popularity))
    tail = np.ones(len(popularity), bool)
    tail[np.argsort(-np.asarray(popularity, float), kind="stable")[:size]] = False
    return _mean_over(lists, tail.astype(float))


def novelty(lists: Rows, popularity: FloatArray, n_users: int) -> FloatArray:
    """Mean self-information ``-log2 P(item known)`` of a list, in bits.

    ``P = (likes + 1) / (people + 1)``: add-one, so that an item nobody has touched is very
    new and not infinitely so (Zhou et al. 2010; Vargas & Castells 2011).

    Args:
        lists: Item rows, -1 where a list is shorter, [B, K].
        popularity: Likes of each item in the training part, [I].
        n_users: People in the training part.

    Returns:
        Bits, one number per person, [B]; NaN for an empty list.
    """
    known = (np.asarray(popularity, float) + 1.0) / (n_users + 1.0)
    return _mean_over(lists, -np.log2(known))


def intra_list_distance(lists: Rows, vectors: FloatArray, metric: str = "l2") -> FloatArray:
    """Mean distance between all pairs of a list (Ziegler et al. 2005).

    Args:
        lists: Item rows, -1 where a list is shorter, [B, K].
        vectors: What items are like, [I, D].
        metric: ``l2`` (Euclidean) or ``cosine`` (1 - cosine; a vector of zeros is at
            distance 1 from everything).

    Returns:
        One number per person, [B]; NaN for lists of fewer than two.

    Raises:
        ValueError: If the metric is neither.
    """
    if metric not in ("l2", "cosine"):
        raise ValueError(f"metric is 'l2' or 'cosine', not {metric!r}")
    points = np.asarray(vectors, dtype=float)
    if metric == "cosine":
        lengths = np.linalg.norm(points, axis=1, keepdims=True)
        points = np.divide(points, lengths, out=np.zeros_like(points), where=lengths > 0)
    found = np.full(len(lists), np.nan)
    for row, line in enumerate(lists):
        mine = points[line[line >= 0]]
        count = len(mine)
        if count < 2:
            continue
        dot = mine @ mine.T
        upper = np.triu_indices(count, 1)
        if metric == "cosine":
            found[row] = 1.0 - dot[upper].mean()
        else:
            square = np.diag(dot)
            apart = square[:, None] + square[None, :] - 2.0 * dot
            found[row] = np.sqrt(np.maximum(apart[upper], 0.0)).mean()
    return found


def _mean_over(lists: Rows, values: FloatArray) -> FloatArray:
    there = lists >= 0
    count = there.sum(axis=1)
    total = np.where(there, values[np.where(there, lists, 0)], 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(lists), np.nan), where=count > 0)
