"""Tests one may look at every day and stop whenever one likes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import lambertw

from foretaste.core import BoolArray, FloatArray
from foretaste.core.errors import InputError

__all__ = ["Running", "Sequential", "bounded_sequence", "sequential", "sequential_path"]


@dataclass(frozen=True, slots=True)
class Sequential:
    """What may be said now, whenever now is.

    Attributes:
        difference: Mean of the first arm minus mean of the second, so far.
        low: Lower end of the interval that holds at all times at once.
        high: Upper end.
        p: Always-valid p-value: the smallest so far.
        n_first: People of the first arm.
        n_second: People of the second.
        decided: Whether the interval leaves out 0, now or at any moment before.
    """

    difference: float
    low: float
    high: float
    p: float
    n_first: int
    n_second: int
    decided: bool


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """The same after every person, [N] each.

    Attributes:
        difference: Difference of means; NaN until both arms have people.
        low: Lower end of the interval.
        high: Upper end.
        p: Always-valid p-value, never rising.
    """

    difference: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray


def sequential(
    values: FloatArray,
    first: BoolArray,
    *,
    level: float = 0.95,
    horizon: int = 10_000,
    at_least: int = 100,
) -> Sequential:
    """The mixture sequential probability ratio test: what may be said after the last person.

    See :func:`sequential_path`; use :func:`foretaste.feedback.compare` when the end was fixed
    beforehand, which is stronger, and :func:`bounded_sequence` for small samples of bounded
    values.

    Args:
        values: One number per person in the order in which they came, [N].
        first: Whether the person is of the first arm, [N].
        level: Coverage, over all looks together.
        horizon: People at which the interval should be narrowest.
        at_least: People of each arm before anything is said.

    Returns:
        The present state.

    Raises:
        InputError: If arrays differ in length.
    """
    path = sequential_path(values, first, level=level, horizon=horizon, at_least=at_least)
    mask = np.asarray(first, bool)
    counts = int(mask.sum()), int((~mask).sum())
    if not len(mask):
        return Sequential(math.nan, -math.inf, math.inf, 1.0, 0, 0, False)
    low, high = float(path.low[-1]), float(path.high[-1])
    decided = bool(path.p[-1] <= 1 - level)
    return Sequential(float(path.difference[-1]), low, high, float(path.p[-1]), *counts, decided)


def sequential_path(
    values: FloatArray,
    first: BoolArray,
    *,
    level: float = 0.95,
    horizon: int = 10_000,
    at_least: int = 100,
) -> Running:
    """After every person: always-valid p-value and confidence sequence of the difference.

    With ``d`` the difference of means, ``s`` its estimated variance and ``delta ~ N(0, tau^2)``
    mixed over (Robbins 1970; Johari et al. 2017), the likelihood ratio against no difference
    is ``L = sqrt(s / (s + tau^2)) exp(d^2 tau^2 / (2 s (s + tau^2)))``. The p-value is
    ``min 1 / L`` so far and the interval all ``delta`` with ``L(d - delta) < 1 / alpha``: the
    normal mixture of Howard et al. 2021, with the estimated variance (asymptotic in the sense
    of Waudby-Smith et al. 2024, hence ``at_least``). ``tau`` makes the interval narrowest at
    the horizon: ``tau^2 = s_h (-W_{-1}(-alpha^2 / e) - 1)``, ``s_h`` foretold from the first
    ``at_least`` people of each arm.

    Args:
        values: One number per person in the order in which they came, [N].
        first: Whether the person is of the first arm, [N].
        level: Coverage, over all looks together.
        horizon: People at which the interval should be narrowest.
        at_least: People of each arm before anything is said.

    Returns:
        The paths. Intervals may widen again; their overlap so far is valid too.

    Raises:
        InputError: If arrays differ in length.
    """
    numbers, mask = np.asarray(values, float), np.asarray(first, bool)
    if len(numbers) != len(mask):
        raise InputError(
            "values and arms differ in length", expected=f"{len(numbers)} values", got=len(mask)
        )
    alpha = 1.0 - level
    one, two = _moments(numbers, mask), _moments(numbers, ~mask)
    spread = one.variance / np.maximum(one.count, 1) + two.variance / np.maximum(two.count, 1)
    enough = (one.count >= max(at_least, 2)) & (two.count >= max(at_least, 2)) & (spread > 0)
    gap = one.mean - two.mean
    low, high = np.full(len(numbers), -np.inf), np.full(len(numbers), np.inf)
    evidence = np.zeros(len(numbers))
    if enough.any():
        start = int(np.argmax(enough))
        share = one.count[start] / (start + 1)
        foretold = one.variance[start] / share + two.variance[start] / (1 - share)
        tau2 = foretold / horizon * _stretch(alpha)
        s = np.where(enough, spread, 1.0)
        reach = np.sqrt(2 * s * (s + tau2) / tau2 * (np.log((s + tau2) / s) / 2 - math.log(alpha)))
        low[enough], high[enough] = (gap - reach)[enough], (gap + reach)[enough]
        ratio = gap**2 * tau2 / (2 * s * (s + tau2)) - np.log((s + tau2) / s) / 2
        evidence = np.where(enough, ratio, 0.0)
    p = np.exp(-np.maximum.accumulate(np.maximum(evidence, 0.0))) if len(numbers) else evidence
    nobody = (one.count == 0) | (two.count == 0)
    return Running(np.where(nobody, np.nan, gap), low, high, p)


def bounded_sequence(
    values: FloatArray, *, low: float = 0.0, high: float = 1.0, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Confidence sequence of the mean of bounded values, valid from the first value on.

    Predictable plug-in empirical Bernstein (Waudby-Smith & Ramdas 2023, theorem 2; after
    Howard et al. 2021). The difference of two arms lies between the ends of two sequences of
    ``1 - alpha / 2`` each. Wider than :func:`sequential_path`, but nothing about it is
    approximate.

    Args:
        values: In the order in which they came, [N].
        low: Least value possible.
        high: Largest value possible.
        level: Coverage, over all looks together.

    Returns:
        Lower and upper ends after every value, [N] each; never wider than before.

    Raises:
        InputError: If a value lies outside its bounds.
    """
    x = (np.asarray(values, float) - low) / (high - low)
    if len(x) and not (x.min() >= 0 and x.max() <= 1):
        raise InputError("a value lies outside its bounds", expected=f"{low} to {high}")
    alpha, count = 1.0 - level, np.arange(1, len(x) + 1)
    mean = (0.5 + np.cumsum(x)) / (count + 1)
    variance = (0.25 + np.cumsum((x - mean) ** 2)) / (count + 1)
    # What is known before each value: mean and variance of those earlier.
    before = np.concatenate([[0.5], mean[:-1]])[: len(x)]
    known = np.concatenate([[0.25], variance[:-1]])[: len(x)]
    bet = np.minimum(np.sqrt(2 * math.log(2 / alpha) / (known * count * np.log1p(count))), 0.5)
    price = (x - before) ** 2 * (-np.log1p(-bet) - bet)
    weight = np.maximum(np.cumsum(bet), 1e-300)
    centre = np.cumsum(bet * x) / weight
    reach = (math.log(2 / alpha) + np.cumsum(price)) / weight
    lower = np.maximum.accumulate(np.maximum(centre - reach, 0.0))
    upper = np.minimum.accumulate(np.minimum(centre + reach, 1.0))
    return low + (high - low) * lower, low + (high - low) * upper


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    count: FloatArray
    mean: FloatArray
    variance: FloatArray


def _moments(values: FloatArray, mask: BoolArray) -> _Moments:
    """Running count, mean and variance of the chosen values after every value."""
    count = np.cumsum(mask).astype(float)
    centre = float(values[mask].mean()) if mask.any() else 0.0
    # About the final mean, so that the difference of two large sums keeps its digits.
    moved = np.where(mask, values - centre, 0.0)
    mean = np.cumsum(moved) / np.maximum(count, 1)
    rest = np.cumsum(moved**2) - count * mean**2
    return _Moments(count, mean + centre, np.maximum(rest, 0.0) / np.maximum(count - 1, 1))


def _stretch(alpha: float) -> float:
    return float(-lambertw(-(alpha**2) / math.e, -1).real - 1.0)
