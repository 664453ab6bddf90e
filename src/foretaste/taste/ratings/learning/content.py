"""Items by their attributes and vectors, squeezed into few numbers each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from foretaste.core import Dataset

__all__ = ["item_content"]

_KNOTS = 12
_POWER_STEPS = 4
_OVERSAMPLE = 10

_Dense = NDArray[np.float64]


def item_content(dataset: Dataset, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Low-rank features whose inner products are the mean of the content kernels.

    One block for each attribute (categories as IDF-weighted one-hot rows of length one;
    numbers and times as soft bins at their quantiles, so that neighbours share evidence)
    and one for each dense vector table (centred, rows of length one); every block weighs the
    same. Centred and cut to the leading singular directions by a randomised range finder
    (Halko, Martinsson & Tropp 2011). Values that only one item has say nothing of others
    and are left out, so ids among the attributes do no harm.

    Args:
        dataset: Items with roles, and vectors.
        size: Most features wanted.
        rng: Draws the random directions.

    Returns:
        float64 [I, D] with mean squared row length 1; D is 0 without attributes and vectors.
    """
    sparse, dense = _blocks(dataset)
    width = sum(block.shape[1] for block in (*sparse, *dense))
    if not width or not size:
        return np.zeros((dataset.n_items, 0))
    table = _Stacked(sparse, dense, dataset.n_items)
    directions = rng.standard_normal((width, min(size + _OVERSAMPLE, width, dataset.n_items)))
    sample = table.forward(directions)
    for _ in range(_POWER_STEPS):
        sample = table.forward(table.backward(np.linalg.qr(sample)[0]))
    basis = np.linalg.qr(sample)[0]
    small = table.backward(basis)
    values, rotation = np.linalg.eigh(small.T @ small)
    keep = np.flatnonzero(values > 1e-9 * max(float(values[-1]), 1e-300))[::-1][:size]
    features = basis @ (rotation[:, keep] * np.sqrt(values[keep]))
    length = np.sqrt((features**2).sum(axis=1).mean()) if features.size else 0.0
    return features / length if length > 0 else features[:, :0]


class _Stacked:
    """All blocks side by side, centred without filling in the zeros."""

    def __init__(self, sparse: list[csr_matrix], dense: list[_Dense], n_items: int) -> None:
        self.sparse = hstack([csr_matrix((n_items, 0)), *sparse]).tocsr()
        self.dense = np.hstack([np.zeros((n_items, 0)), *dense])
        self.mean = np.concatenate(
            [np.asarray(self.sparse.mean(axis=0)).ravel(), self.dense.mean(axis=0)]
        )

    def forward(self, matrix: _Dense) -> _Dense:
        cut = self.sparse.shape[1]
        product = self.sparse @ matrix[:cut] + self.dense @ matrix[cut:]
        return np.asarray(product - self.mean @ matrix)

    def backward(self, matrix: _Dense) -> _Dense:
        product = np.vstack([self.sparse.T @ matrix, self.dense.T @ matrix])
        return np.asarray(product - np.outer(self.mean, matrix.sum(axis=0)))


def _blocks(dataset: Dataset) -> tuple[list[csr_matrix], list[_Dense]]:
    sparse, dense = [], [_directions(table) for _, table in sorted(dataset.vectors.items())]
    for name, role in sorted(dataset.item_roles.items()):
        column = dataset.items[name].to_list() if name in dataset.items.columns else []
        if role in ("category", "flag"):
            sparse.append(_one_hot([[] if v is None else [str(v)] for v in column]))
        elif role == "categories":
            sparse.append(_one_hot([sorted({str(v) for v in values or ()}) for values in column]))
        elif role in ("number", "time"):
            sparse.append(_soft_bins(column))
        elif role == "vector":
            width = max((len(v) for v in column if v is not None), default=0)
            dense.append(_directions(np.array([[0.0] * width if v is None else v for v in column])))
    return sparse, dense


def _one_hot(lists: Sequence[Sequence[str]]) -> csr_matrix:
    counts = Counter(value for values in lists for value in values)
    names = {v: k for k, v in enumerate(sorted(v for v, n in counts.items() if n > 1))}
    rare = np.log(1.0 + len(lists) / np.array([counts[v] for v in names] or [1]))
    pairs = [(row, names[v]) for row, values in enumerate(lists) for v in values if v in names]
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    weights = rare[columns]
    length = np.sqrt(np.bincount(rows, weights**2, minlength=len(lists)))
    return csr_matrix((weights / length[rows], (rows, columns)), (len(lists), len(names)))


def _soft_bins(column: Sequence[Any]) -> csr_matrix:
    values = np.array([np.nan if v is None else float(v) for v in column])
    known = np.isfinite(values)
    if not known.any():
        return csr_matrix((len(values), 0))
    knots = np.unique(np.quantile(values[known], np.linspace(0, 1, _KNOTS)))
    if len(knots) < 2:
        return csr_matrix((len(values), 0))
    place = np.interp(values[known], knots, np.arange(len(knots)))
    bumps = np.zeros((len(values), len(knots)))
    bumps[known] = np.exp(-0.5 * (place[:, None] - np.arange(len(knots))) ** 2)
    bumps[known] /= np.linalg.norm(bumps[known], axis=1, keepdims=True)
    return csr_matrix(bumps)


def _directions(vectors: NDArray[Any]) -> _Dense:
    there = np.abs(vectors).sum(axis=1) > 0
    centred = np.zeros(vectors.shape)
    if there.any():
        centred[there] = vectors[there] - vectors[there].mean(axis=0)
        centred[there] /= np.maximum(np.linalg.norm(centred[there], axis=1, keepdims=True), 1e-12)
    return centred
