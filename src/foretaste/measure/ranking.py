"""Accuracy of lists: one executable definition each.

All take ``hits`` [B, K'] (:func:`foretaste.measure.hits_of`), ``sizes`` [B] (how many items
were to be found) and the length ``k <= K'``, and give one number per person [B]; NaN where
nothing was to be found, so that such a person is not counted rather than counted as 0 or 1.

Where libraries differ, ``style`` says whose definition is computed:

=========  =====================================================================
ndcg       RecBole and MS Recommenders as ours (the base of the logarithm cancels).
           LensKit: discount ``max(log2(rank), 1)``, so that the first two places weigh
           the same. KGAT's scripts: ideal from the *retrieved* hits only, which inflates.
recall     LensKit divides by ``min(|truth|, K)``; the others by ``|truth|``.
precision  LensKit divides by the list's own length when that is below K; the others by K.
map        RecBole as ours: by ``min(|truth|, K)``. MS Recommenders' ``map``: by ``|truth|``
           (their ``map_at_k`` as ours from 1.2 on). LensKit: by ``min(|truth|, length)``.
hit, mrr   the same everywhere.
=========  =====================================================================

Read in the sources of RecBole 1.2, LensKit 2025, MS Recommenders 1.2.
"""

from __future__ import annotations

import numpy as np

from foretaste.core import BoolArray, FloatArray, Rows
from foretaste.measure.lists import Truth, hits_of
from foretaste.measure.names import MetricName, Style

__all__ = ["average_precision", "f1", "hit", "ndcg", "precision", "rank_metric", "recall", "rr"]


def ndcg(hits: BoolArray, sizes: np.ndarray, k: int, style: Style = "foretaste") -> FloatArray:
    """``sum_r hit_r / log2(r + 1)`` over its value for a perfect list.

    Binary gains; ideal over ``min(|truth|, k)`` places (Jaervelin & Kekaelaeinen 2002).

    Args:
        hits: Hits, [B, K'].
        sizes: Items to be found, [B].
        k: Places that count.
        style: Whose definition; see the module.

    Returns:
        NDCG, [B].
    """
    ranks = np.arange(1, k + 1)
    if style == "lenskit":
        discount = 1.0 / np.maximum(np.log2(ranks), 1.0)
    else:
        discount = 1.0 / np.log2(ranks + 1.0)
    found = hits[:, :k]
    gained = found @ discount[: found.shape[1]]
    ideal = np.concatenate([[0.0], np.cumsum(discount)])
    places = np.minimum(found.sum(axis=1) if style == "kgat" else sizes, k)
    if style == "kgat":
        return _known(np.divide(gained, ideal[places], out=np.zeros_like(gained), where=places > 0),
                      sizes)  # fmt: skip
    return _ratio(gained, ideal[places], sizes)


def recall(hits: BoolArray, sizes: np.ndarray, k: int, style: Style = "foretaste") -> FloatArray:
    """``hits / |truth|``.

    Args:
        hits: Hits, [B, K'].
        sizes: Items to be found, [B].
        k: Places that count.
        style: Whose definition; see the module.

    Returns:
        Recall, [B].
    """
    return _ratio(_count(hits, k), np.minimum(sizes, k) if style == "lenskit" else sizes, sizes)


def precision(
    hits: BoolArray,
    sizes: np.ndarray,
    k: int,
    style: Style = "foretaste",
    lengths: np.ndarray | None = None,
) -> FloatArray:
    """``hits / k``.

    Args:
        hits: Hits, [B, K'].
        sizes: Items to be found, [B].
        k: Places that count.
        style: Whose definition; see the module.
        lengths: How long each list is, [B]; all ``k`` when left out.

    Returns:
        Precision, [B].
    """
    whole = np.full(len(hits), k) if lengths is None else np.minimum(lengths, k)
    return _ratio(_count(hits, k), whole if style == "lenskit" else np.full(len(hits), k), sizes)


def hit(hits: BoolArray, sizes: np.ndarray, k: int) -> FloatArray:
    """1 if anything was found among the first ``k``, else 0.

    Args:
        hits: Hits, [B, K'].
        sizes: Items to be found, [B].
        k: Places that count.

    Returns:
        Hit rate, [B].
    """
    return _known((_count(hits, k) > 0).astype(float), sizes)


def rr(hits: BoolArray, sizes: np.ndarray, k: int) -> FloatArray:
    """One over the place of the first hit among the first ``k``, else 0 (mrr when averaged).

    Args:
        hits: Hits, [B, K'].
        sizes: Items to be found, [B].
        k: Places that count.

    Returns:
        Reciprocal rank, [B].
    """
    found = hits[:, :k]
    if not found.shape[1]:
        return _known(np.zeros(len(hits)), sizes)
    first = found.argmax(axis=1)
    return _known(np.where(found.any(axis=1), 1.0 / (first + 1.0), 0.0), sizes)


def average_precision(
    hits: BoolArray,
    sizes: np.ndarray,
    k: int,
    style: Style = "foretaste",
    lengths: np.ndarray | None = None,
) -> FloatArray:
    """``sum_r hit_r precision@r / min(|truth|, k)`` (map when averaged).

    Args:
        hits: Hits, [B, K'].
        sizes: Items to be found, [B].
        k: Places that count.
        style: Whose definition; see the module.
        lengths: How long each list is, [B]; all ``k`` when left out.

    Returns:
        Average precision, [B].
    """
    found = hits[:, :k]
    at_rank = np.cumsum(found, axis=1) / np.arange(1, found.shape[1] + 1)
    total = (at_rank * found).sum(axis=1)
    by = {"ms": sizes}.get(style, np.minimum(sizes, k))
    if style == "lenskit" and lengths is not None:
        by = np.minimum(by, lengths)
    return _ratio(total, by, sizes)


def f1(hits: BoolArray, sizes: np.ndarray, k: int) -> FloatArray:
    """Harmonic mean of precision and recall: ``2 hits / (k + |truth|)``.

    Args:
        hits: Hits, [B, K'].
        sizes: Items to be found, [B].
        k: Places that count.

    Returns:
        F1, [B].
    """
    return _ratio(2.0 * _count(hits, k), sizes + k, sizes)


def rank_metric(name: MetricName, lists: Rows, truth: Truth) -> FloatArray:
    """Compute any ranking metric by name.

    Args:
        name: A parsed name with a ``k``, one of :data:`foretaste.measure.RANKING`.
        lists: Item rows, best first, -1 where shorter, int32 [B, K'].
        truth: What was to be found.

    Returns:
        One number per person, [B].
    """
    hits, sizes, k = hits_of(lists, truth), truth.sizes, name.k or lists.shape[1]
    lengths = (lists >= 0).sum(axis=1)
    match name.base:
        case "ndcg":
            return ndcg(hits, sizes, k, name.style)
        case "recall":
            return recall(hits, sizes, k, name.style)
        case "precision":
            return precision(hits, sizes, k, name.style, lengths)
        case "hit":
            return hit(hits, sizes, k)
        case "mrr":
            return rr(hits, sizes, k)
        case "map":
            return average_precision(hits, sizes, k, name.style, lengths)
        case "f1":
            return f1(hits, sizes, k)
    raise ValueError(f"{name} is not a ranking metric")


def _count(hits: BoolArray, k: int) -> FloatArray:
    counted: FloatArray = hits[:, :k].sum(axis=1).astype(float)
    return counted


def _known(values: FloatArray, sizes: np.ndarray) -> FloatArray:
    return np.where(sizes > 0, values, np.nan)


def _ratio(above: FloatArray, below: np.ndarray, sizes: np.ndarray) -> FloatArray:
    safe = np.divide(above, below, out=np.zeros(len(above)), where=below > 0)
    return _known(safe, sizes)
