"""Odds of a list: which candidate at which place, independent from place to place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foretaste.core import BoolArray, FloatArray

__all__ = ["Draw", "Policy", "Slot", "certain"]


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One place of a list.

    Attributes:
        candidates: Positions in the pool, [G]; the first one belongs here unless explored.
        odds: Probability of each candidate when the place is explored, [G].
        rate: Probability that it is explored.
    """

    candidates: NDArray[np.intp]
    odds: FloatArray
    rate: float

    @property
    def probabilities(self) -> FloatArray:
        """Probability that each candidate is shown here, [G]."""
        found: FloatArray = self.rate * self.odds
        found[0] += 1.0 - self.rate
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One list drawn.

    Attributes:
        positions: Position in the pool at each place, [n].
        propensities: Probability of that item at that place, [n].
        explored: Whether the place was explored, [n].
    """

    positions: NDArray[np.intp]
    propensities: FloatArray
    explored: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """The places of a list; candidates of different places never overlap.

    Attributes:
        slots: First place first.
    """

    slots: tuple[Slot, ...]

    @property
    def open(self) -> bool:
        """Whether anything is left to chance."""
        return any(len(slot.candidates) > 1 and slot.rate > 0 for slot in self.slots)

    def draw(self, rng: np.random.Generator) -> Draw:
        """Draw a list.

        Args:
            rng: Chance; two numbers are used for every place that is open.

        Returns:
            The list.
        """
        count = len(self.slots)
        positions = np.array([slot.candidates[0] for slot in self.slots], np.intp)
        propensities, explored = np.ones(count), np.zeros(count, bool)
        for place, slot in enumerate(self.slots):
            if len(slot.candidates) == 1 or slot.rate <= 0:
                continue
            coin, pick = rng.random(2)
            chosen = 0
            if coin < slot.rate:
                explored[place] = True
                steps = np.cumsum(slot.odds)
                chosen = int(np.searchsorted(steps, pick * steps[-1], side="right"))
            positions[place] = slot.candidates[chosen]
            propensities[place] = slot.probabilities[chosen]
        return Draw(positions, propensities, explored)

    def probability(self, place: int, position: int) -> float:
        """Probability of one candidate at one place: what off-policy estimates ask a target.

        Args:
            place: Place in the list, from 0.
            position: Position of the item in the pool.

        Returns:
            0 when it is no candidate there.
        """
        slot = self.slots[place]
        found = np.flatnonzero(slot.candidates == position)
        return float(slot.probabilities[found[0]]) if len(found) else 0.0

    def table(self, pool: int) -> FloatArray:
        """All odds at once.

        Args:
            pool: Number of items in the pool, K.

        Returns:
            Probability of each item at each place, [n, K]; rows sum to 1, columns to at most 1.
        """
        found = np.zeros((len(self.slots), pool))
        for place, slot in enumerate(self.slots):
            found[place, slot.candidates] = slot.probabilities
        return found


def certain(n: int) -> Policy:
    """The list as it is, nothing left to chance.

    Args:
        n: Length of the list.

    Returns:
        Every place shows its own item with probability 1.
    """
    one = np.ones(1)
    return Policy(tuple(Slot(np.array([place]), one, 0.0) for place in range(n)))
