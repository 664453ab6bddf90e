"""The ratings of a dataset as arrays, and tasks cut from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from foretaste.core import Dataset, History

__all__ = ["ANY_KIND", "RatingTable", "Task", "newest_ratings", "rating_kind", "tasks"]

ANY_KIND = -1
"""Stands for "every event that has a value is a rating"."""

_Array = NDArray[np.float64]
_Places = NDArray[np.intp]


def rating_kind(kinds: tuple[str, ...]) -> int:
    """Which events are ratings: those of kind ``rate`` where there is one, else any.

    Args:
        kinds: ``Dataset.kinds``.

    Returns:
        Position in ``kinds``, or :data:`ANY_KIND`. A play's seconds are then no rating.
    """
    return kinds.index("rate") if "rate" in kinds and len(kinds) > 1 else ANY_KIND


def newest_ratings(history: History, kind: int) -> _Places:
    """Positions of the newest rating of each item, in order.

    Args:
        history: Somebody's past.
        kind: As :func:`rating_kind` says.

    Returns:
        Positions into the history, ascending.
    """
    found = np.isfinite(history.values)
    if kind != ANY_KIND:
        found &= history.kinds == kind
    places = np.flatnonzero(found)[::-1]
    _, first = np.unique(history.rows[places], return_index=True)
    return np.sort(places[first])


@dataclass(frozen=True, slots=True, eq=False)
class RatingTable:
    """One rating per person and item.

    Attributes:
        users: [N], ascending.
        items: [N].
        values: As given, [N].
        people: Row in the dataset of each row here, [U].
        shape: Number of people and of items.
    """

    users: _Places
    items: _Places
    values: _Array
    people: _Places
    shape: tuple[int, int]

    @classmethod
    def of(cls, dataset: Dataset, kind: int) -> RatingTable:
        """Collect everybody's ratings, the newest of each item.

        Args:
            dataset: The data.
            kind: As :func:`rating_kind` says.

        Returns:
            The table.
        """
        every = dataset.histories
        found = np.isfinite(every.all.values)
        if kind != ANY_KIND:
            found &= every.all.kinds == kind
        users = np.repeat(np.arange(dataset.n_users), np.diff(every.starts))[found]
        items = every.all.rows[found].astype(np.int64)
        backwards = (users * max(dataset.n_items, 1) + items)[::-1]
        keep = np.sort(len(users) - 1 - np.unique(backwards, return_index=True)[1])
        values = every.all.values[found].astype(np.float64)
        shape = (dataset.n_users, dataset.n_items)
        return cls(users[keep], items[keep], values[keep], np.arange(shape[0]), shape)

    def active(self) -> RatingTable:
        """The same ratings, with rows only for people who have one."""
        people, users = np.unique(self.users, return_inverse=True)
        shape = (len(people), self.shape[1])
        return RatingTable(users, self.items, self.values, self.people[people], shape)

    def unrated(self, keep: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Items without any rating.

        Args:
            keep: Which ratings count; all when left out.

        Returns:
            bool [I].
        """
        items = self.items if keep is None else self.items[keep]
        return np.bincount(items, minlength=self.shape[1]) == 0

    def matrix(self, values: _Array, keep: NDArray[np.bool_] | None = None) -> csr_matrix:
        """Sparse matrix of something aligned with the ratings; zeros stay entries.

        Args:
            values: What to fill in, [N].
            keep: Which ratings; all when left out.

        Returns:
            csr [U, I].
        """
        chosen = slice(None) if keep is None else keep
        pairs = (self.users[chosen], self.items[chosen])
        return csr_matrix((values[chosen], pairs), self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Some ratings of one person are known, some are asked.

    Attributes:
        user: The person's row.
        support: Positions in the table that are known.
        query: Positions that are asked.
    """

    user: int
    support: _Places
    query: _Places


def tasks(table: RatingTable, users: _Places, rng: np.random.Generator, asked: int) -> list[Task]:
    """One task per person: a random number of random ratings known, others asked.

    Args:
        table: The ratings.
        users: Rows of the people.
        rng: Draws.
        asked: Most ratings asked of each.

    Returns:
        Tasks of those who have a rating at all.
    """
    made = []
    for user in users.tolist():
        low, high = np.searchsorted(table.users, [user, user + 1])
        order = rng.permutation(np.arange(low, high))
        query = order[: min(asked, (len(order) + 1) // 2)]
        rest = order[len(query) :]
        known = rest[: rng.integers(0, len(rest) + 1)]
        if len(query):
            made.append(Task(user, known, query))
    return made
