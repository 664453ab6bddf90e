"""The rating scale as it is used: levels, how common they are, where they lie on a bell curve."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from foretaste.core import frozen
from foretaste.core.errors import DataError

__all__ = ["RatingScale"]


@dataclass(frozen=True, eq=False)
class RatingScale:
    """Ordered levels and their shares; the bridge between ratings and the latent line.

    Only the order of the levels is used, never their distances: level k stands for the part
    of a standard normal that holds its share of all ratings, ``latents[k]`` is the mean of
    that part (normal scores, Blom 1958) and ``borders[k]`` its upper end. Both are then
    moved to the mean and spread of the ratings, so latent numbers read as ratings. Fitting
    1-5 stars or their squares gives the same probabilities.

    Attributes:
        levels: Distinct values, ascending, float64 [levels].
        shares: Share of all ratings at each level, float64 [levels], summing to 1.
    """

    levels: NDArray[np.float64]
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, values: Any, max_levels: int = 21) -> RatingScale:
        """Read the scale off the ratings; many distinct values become bins of equal count.

        Args:
            values: Ratings, any order, finite.
            max_levels: Most levels kept apart.

        Returns:
            The scale.

        Raises:
            DataError: If there is no rating or one is not finite.
        """
        ratings = np.asarray(values, np.float64)
        if not len(ratings) or not np.isfinite(ratings).all():
            raise DataError(
                "a rating scale needs ratings",
                expected="at least one finite value",
                got=f"{len(ratings)} values, {int((~np.isfinite(ratings)).sum())} not finite",
            )
        levels = np.unique(ratings)
        if len(levels) > max_levels:
            middles = (np.arange(max_levels) + 0.5) / max_levels
            levels = np.unique(np.quantile(ratings, middles, method="nearest"))
        counts = np.bincount(_nearest(levels, ratings), minlength=len(levels))
        keep = counts > 0
        return cls(frozen(levels[keep]), frozen(counts[keep] / len(ratings)))

    def __len__(self) -> int:
        return len(self.levels)

    def index(self, values: Any) -> NDArray[np.intp]:
        """Which level each rating is; one between levels counts as the nearest.

        Args:
            values: Ratings [N].

        Returns:
            Positions in :attr:`levels`, [N].
        """
        return _nearest(self.levels, np.asarray(values, np.float64))

    @cached_property
    def mean(self) -> float:
        """Mean rating."""
        return float(self.shares @ self.levels)

    @cached_property
    def spread(self) -> float:
        """Standard deviation of the ratings; 1 if all are equal."""
        found = float(np.sqrt(self.shares @ (self.levels - self.mean) ** 2))
        return found if found > 0 else 1.0

    @cached_property
    def borders(self) -> NDArray[np.float64]:
        """Latent border between each level and the next, ascending, [levels - 1]."""
        z = ndtri(np.cumsum(self.shares)[:-1])
        scaled: NDArray[np.float64] = self.mean + self.spread * z / self._unit
        return scaled

    @cached_property
    def latents(self) -> NDArray[np.float64]:
        """Latent value that stands for each level, ascending, [levels]."""
        scaled: NDArray[np.float64] = self.mean + self.spread * self._scores / self._unit
        return scaled

    @cached_property
    def _scores(self) -> NDArray[np.float64]:
        # Mean of a standard normal between two borders: (pdf(low) - pdf(high)) / share.
        z = ndtri(np.cumsum(self.shares)[:-1])
        density = np.concatenate([[0.0], np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi), [0.0]])
        return -np.diff(density) / self.shares

    @cached_property
    def _unit(self) -> float:
        found = float(np.sqrt(self.shares @ self._scores**2))
        return found if found > 0 else 1.0


def _nearest(levels: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.searchsorted((levels[1:] + levels[:-1]) / 2, values, side="right")
