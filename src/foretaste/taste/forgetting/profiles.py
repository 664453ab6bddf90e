"""Who likes what, by what is known of them, as a sum over people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from foretaste.core import Dataset, FloatArray, State
from foretaste.sums.additive import check_items, check_taken, longer
from foretaste.sums.packing import narrow, whole
from foretaste.taste.ratings.profile import ProfileCoder

__all__ = ["SOFTENING", "ProfileSums"]

SOFTENING = 10.0
"""People weigh ``(likes + this)^-1/2``, so that those with long histories do not decide alone."""

_SUMS = ("weight", "codes", "pairs", "liked", "cross")


@dataclass(frozen=True, eq=False)
class ProfileSums:
    """Who likes what, by what is known of them: ``sum_u w_u c_u (c_u, x_u)'``.

    ``c_u`` are the indicators of a profile, ``x_u`` the row of likes, ``w_u`` as
    :data:`SOFTENING` says in whole quanta. Only people who like something count. Numbers with
    many values are coded by quantiles of everybody's, which are no sum: when a person taken out
    changes the coding, :meth:`holds` says so, and the sums are taken again from the rows.

    Attributes:
        coder: Reads profiles.
        fields: Attributes that may be used; ``None`` is all.
        people: How many people.
        weight: ``sum w``, [1].
        codes: ``sum w c``, [F].
        pairs: ``sum w c c'``, [F, F].
        liked: ``sum w x``, [I].
        cross: ``sum w c x'``, [F, I].
    """

    coder: ProfileCoder
    fields: tuple[str, ...] | None
    people: int
    weight: FloatArray
    codes: FloatArray
    pairs: FloatArray
    liked: FloatArray
    cross: FloatArray

    @classmethod
    def of(cls, dataset: Dataset, fields: tuple[str, ...] | None = None) -> Self:
        """Sum over people.

        Args:
            dataset: People with attributes.
            fields: Attributes that may be used; ``None`` is all.

        Returns:
            Their sums.
        """
        return cls._summed(dataset, _coder(dataset, fields), fields)

    @classmethod
    def _summed(cls, dataset: Dataset, coder: ProfileCoder, fields: tuple[str, ...] | None) -> Self:
        liked = dataset.liked
        people = np.flatnonzero(np.diff(liked.indptr) > 0)
        codes = np.ones((len(people), 1))
        if coder.size > 1:
            codes = coder.encode_all(dataset)[people]
        exact = liked[people].astype(np.float64)
        weights = whole((np.diff(exact.indptr) + SOFTENING) ** -0.5)
        heavy = weights[:, None] * codes
        return cls(
            coder,
            fields,
            len(people),
            weights.sum(keepdims=True),
            heavy.sum(axis=0),
            heavy.T @ codes,
            exact.T @ weights,
            np.ascontiguousarray((exact.T @ heavy).T),
        )

    def share(self, dataset: Dataset) -> Self:
        """The same sums over other people, coded the same way.

        Args:
            dataset: The same catalogue, other people.

        Returns:
            Their sums.
        """
        return self._summed(dataset, self.coder, self.fields)

    def plus(self, other: Self) -> Self:
        """Sums over both groups.

        Args:
            other: People who are not in this group.

        Returns:
            The sums.
        """
        return self._joined(other, 1)

    def minus(self, other: Self) -> Self:
        """Sums without these people.

        Args:
            other: People who are in this group.

        Returns:
            The sums.
        """
        left = self._joined(other, -1)
        check_taken(left.people, left.liked, of=self.people, taken=other.people)
        return left

    def _joined(self, other: Self, sign: int) -> Self:
        check_items(self.liked, other.liked)
        both = {name: getattr(self, name) + sign * getattr(other, name) for name in _SUMS}
        return replace(self, people=self.people + sign * other.people, **both)

    def widened(self, n_items: int) -> Self:
        """The same for a catalogue with further items that nobody has met.

        Args:
            n_items: ``I``, not smaller.

        Returns:
            The sums.
        """
        cross = np.array([longer(line, n_items) for line in self.cross])
        return replace(self, liked=longer(self.liked, n_items), cross=cross)

    def holds(self, dataset: Dataset) -> bool:
        """Whether people of a dataset would be coded the same way.

        Args:
            dataset: The data.

        Returns:
            ``False`` when its attributes have other values.
        """
        return len(self.liked) == dataset.n_items and _coder(dataset, self.fields) == self.coder

    def state(self) -> State:
        """Plain data."""
        arrays = {name: narrow(getattr(self, name)) for name in _SUMS}
        coder = {
            "values": {name: list(known) for name, known in self.coder.values.items()},
            "edges": {name: list(edges) for name, edges in self.coder.edges.items()},
        }
        fields = None if self.fields is None else list(self.fields)
        return State(arrays, {"people": self.people, "coder": coder, "fields": fields})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The sums.
        """
        meta = state.meta
        coder = ProfileCoder(meta["coder"]["values"], meta["coder"]["edges"])
        fields = None if meta["fields"] is None else tuple(meta["fields"])
        sums = {name: state.arrays[name].astype(np.float64) for name in _SUMS}
        return cls(coder, fields, int(meta["people"]), **sums)


def _coder(dataset: Dataset, fields: tuple[str, ...] | None) -> ProfileCoder:
    roles = {
        name: role
        for name, role in dataset.people_roles.items()
        if fields is None or name in fields
    }
    return ProfileCoder.of(replace(dataset, people_roles=roles))
