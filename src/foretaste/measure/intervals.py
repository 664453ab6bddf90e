"""How sure a mean over people is, and whether one system really beats another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from foretaste.core import FloatArray, stream

__all__ = ["Difference", "Interval", "compare", "holm", "interval", "resampled_means"]

_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over people and where it would be with other people of the same kind.

    Attributes:
        mean: The mean.
        low: Lower end.
        high: Upper end.
        n: People it rests on.
    """

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What one system has over another, person by person.

    Attributes:
        mean: Mean difference, first minus second.
        low: Lower end of its interval.
        high: Upper end of its interval.
        relative: The difference over the second system's mean; NaN if that is 0.
        p: Two-sided p-value of no difference.
        n: People it rests on.
    """

    mean: float
    low: float
    high: float
    relative: float
    p: float
    n: int

    @property
    def tie(self) -> bool:
        """Whether the interval holds 0."""
        return self.low <= 0.0 <= self.high


def resampled_means(values: FloatArray, resamples: int, seed: int) -> FloatArray:
    """Means of people drawn again with replacement (Efron 1979).

    Equal sizes and seeds draw the same people, so that means of two systems may be compared.

    Args:
        values: One number per person, [B].
        resamples: How often, R.
        seed: Of the draws.

    Returns:
        Means, [R].
    """
    size = len(values)
    rng = stream(seed, "bootstrap", size)
    means = np.empty(resamples)
    step = max(1, _CHUNK // max(size, 1))
    for start in range(0, resamples, step):
        stop = min(start + step, resamples)
        drawn = rng.integers(0, size, (stop - start, size), dtype=np.int32)
        means[start:stop] = values[drawn].mean(axis=1)
    return means


def interval(
    values: FloatArray, *, level: float = 0.95, resamples: int = 2_000, seed: int = 0
) -> Interval:
    """Percentile bootstrap interval of a mean over people.

    Args:
        values: One number per person, [B]; NaN means "not measured" and is left out.
        level: Coverage.
        resamples: Bootstrap samples.
        seed: Of the draws.

    Returns:
        The mean and its interval; NaN without people.
    """
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    if not len(known):
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    low, high = _ends(resampled_means(known, resamples, seed), level)
    return Interval(float(known.mean()), low, high, len(known))


def compare(
    first: FloatArray,
    second: FloatArray,
    *,
    level: float = 0.95,
    resamples: int = 2_000,
    seed: int = 0,
) -> Difference:
    """Paired bootstrap of the difference of two systems on the same people.

    The p-value is the share of resampled differences that lie as far from the observed one
    as that lies from 0: ``(1 + #(|d* - d| >= |d|)) / (1 + R)``.

    Args:
        first: One number per person, [B].
        second: The other system's numbers for the same people, [B].
        level: Coverage.
        resamples: Bootstrap samples, R.
        seed: Of the draws.

    Returns:
        The difference, first minus second.

    Raises:
        ValueError: If the two are not of the same people.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} people cannot be paired with {len(second)}")
    both = ~(np.isnan(first) | np.isnan(second))
    gain = np.asarray(first, float)[both] - np.asarray(second, float)[both]
    nan = float("nan")
    if not len(gain):
        return Difference(nan, nan, nan, nan, nan, 0)
    means = resampled_means(gain, resamples, seed)
    mean = float(gain.mean())
    low, high = _ends(means, level)
    beyond = int((np.abs(means - mean) >= abs(mean) - 1e-15).sum())
    base = float(np.asarray(second, float)[both].mean())
    relative = mean / base if base else nan
    return Difference(mean, low, high, relative, (1 + beyond) / (1 + resamples), len(gain))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Adjust p-values for several comparisons, step down (Holm 1979).

    ``p~_(i) = max_{j <= i} min(1, (m - j + 1) p_(j))``, ``p`` ascending.

    Args:
        p_values: By name of the comparison.

    Returns:
        Adjusted values, same names and order; NaN stays NaN and does not count.
    """
    known = {name: p for name, p in p_values.items() if not np.isnan(p)}
    adjusted: dict[str, float] = {}
    largest = 0.0
    for place, name in enumerate(sorted(known, key=lambda key: known[key])):
        largest = max(largest, min(1.0, (len(known) - place) * known[name]))
        adjusted[name] = largest
    return {name: adjusted.get(name, float("nan")) for name in p_values}


def _ends(means: FloatArray, level: float) -> tuple[float, float]:
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
