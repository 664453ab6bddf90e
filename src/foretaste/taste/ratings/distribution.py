"""What somebody would rate, as probabilities of every level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foretaste.core import FloatArray
from foretaste.core.errors import InputError

__all__ = ["RatingDistribution"]


@dataclass(frozen=True, slots=True, eq=False)
class RatingDistribution:
    """``P(rating = level)`` for some items; every point prediction is read off it.

    Report the :attr:`median` where absolute error counts (it is the level that minimises
    the expected absolute error), the :attr:`mean` where squared error counts, and
    :meth:`expected` with your own values where a rating is worth something.

    Attributes:
        levels: The levels, ascending, float64 [levels].
        probabilities: One row per item, float64 [K, levels], rows summing to 1.
    """

    levels: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.probabilities)

    @property
    def mean(self) -> FloatArray:
        """Expected rating, [K]."""
        return self.expected(self.levels)

    @property
    def median(self) -> FloatArray:
        """Median rating, always a level, [K]."""
        return self.quantile(0.5)

    @property
    def variance(self) -> FloatArray:
        """Variance of the rating, [K]."""
        spread: FloatArray = self.expected(self.levels**2) - self.mean**2
        return np.maximum(spread, 0.0)

    def quantile(self, share: float) -> FloatArray:
        """Smallest level that the rating does not exceed with this probability.

        Args:
            share: Between 0 and 1.

        Returns:
            Levels, [K].

        Raises:
            InputError: If the share is not between 0 and 1.
        """
        if not 0 <= share <= 1:
            raise InputError(
                "a quantile asks for a share", expected="a number from 0 to 1", got=share
            )
        # Rounding may leave the last sum a hair under 1.
        reached = np.cumsum(self.probabilities, axis=1) >= share - 1e-12
        reached[:, -1] = True
        return self.levels[reached.argmax(axis=1)]

    def expected(self, values: FloatArray) -> FloatArray:
        """Expected value when each level is worth something, for example ``2**stars - 1``.

        Args:
            values: What each level is worth, [levels].

        Returns:
            Expectations, [K].
        """
        worth: FloatArray = self.probabilities @ np.asarray(values, np.float64)
        return worth

    def at_least(self, rating: float) -> FloatArray:
        """Probability of this rating or a better one.

        Args:
            rating: The threshold, in rating units.

        Returns:
            Probabilities, [K].
        """
        return self.expected((self.levels >= rating).astype(np.float64))
