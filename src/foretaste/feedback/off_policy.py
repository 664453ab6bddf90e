"""What another way of choosing would have earned, from what was shown and its odds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm

from foretaste.core import FloatArray
from foretaste.core.errors import InputError
from foretaste.feedback.grouping import numbered

__all__ = ["Estimate", "doubly_robust", "effective_size", "ips", "snips"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a policy that was not shown.

    Attributes:
        value: Expected reward of a place.
        low: Lower end of its interval.
        high: Upper end.
        n: Answers it rests on.
        effective: Places that count: ``(sum w)^2 / sum w^2``; far below the number of places
            means that the estimate rests on a few lucky draws.
        largest: Largest weight.
    """

    value: float
    low: float
    high: float
    n: int
    effective: float
    largest: float


def ips(
    rewards: FloatArray,
    logged: FloatArray,
    target: FloatArray,
    *,
    groups: Any | None = None,
    clip: float | None = None,
    level: float = 0.95,
) -> Estimate:
    """Inverse propensity scoring (Horvitz & Thompson 1952; Swaminathan & Joachims 2015).

    ``mean(r p_target / p_logged)`` over places. Unbiased if every item the target may show
    could have been shown there and the reward of a place depends on its own item alone.

    Args:
        rewards: What came of each place shown, [N]: 1 for a click.
        logged: Probability with which the item was shown there, [N].
        target: Probability with which the other policy would show it there, [N].
        groups: Which places belong together (a person or an answer), [N]; the interval takes
            them whole. Each place alone when left out.
        clip: Cut weights at this: less noise for some bias.
        level: Coverage.

    Returns:
        The estimate.

    Raises:
        InputError: If lengths differ or a probability is out of range.
    """
    reward, weight = _weights(rewards, logged, target, clip)
    terms = weight * reward
    return _estimate(terms, float(terms.mean()), weight, groups, level)


def snips(
    rewards: FloatArray,
    logged: FloatArray,
    target: FloatArray,
    *,
    groups: Any | None = None,
    clip: float | None = None,
    level: float = 0.95,
) -> Estimate:
    """The same with the weights' sum below the line (Swaminathan & Joachims 2015b).

    ``sum(w r) / sum(w)``: a little biased, consistent, usually far less noisy than
    :func:`ips`, and never outside the range of rewards. The interval is the delta method's.

    Args:
        rewards: What came of each place shown, [N].
        logged: Probability with which the item was shown there, [N].
        target: Probability with which the other policy would show it there, [N].
        groups: See :func:`ips`.
        clip: See :func:`ips`.
        level: Coverage.

    Returns:
        The estimate; NaN when the target never shows what was shown.

    Raises:
        InputError: If lengths differ or a probability is out of range.
    """
    reward, weight = _weights(rewards, logged, target, clip)
    total = float(weight.sum())
    if total <= 0:
        nan = float("nan")
        return Estimate(nan, nan, nan, len(reward), 0.0, 0.0)
    value = float((weight * reward).sum() / total)
    terms = value + weight * (reward - value) / (total / len(weight))
    return _estimate(terms, value, weight, groups, level)


def doubly_robust(
    rewards: FloatArray,
    logged: FloatArray,
    target: FloatArray,
    predicted: FloatArray,
    expected: FloatArray,
    *,
    groups: Any | None = None,
    clip: float | None = None,
    level: float = 0.95,
) -> Estimate:
    """A model's guess, put right by what was seen (Dudik et al. 2011).

    ``mean(q_target + w (r - q))``: unbiased if the odds or the model is right, and less noisy
    than :func:`ips` the better the model.

    Args:
        rewards: What came of each place shown, [N].
        logged: Probability with which the item was shown there, [N].
        target: Probability with which the other policy would show it there, [N].
        predicted: The model's reward of the item shown, ``q``, [N].
        expected: The model's reward of the place under the target policy, ``q_target``:
            ``sum_i p_target(i) q(i)``, [N].
        groups: See :func:`ips`.
        clip: See :func:`ips`.
        level: Coverage.

    Returns:
        The estimate.

    Raises:
        InputError: If lengths differ or a probability is out of range.
    """
    reward, weight = _weights(rewards, logged, target, clip)
    guess, outlook = np.asarray(predicted, float), np.asarray(expected, float)
    if len(guess) != len(reward) or len(outlook) != len(reward):
        raise InputError(
            "predictions are of other places", expected=f"{len(reward)} values", got=len(guess)
        )
    terms = outlook + weight * (reward - guess)
    return _estimate(terms, float(terms.mean()), weight, groups, level)


def effective_size(weights: FloatArray) -> float:
    """Kish's effective sample size, ``(sum w)^2 / sum w^2`` (Kish 1965).

    Args:
        weights: [N].

    Returns:
        Between 0 and N.
    """
    w = np.asarray(weights, float)
    below = float((w**2).sum())
    return float(w.sum() ** 2 / below) if below > 0 else 0.0


def _weights(
    rewards: FloatArray, logged: FloatArray, target: FloatArray, clip: float | None
) -> tuple[FloatArray, FloatArray]:
    reward, shown, wanted = (np.asarray(x, float) for x in (rewards, logged, target))
    if not len(reward) or len({len(reward), len(shown), len(wanted)}) > 1:
        raise InputError(
            "rewards and probabilities must be of the same places, at least one",
            got=f"{len(reward)}, {len(shown)} and {len(wanted)}",
        )
    if not (
        np.all((shown > 0) & (shown <= 1 + 1e-9)) and np.all((wanted >= 0) & (wanted <= 1 + 1e-9))
    ):
        raise InputError("a probability is out of range", expected="logged above 0, both to 1")
    weight = wanted / shown
    return reward, weight if clip is None else np.minimum(weight, clip)


def _estimate(
    terms: FloatArray, value: float, weight: FloatArray, groups: Any | None, level: float
) -> Estimate:
    """Normal interval of a mean of terms, those of one group taken whole."""
    count = len(terms)
    where = np.arange(count) if groups is None else numbered(groups)
    sums = np.bincount(where, terms - value)
    clusters = len(sums)
    error = float("nan")
    if clusters > 1:
        error = float(np.sqrt((sums**2).sum() * clusters / (clusters - 1)) / count)
    reach = float(norm.ppf((1 + level) / 2)) * error
    return Estimate(
        value, value - reach, value + reach, clusters, effective_size(weight), float(weight.max())
    )
