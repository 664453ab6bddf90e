"""How many people like each item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from foretaste.core import Dataset, FloatArray, State
from foretaste.sums.additive import check_items, check_taken, longer
from foretaste.sums.packing import narrow

__all__ = ["Likes"]


@dataclass(frozen=True, eq=False)
class Likes:
    """How many people like each item, and how many like any.

    Attributes:
        people: People who like something.
        first: ``X'1``: how many like each item, float64 [I].
    """

    people: int
    first: FloatArray

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Count.

        Args:
            dataset: The data.

        Returns:
            The counts.
        """
        liked = dataset.liked
        people = int((np.diff(liked.indptr) > 0).sum())
        return cls(people, np.asarray(liked.sum(axis=0), np.float64).ravel())

    def share(self, dataset: Dataset) -> Self:
        """The same counts over other people.

        Args:
            dataset: The same catalogue, other people.

        Returns:
            Their counts.
        """
        return self.of(dataset)

    def plus(self, other: Self) -> Self:
        """Counts over both groups.

        Args:
            other: People who are not in this group.

        Returns:
            The counts.
        """
        check_items(self.first, other.first)
        return type(self)(self.people + other.people, self.first + other.first)

    def minus(self, other: Self) -> Self:
        """Counts without these people.

        Args:
            other: People who are in this group.

        Returns:
            The counts.
        """
        check_items(self.first, other.first)
        left = type(self)(self.people - other.people, self.first - other.first)
        check_taken(left.people, left.first, of=self.people, taken=other.people)
        return left

    def widened(self, n_items: int) -> Self:
        """The same for a catalogue with further items that nobody has met.

        Args:
            n_items: ``I``, not smaller.

        Returns:
            The counts.
        """
        return type(self)(self.people, longer(self.first, n_items))

    def holds(self, dataset: Dataset) -> bool:
        """Whether these are the counts of a dataset.

        Args:
            dataset: The data.

        Returns:
            ``False`` when somebody has changed one of the two.
        """
        now = self.of(dataset)
        return now.people == self.people and np.array_equal(now.first, self.first)

    def state(self) -> State:
        """Plain data."""
        return State({"first": narrow(self.first)}, {"people": self.people})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The counts.
        """
        return cls(int(state.meta["people"]), state.arrays["first"].astype(np.float64))
