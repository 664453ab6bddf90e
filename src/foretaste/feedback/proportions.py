"""Intervals of shares and of ratios between sums."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from foretaste.core import FloatArray, stream

__all__ = ["Measured", "ratio_of_sums", "wilson"]

_CHUNK = 4_000_000
_MANY = 5_000


@dataclass(frozen=True, slots=True)
class Measured:
    """A number, where it would lie with other people of the same kind, and what it rests on.

    Attributes:
        value: The number; NaN when nothing was measured.
        low: Lower end of its interval.
        high: Upper end.
        n: People it rests on.
    """

    value: float
    low: float
    high: float
    n: int


def wilson(yes: int, n: int, level: float = 0.95) -> Measured:
    """Share of yes among independent answers, with the score interval (Wilson 1927).

    ``(p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4 n^2)) / (1 + z^2 / n)``. For counts that
    come several from one person use :func:`ratio_of_sums`.

    Args:
        yes: How many said yes.
        n: How many were asked.
        level: Coverage.

    Returns:
        NaN with n = 0.
    """
    if n == 0:
        return Measured(math.nan, math.nan, math.nan, 0)
    z = float(norm.ppf((1 + level) / 2))
    p = yes / n
    middle = p + z * z / (2 * n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Measured(p, max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale), n)


def ratio_of_sums(
    parts: FloatArray,
    wholes: FloatArray,
    *,
    level: float = 0.95,
    resamples: int = 1_000,
    seed: int = 0,
) -> Measured:
    """``sum(parts) / sum(wholes)`` with a percentile bootstrap over people (Efron 1979).

    People are drawn again with all that is theirs, so that one busy person counts as one. From
    5,000 people on the delta method's normal interval is given, which is the same by then. When
    the sums agree with a share of 0 or 1, where drawing again shows nothing, the interval is
    Wilson's as if each person had been asked once.

    Args:
        parts: For example clicks by person, [B].
        wholes: For example places shown by person, [B].
        level: Coverage.
        resamples: Bootstrap samples.
        seed: Of the draws.

    Returns:
        NaN when the wholes sum to 0; an interval of NaN with one person.
    """
    above, below = np.asarray(parts, float), np.asarray(wholes, float)
    kept = below > 0
    above, below = above[kept], below[kept]
    size = len(below)
    if not size:
        return Measured(math.nan, math.nan, math.nan, 0)
    value = float(above.sum() / below.sum())
    if size == 1:
        return Measured(value, math.nan, math.nan, 1)
    if np.all(above == 0) or np.all(above == below):
        sure = wilson(size if above[0] else 0, size, level)
        return Measured(value, sure.low, sure.high, size)
    if size > _MANY:
        rest = above - value * below
        error = float(np.sqrt((rest**2).sum() * size / (size - 1)) / below.sum())
        reach = float(norm.ppf((1 + level) / 2)) * error
        return Measured(value, value - reach, value + reach, size)
    rng = stream(seed, "ratio of sums", size)
    found = np.empty(resamples)
    step = max(1, _CHUNK // size)
    for start in range(0, resamples, step):
        stop = min(start + step, resamples)
        drawn = rng.integers(0, size, (stop - start, size), dtype=np.int32)
        found[start:stop] = above[drawn].sum(axis=1) / below[drawn].sum(axis=1)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return Measured(value, float(low), float(high), size)
