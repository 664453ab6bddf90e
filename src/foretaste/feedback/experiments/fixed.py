"""Comparing two arms once, at the planned end; with less noise by what was known before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from foretaste.core import FloatArray
from foretaste.core.errors import InputError

__all__ = ["Effect", "adjusted", "compare", "linearised"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one arm has over another.

    Attributes:
        difference: Mean of the first arm minus mean of the second.
        low: Lower end of its interval.
        high: Upper end.
        relative: The difference over the second arm's mean; NaN if that is 0.
        p: Two-sided p-value of no difference.
        n_first: People of the first arm.
        n_second: People of the second.
        variance_removed: Share of variance that what was known before took away; 0 without.
    """

    difference: float
    low: float
    high: float
    relative: float
    p: float
    n_first: int
    n_second: int
    variance_removed: float = 0.0

    @property
    def significant(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0.0 or self.high < 0.0


def compare(
    first: FloatArray,
    second: FloatArray,
    *,
    before_first: FloatArray | None = None,
    before_second: FloatArray | None = None,
    level: float = 0.95,
) -> Effect:
    """Welch's test of two arms, one number per person, looked at once at the planned end.

    Looking earlier and stopping at a good moment finds differences that are not there: use
    :func:`foretaste.feedback.sequential` for that. With ``before_*`` the values are first
    adjusted by CUPED (:func:`adjusted`).

    Args:
        first: Values of the first arm's people.
        second: Values of the second arm's people.
        before_first: The same people's values before the experiment.
        before_second: Likewise.
        level: Coverage of the interval.

    Returns:
        The effect, first minus second.

    Raises:
        InputError: If an arm has fewer than two people, or the covariate fits only one arm.
    """
    one, two = np.asarray(first, float), np.asarray(second, float)
    if min(len(one), len(two)) < 2:
        raise InputError("an arm has too few people", expected="two or more", got=len(one))
    removed, base = 0.0, float(two.mean())
    if (before_first is None) != (before_second is None):
        raise InputError("what was known before is needed for both arms or for neither")
    if before_first is not None and before_second is not None:
        plain = one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two)
        one, two = adjusted(one, two, before_first, before_second)
        rest = one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two)
        removed = 1.0 - rest / plain if plain > 0 else 0.0
    parts = one.var(ddof=1) / len(one), two.var(ddof=1) / len(two)
    difference, variance = float(one.mean() - two.mean()), sum(parts)
    relative = difference / base if base else float("nan")
    if variance <= 0:
        p = 1.0 if difference == 0 else 0.0
        return Effect(difference, difference, difference, relative, p, len(one), len(two), removed)
    freedom = variance**2 / (parts[0] ** 2 / (len(one) - 1) + parts[1] ** 2 / (len(two) - 1))
    error = float(np.sqrt(variance))
    reach = float(student.ppf((1 + level) / 2, freedom)) * error
    p = 2 * float(student.sf(abs(difference) / error, freedom))
    return Effect(
        difference, difference - reach, difference + reach, relative, p, len(one), len(two),
        removed,
    )  # fmt: skip


def adjusted(
    first: FloatArray, second: FloatArray, before_first: FloatArray, before_second: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """CUPED: take away what a person's past already said (Deng et al. 2013).

    ``y - theta (x - mean(x))`` with ``theta = cov(y, x) / var(x)`` within the arms and the mean
    over both. Unbiased because the past cannot depend on the arm; the variance left is
    ``(1 - correlation^2)`` of what it was.

    Args:
        first: Values of the first arm.
        second: Values of the second arm.
        before_first: The same people's values before; NaN for somebody without a past.
        before_second: Likewise.

    Returns:
        Adjusted values of both arms; as they were when the past does not vary.

    Raises:
        InputError: If a covariate is not of the same people.
    """
    pairs = [(np.asarray(y, float), np.asarray(x, float))
             for y, x in ((first, before_first), (second, before_second))]  # fmt: skip
    for y, x in pairs:
        if len(y) != len(x):
            problem = "what was known before is of other people"
            raise InputError(problem, expected=f"{len(y)} values", got=len(x))
    known = np.concatenate([x for _, x in pairs])
    mean = float(np.nanmean(known)) if (~np.isnan(known)).any() else 0.0
    # Somebody without a past is told nothing by it: the mean leaves their value alone.
    filled = [(y, np.where(np.isnan(x), mean, x)) for y, x in pairs]
    both = sum(float(((x - x.mean()) * (y - y.mean())).sum()) for y, x in filled)
    alone = sum(float(((x - x.mean()) ** 2).sum()) for _, x in filled)
    theta = both / alone if alone > 0 else 0.0
    one, two = (y - theta * (x - mean) for y, x in filled)
    return one, two


def linearised(parts: FloatArray, wholes: FloatArray, ratio: float | None = None) -> FloatArray:
    """Turn a ratio of sums into one number per person, so that the tests here apply.

    ``r + (parts - r wholes) / mean(wholes)`` with ``r = sum(parts) / sum(wholes)``: its mean is
    the ratio and its variance the delta method's (Deng et al. 2018). For click-through rates,
    where people differ in how much they were shown.

    Args:
        parts: For example clicks of each person, [B].
        wholes: For example what each was shown, [B].
        ratio: ``r`` to expand about; the arm's own when left out.

    Returns:
        [B].

    Raises:
        InputError: If nobody was shown anything.
    """
    above, below = np.asarray(parts, float), np.asarray(wholes, float)
    if not len(below) or below.sum() <= 0:
        raise InputError("a ratio needs something to divide by", got=float(below.sum()))
    r = float(above.sum() / below.sum()) if ratio is None else ratio
    found: FloatArray = r + (above - r * below) / below.mean()
    return found
