"""Errors of single predictions: ratings, probabilities, and orderings of two classes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from foretaste.core import BoolArray, FloatArray
from foretaste.measure.lists import Truth

__all__ = [
    "accuracy",
    "auc",
    "confusion",
    "errors_by_person",
    "logloss",
    "mae",
    "rank_auc",
    "rmse",
]

_TINY = 1e-15


def mae(actual: FloatArray, predicted: FloatArray) -> float:
    """Mean absolute error ``mean |y - p|``; the median of a belief minimises it.

    Args:
        actual: Ratings, [N].
        predicted: Predictions, [N].

    Returns:
        The error, in units of the rating.
    """
    return float(np.abs(np.asarray(actual, float) - predicted).mean())


def rmse(actual: FloatArray, predicted: FloatArray) -> float:
    """Root mean squared error ``sqrt(mean (y - p)^2)``; the mean of a belief minimises it.

    Args:
        actual: Ratings, [N].
        predicted: Predictions, [N].

    Returns:
        The error, in units of the rating.
    """
    return float(np.sqrt(np.square(np.asarray(actual, float) - predicted).mean()))


def accuracy(actual: FloatArray, predicted: FloatArray, scale: FloatArray | None = None) -> float:
    """Share of predictions that are exactly right once moved to the nearest allowed value.

    Args:
        actual: Ratings or classes, [N].
        predicted: Predictions, [N].
        scale: Allowed values; those that occur in ``actual`` when left out.

    Returns:
        Between 0 and 1.
    """
    allowed = np.unique(actual) if scale is None else np.sort(np.asarray(scale, float))
    return float((_nearest(predicted, allowed) == np.asarray(actual)).mean())


def logloss(actual: BoolArray, probability: FloatArray) -> float:
    """Binary cross-entropy ``-mean(y log p + (1 - y) log(1 - p))``, both terms, in nats.

    Args:
        actual: What happened, 0 or 1, [N].
        probability: What was said, [N]; kept away from 0 and 1 by 1e-15.

    Returns:
        The loss.
    """
    y = np.asarray(actual, float)
    p = np.clip(np.asarray(probability, float), _TINY, 1 - _TINY)
    return float(-(y * np.log(p) + (1 - y) * np.log1p(-p)).mean())


def auc(actual: BoolArray, scores: FloatArray) -> float:
    """Chance that something right scores above something wrong; ties count half.

    The Mann-Whitney form ``(sum of ranks of the right - n1 (n1 + 1) / 2) / (n1 n0)``.

    Args:
        actual: What is right, [N].
        scores: Scores, [N].

    Returns:
        Between 0 and 1; NaN when everything or nothing is right.
    """
    right = np.asarray(actual, bool)
    n_right = int(right.sum())
    n_wrong = len(right) - n_right
    if not n_right or not n_wrong:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2.0)[place]
    return float((ranks[right].sum() - n_right * (n_right + 1) / 2) / (n_right * n_wrong))


def rank_auc(scores: FloatArray, truth: Truth) -> FloatArray:
    """AUC of each person's ranking of everything that may be shown.

    RecBole's ``gauc`` weighs people by how much they were to find; ours weighs all alike.

    Args:
        scores: Scores, ``-inf`` where something may not be shown, [B, I].
        truth: What was to be found.

    Returns:
        One number per person, [B]; NaN where there is nothing to tell apart.
    """
    found = np.full(len(scores), np.nan)
    for row, line in enumerate(scores):
        right = np.zeros(len(line), bool)
        right[truth.person(row)] = True
        shown = line > -np.inf
        found[row] = auc(right[shown], line[shown])
    return found


def confusion(
    actual: FloatArray, predicted: FloatArray, scale: FloatArray | None = None
) -> tuple[FloatArray, np.ndarray]:
    """A table of actual (rows) against predicted ratings (columns, nearest allowed value).

    Args:
        actual: Ratings, [N].
        predicted: Predictions, [N].
        scale: Allowed values; those that occur in ``actual`` when left out.

    Returns:
        The allowed values [S], ascending, and the counts, int64 [S, S].
    """
    allowed = np.unique(actual) if scale is None else np.sort(np.asarray(scale, float))
    row = np.searchsorted(allowed, _nearest(np.asarray(actual, float), allowed))
    column = np.searchsorted(allowed, _nearest(predicted, allowed))
    size = len(allowed)
    counts = np.bincount(row * size + column, minlength=size * size).reshape(size, size)
    return allowed, counts


def errors_by_person(
    base: str, actual: FloatArray, predicted: FloatArray, starts: np.ndarray
) -> FloatArray:
    """One error per person, so that people and not ratings are what is averaged.

    Args:
        base: ``mae``, ``rmse`` or ``accuracy``.
        actual: Everybody's ratings one after the other, [N].
        predicted: Predictions aligned with them, [N].
        starts: Where each person's ratings begin, [B + 1].

    Returns:
        Errors, [B]; NaN for people without ratings.
    """
    measure = {"mae": mae, "rmse": rmse}.get(base)
    scale = np.unique(actual)
    found = np.full(len(starts) - 1, np.nan)
    for person, (start, stop) in enumerate(pairwise(starts)):
        if start == stop:
            continue
        y, p = actual[start:stop], predicted[start:stop]
        found[person] = measure(y, p) if measure is not None else accuracy(y, p, scale)
    return found


def _nearest(values: FloatArray, allowed: FloatArray) -> FloatArray:
    middles = (allowed[1:] + allowed[:-1]) / 2.0
    nearest: FloatArray = allowed[np.searchsorted(middles, values, side="right")]
    return nearest
