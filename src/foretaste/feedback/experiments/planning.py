"""How long an experiment must run, or how small an effect it can see."""

from __future__ import annotations

import math

from scipy.stats import norm

from foretaste.core.errors import InputError

__all__ = ["minimum_effect", "needed_people", "spread_of_share"]


def minimum_effect(
    sd: float,
    people: int,
    *,
    share: float = 0.5,
    level: float = 0.95,
    power: float = 0.8,
    variance_removed: float = 0.0,
) -> float:
    """The smallest difference of means that is found with the given power.

    ``(z_{1 - alpha / 2} + z_power) sd sqrt((1 - removed) / (N share (1 - share)))``.

    Args:
        sd: Standard deviation between people; see :func:`spread_of_share` for shares.
        people: Of both arms together, N.
        share: Part of them in the first arm.
        level: Coverage of the interval.
        power: Probability of finding the effect.
        variance_removed: What CUPED takes away.

    Returns:
        In the unit of ``sd``.

    Raises:
        InputError: If a number is out of range.
    """
    _check(share, level, power, variance_removed)
    if people < 2:
        raise InputError("too few people to plan with", expected="two or more", got=people)
    known = math.sqrt((1 - variance_removed) / (people * share * (1 - share)))
    return _both(level, power) * sd * known


def needed_people(
    effect: float,
    sd: float,
    *,
    share: float = 0.5,
    level: float = 0.95,
    power: float = 0.8,
    variance_removed: float = 0.0,
) -> int:
    """People of both arms together that are needed to find an effect.

    The formula of :func:`minimum_effect` the other way round.

    Args:
        effect: Difference of means to be found.
        sd: Standard deviation between people.
        share: Part of them in the first arm.
        level: Coverage of the interval.
        power: Probability of finding the effect.
        variance_removed: What CUPED takes away.

    Returns:
        How many.

    Raises:
        InputError: If a number is out of range.
    """
    _check(share, level, power, variance_removed)
    if effect == 0 or not math.isfinite(effect):
        raise InputError("no number of people finds no effect", got=effect)
    ratio = _both(level, power) * sd / effect
    return max(2, math.ceil(ratio**2 * (1 - variance_removed) / (share * (1 - share))))


def spread_of_share(share: float) -> float:
    """Standard deviation of a yes or no with this share of yes: ``sqrt(p (1 - p))``.

    Args:
        share: For example the conversion expected.

    Returns:
        The standard deviation.
    """
    return math.sqrt(share * (1 - share))


def _both(level: float, power: float) -> float:
    return float(norm.ppf((1 + level) / 2) + norm.ppf(power))


def _check(share: float, level: float, power: float, removed: float) -> None:
    for name, value in (("share", share), ("level", level), ("power", power)):
        if not 0 < value < 1:
            raise InputError(f"{name} is out of range", expected="between 0 and 1", got=value)
    if not 0 <= removed < 1:
        raise InputError("variance_removed is out of range", expected="0 to below 1", got=removed)
