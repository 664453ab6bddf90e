"""Fitted parts for a catalogue that has grown: placed, counted anew, or silent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import Dataset, FloatArray, stream
from foretaste.core.errors import ForetasteError

__all__ = ["grown_part", "grown_ratings"]

_FROM_ITEMS = frozenset({"latest", "kl", "content"})
"""Models that need nobody's events to know an item, and are fitted in a moment."""


def grown_part(name: str, part: Any, dataset: Dataset, model: Any) -> Any:
    """A part other than taste for a larger catalogue, as a fit would have left it.

    What rests on the items alone is counted anew (``latest``, ``kl``, ``content``); what rests
    on events has nothing to say about an item nobody has met, and gets zeros, as in a fit.

    Args:
        name: What the recommender calls it.
        part: As fitted or grown before.
        dataset: The larger catalogue, with vectors named ``text`` if there are any.
        model: The settings it was fitted with.

    Returns:
        The part for the larger catalogue; unchanged where its class is not known here.
    """
    if name in _FROM_ITEMS:
        try:
            return model.fit(dataset, rng=stream(0))  # none of them draws anything
        except ForetasteError:  # it was not fitted from this catalogue's own columns
            pass
    size = dataset.n_items
    kind = type(part).__name__
    if kind == "FixedScores":
        return type(part)(_longer(part.scores, size), part.part)
    if kind == "FittedItemItem":
        return type(part)(_square(part.weights, size))
    if kind == "FittedIALS":
        return type(part)(_longer(part.items, size), part.settings)
    if kind == "FittedBias":
        items = _longer(part.items, size)
        return type(part)(part.mean, items, part.person_ridge, part.lowest, part.highest)
    if kind == "FittedContent":
        return type(part)(_longer(part.vectors, size), part.settings)
    if kind == "FittedKL":
        items = _rows(part.items, size)
        return type(part)(items, part.smoothing, _longer(part.log_prior, size))
    return part


def grown_ratings(ratings: Any, size: int) -> Any:
    """Predicted ratings for a larger catalogue: a new item is as good as items are on average.

    Args:
        ratings: As fitted or grown before.
        size: Items in the larger catalogue.

    Returns:
        The same with items of mean quality, unknown loadings and the largest uncertainty.
    """
    prior, old = ratings.prior, len(ratings.new)
    met = ~ratings.new
    quality = np.append(prior.quality, np.full(size - old, _mean(prior.quality[met])))
    features = _longer(prior.features, size)
    features[old:, 0] = 1.0
    uncertain = _longer(prior.uncertain, size)
    uncertain[old:] = prior.uncertain.max(axis=0, initial=0.0)
    new = np.append(ratings.new, np.ones(size - old, bool))
    wider = replace(prior, quality=quality, features=features, uncertain=uncertain)
    return type(ratings)(ratings.scale, wider, ratings.response, ratings.coder, new, ratings.kind)


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else 0.0


def _longer(array: FloatArray, size: int) -> FloatArray:
    wide = np.zeros((size, *array.shape[1:]), array.dtype)
    wide[: len(array)] = array
    return wide


def _square(weights: Any, size: int) -> Any:
    if isinstance(weights, csr_matrix):
        return csr_matrix((*_starts(weights, size),), (size, size))
    wide = np.zeros((size, size), weights.dtype)
    wide[: len(weights), : len(weights)] = weights
    return wide


def _rows(table: csr_matrix, size: int) -> csr_matrix:
    return csr_matrix(_starts(table, size), (size, table.shape[1]))


def _starts(table: csr_matrix, size: int) -> tuple[Any, Any, Any]:
    more = np.full(size - table.shape[0], table.indptr[-1], table.indptr.dtype)
    return table.data, table.indices, np.append(table.indptr, more)
