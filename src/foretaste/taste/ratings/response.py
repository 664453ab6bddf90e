"""From the latent line to levels: cut-points, and how each person uses the scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

__all__ = ["Response", "Trials"]

_Array = NDArray[np.float64]
_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Predictions with what is known of whoever they are for.

    Attributes:
        mean: Latent expectation, [N].
        variance: Latent variance, noise included, [N].
        new: Whether nobody had rated the item, bool [N].
        person: Which person each is for, as a position in the following, [N].
        counts: How often each person has used each level so far, [M, levels].
        surprise: Sum of their squared standardised leave-one-out errors, [M].
    """

    mean: _Array
    variance: _Array
    new: NDArray[np.bool_]
    person: NDArray[np.intp]
    counts: _Array
    surprise: _Array


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """Ordinal regression with shared cut-points and each person's own use of the scale.

    ``P(level <= k) = Phi((cut_k - f) / (s_u sd))`` (McCullagh 1980, probit link), times
    ``(pi_uk / p_k)^tilt`` and normalised: ``pi_u`` is how the person has used the levels so
    far, shrunk to the population ``p`` by ``patience`` ratings, ``s_u^2`` how surprising
    their ratings have been, shrunk to 1 by ``steadiness`` ratings.

    Attributes:
        cuts: Ascending, [levels - 1].
        shares: ``p``, [levels].
        known_scale: Factor on the variance for items with ratings.
        new_scale: The same for items without.
        steadiness: Prior count for ``s_u``.
        tilt: Exponent of the person's own use of the scale; 0 ignores it.
        patience: Prior count for ``pi_u``.
    """

    cuts: _Array
    shares: _Array
    known_scale: float = 1.0
    new_scale: float = 1.0
    steadiness: float = 20.0
    tilt: float = 0.3
    patience: float = 10.0

    def spread(self, trials: Trials) -> _Array:
        """Standard deviations after person and item scales.

        Args:
            trials: The predictions.

        Returns:
            [N].
        """
        count = trials.counts.sum(axis=1)
        person = (self.steadiness + trials.surprise) / (self.steadiness + count)
        item = np.where(trials.new, self.new_scale, self.known_scale)
        scaled: _Array = np.sqrt(trials.variance * item * person[trials.person])
        return scaled

    def probabilities(self, trials: Trials) -> _Array:
        """Probability of each level.

        Args:
            trials: The predictions.

        Returns:
            [N, levels], rows summing to 1.
        """
        plain = between(self.cuts, trials.mean, self.spread(trials)) + _TINY
        count = trials.counts.sum(axis=1, keepdims=True)
        used = (trials.counts + self.patience * self.shares) / (count + self.patience)
        tilted = plain * ((used / self.shares) ** self.tilt)[trials.person]
        normalised: _Array = tilted / tilted.sum(axis=1, keepdims=True)
        return normalised


def between(cuts: _Array, mean: _Array, spread: _Array) -> _Array:
    """Probability that a normal falls between neighbouring cut-points.

    Args:
        cuts: Ascending, [levels - 1].
        mean: [N].
        spread: Standard deviations, [N].

    Returns:
        [N, levels].
    """
    below = ndtr((cuts[None, :] - mean[:, None]) / spread[:, None])
    edges = np.zeros((len(mean), 1))
    return np.diff(np.hstack([edges, below, edges + 1.0]), axis=1)
