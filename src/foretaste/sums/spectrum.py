"""Leading directions of a covariance, without ever forming it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import csr_matrix

from foretaste.core import FloatArray
from foretaste.sums.moments import PairSums

__all__ = ["covariance_factors", "leading", "pair_factors", "principal_axes"]


def covariance_factors(
    liked: csr_matrix, size: int, rng: np.random.Generator, sweeps: int = 5
) -> FloatArray:
    """``F`` with ``F F'`` the best rank-``size`` approximation of ``C = X'X/U - mu mu'``.

    Randomised subspace iteration (Halko, Martinsson & Tropp 2011): only products with the
    sparse ``X`` are needed, so a hundred thousand items are no trouble. Use
    :func:`pair_factors` where the sums ``X'X`` are at hand.

    Args:
        liked: ``X``, sparse [U, I].
        size: Columns of ``F``, ``D``; fewer if there are not so many.
        rng: Draws the starting block.
        sweeps: Multiplications by ``C``.

    Returns:
        float32 [I, D'], ``D' <= D``, columns in falling order of variance.
    """
    people, items = liked.shape
    if liked.nnz == 0:
        return np.zeros((items, 0), np.float32)
    mean = np.asarray(liked.mean(axis=0)).ravel().astype(np.float32)
    back = liked.T.tocsr()

    def times(block: FloatArray) -> FloatArray:
        product: FloatArray = back @ (liked @ block) / np.float32(people)
        return product - np.outer(mean, mean @ block)

    return _factors(times, people, items, size, rng, sweeps)


def pair_factors(
    sums: PairSums, size: int, rng: np.random.Generator, sweeps: int = 5
) -> FloatArray:
    """The same from the sums ``U``, ``X'1`` and ``X'X``, without the people.

    The same sums and the same start give the same bits. The last of the columns have not
    converged after a few sweeps; they are a function of the sums and the start all the same.

    Args:
        sums: Over people who like something, everybody counting 1.
        size: Columns of ``F``.
        rng: Draws the starting block.
        sweeps: Multiplications by ``C``.

    Returns:
        float32 [I, D'].
    """
    items = len(sums.counted)
    if not sums.counted.any():
        return np.zeros((items, 0), np.float32)
    mean, gram = sums.mean.astype(np.float32), sums.table(np.float32)

    def times(block: FloatArray) -> FloatArray:
        product: FloatArray = gram @ block / np.float32(sums.people)
        return product - np.outer(mean, mean @ block)

    return _factors(times, sums.people, items, size, rng, sweeps)


def _factors(
    times: Callable[[FloatArray], FloatArray],
    people: int,
    items: int,
    size: int,
    rng: np.random.Generator,
    sweeps: int,
) -> FloatArray:
    size = min(size, items, max(people - 1, 0))
    if size <= 0:
        return np.zeros((items, 0), np.float32)
    width = min(items, people, size + 24)
    block = rng.normal(size=(items, width)).astype(np.float32)
    for _ in range(sweeps):
        block = _orthonormal(times(block))
    block = _orthonormal(block)
    values, vectors = eigh((block.T @ times(block)).astype(np.float64))
    order = np.argsort(-values)[:size]
    order = order[values[order] > 1e-9 * max(values.max(initial=0.0), 0.0)]
    factors: FloatArray = (block @ (vectors[:, order] * np.sqrt(values[order]))).astype(np.float32)
    return factors


def principal_axes(vectors: FloatArray, size: int) -> tuple[FloatArray, FloatArray]:
    """Centre and directions of largest variance of the rows of a matrix.

    Args:
        vectors: Rows, [N, D].
        size: How many directions at most.

    Returns:
        Mean [D] and orthonormal axes [D, size'], largest variance first.
    """
    centre = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1])
    moved = (vectors - centre).astype(np.float64)
    values, axes = _largest(moved.T @ moved, min(size, max(len(vectors) - 1, 0)))
    order = np.argsort(-values)
    order = order[values[order] > 1e-9 * max(values.max(initial=0.0), 1e-30)]
    return centre.astype(np.float32), axes[:, order].astype(np.float32)


def leading(matrix: FloatArray, size: int) -> tuple[FloatArray, FloatArray]:
    """Best rank-``size`` product ``L R'`` of a matrix with far fewer rows than columns.

    Args:
        matrix: [F, I].
        size: Rank.

    Returns:
        ``L`` [F, size'] with orthonormal columns and ``R`` [I, size'], float32.
    """
    values, vectors = _largest((matrix @ matrix.T).astype(np.float64), size)
    order = np.argsort(-values)
    order = order[values[order] > 1e-12 * max(values.max(initial=0.0), 1e-30)]
    left = vectors[:, order].astype(np.float32)
    return left, (matrix.T @ left).astype(np.float32, copy=False)


def _largest(symmetric: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Largest eigenvalues and their vectors."""
    size = len(symmetric)
    if not min(count, size):
        return np.zeros(0), np.zeros((size, 0))
    values, vectors = eigh(symmetric, subset_by_index=[size - min(count, size), size - 1])
    return values, vectors


def _orthonormal(block: FloatArray) -> FloatArray:
    """An orthonormal basis of the columns' span, by way of their small Gram matrix.

    Several times faster than QR; directions a millionth as strong as the strongest are
    dropped, so rounding does no harm.
    """
    squares, turn = eigh((block.T @ block).astype(np.float64))
    alive = squares > 1e-10 * squares.max(initial=0.0)
    found: FloatArray = block @ (turn[:, alive] / np.sqrt(squares[alive])).astype(np.float32)
    return found
