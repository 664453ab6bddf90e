"""The values that are measured: lists of rows, and what was to be found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from foretaste.core import BoolArray, FloatArray, Rows, frozen, top

__all__ = ["Truth", "hits_of", "top_lists"]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What each person was to find (compressed rows); an item counts once.

    Attributes:
        starts: Where each person's items begin, int64 [B + 1].
        rows: Item rows, int32 [sum of sizes].
    """

    starts: np.ndarray
    rows: Rows

    @classmethod
    def of(cls, lists: Sequence[Sequence[int] | np.ndarray]) -> Truth:
        """Build from one list per person.

        Args:
            lists: Item rows; doubles are dropped.

        Returns:
            The truth, each person's rows ascending.
        """
        parts = [np.unique(np.asarray(one, dtype=np.int32)) for one in lists]
        starts = np.concatenate([[0], np.cumsum([len(one) for one in parts])]).astype(np.int64)
        rows = np.concatenate(parts) if parts else np.empty(0, np.int32)
        return cls(frozen(starts), frozen(rows, np.int32))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def sizes(self) -> np.ndarray:
        """How many items each person was to find, [B]."""
        return np.diff(self.starts)

    def person(self, index: int) -> Rows:
        """One person's items.

        Args:
            index: Position in the batch.

        Returns:
            Item rows.
        """
        return self.rows[self.starts[index] : self.starts[index + 1]]

    def take(self, index: np.ndarray) -> Truth:
        """The same for some of the people.

        Args:
            index: Positions in the batch, or a mask.

        Returns:
            Their truth, in that order.
        """
        places = np.flatnonzero(index) if np.asarray(index).dtype == bool else index
        return Truth.of([self.person(int(place)) for place in places])


def hits_of(lists: Rows, truth: Truth) -> BoolArray:
    """Which places of the lists hold something that was to be found.

    Args:
        lists: Item rows, best first, -1 where a list is shorter, int32 [B, K].
        truth: What was to be found, for the same B people.

    Returns:
        Hits, [B, K].
    """
    if not len(truth.rows) or not lists.size:
        return np.zeros(lists.shape, bool)
    width = max(int(lists.max(initial=0)), int(truth.rows.max(initial=0))) + 1
    people = np.repeat(np.arange(len(truth), dtype=np.int64), truth.sizes)
    wanted = np.sort(people * width + truth.rows)
    keys = np.arange(len(lists), dtype=np.int64)[:, None] * width + lists
    place = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    return (wanted[place] == keys) & (lists >= 0)


def top_lists(scores: FloatArray, k: int) -> Rows:
    """The ``k`` best of every row; ties by position, ``-inf`` never chosen.

    Args:
        scores: Scores, [B, I].
        k: Length of the lists.

    Returns:
        Positions, best first, -1 where fewer may be chosen, int32 [B, k].
    """
    lists = np.full((len(scores), k), -1, np.int32)
    for row, line in enumerate(scores):
        best = top(line, k)
        lists[row, : len(best)] = best
    return lists
