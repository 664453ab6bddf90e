"""Whole numbers kept small: symmetric tables as a triangle, in the narrowest type that fits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from foretaste.core import FloatArray

__all__ = ["QUANTUM", "narrow", "square", "triangle", "whole"]

QUANTUM = 2.0**-22
"""Weights are whole multiples of this: then sums have no rounding, and what was added comes off."""

_TYPES = (np.uint8, np.uint16, np.uint32, np.int64)


def whole(weights: FloatArray) -> FloatArray:
    """Weights in units of :data:`QUANTUM`.

    Args:
        weights: Not negative, well under a million.

    Returns:
        Whole numbers, float64: products and sums of them are exact up to ``2^53``.
    """
    return np.rint(np.asarray(weights, np.float64) / QUANTUM)


def narrow(numbers: NDArray[Any]) -> NDArray[Any]:
    """The same whole numbers in the narrowest type that holds them.

    Args:
        numbers: Whole and not negative.

    Returns:
        Unsigned where 32 bits are enough, else int64.
    """
    largest = int(numbers.max(initial=0))
    kind = next(kind for kind in _TYPES if largest <= np.iinfo(kind).max)
    return numbers.astype(kind)


def triangle(symmetric: csr_matrix) -> FloatArray:
    """The lower half of a symmetric table, row after row.

    Further items only add to its end, so a longer catalogue is the same array and zeros.

    Args:
        symmetric: Whole numbers, [I, I].

    Returns:
        [I (I + 1) / 2], of the table's type.
    """
    dense = symmetric.toarray()
    lines = [line[: row + 1] for row, line in enumerate(dense)]
    return np.concatenate([np.empty(0, dense.dtype), *lines])


def square(half: NDArray[Any], size: int, dtype: Any = np.float64) -> FloatArray:
    """The symmetric table of a triangle.

    Args:
        half: As :func:`triangle` gives it.
        size: ``I``.
        dtype: Of the result.

    Returns:
        [I, I].
    """
    found = np.zeros((size, size), dtype)
    start = 0
    for row in range(size):
        line = half[start : start + row + 1]
        found[row, : row + 1] = line
        found[: row + 1, row] = line
        start += row + 1
    return found
