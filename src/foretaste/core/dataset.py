"""The frozen tables everything is fitted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from foretaste.core.arrays import FloatArray, frozen
from foretaste.core.digest import digest_of
from foretaste.core.errors import DataError
from foretaste.core.evidence import Evidence, History
from foretaste.core.ids import Vocabulary

if TYPE_CHECKING:
    import polars as pl
    from scipy.sparse import csr_matrix

__all__ = ["INTERACTION_COLUMNS", "Dataset", "Histories", "Role"]

Role = Literal["title", "text", "category", "categories", "number", "time", "flag", "vector"]
"""What an item's or person's column is, so that language and features know what to do with it.

``category`` is one string, ``categories`` a list of strings, ``time`` seconds since 1970,
``vector`` a list of floats of one length.
"""

INTERACTION_COLUMNS = ("user_row", "item_row", "kind", "value", "signal", "time_s")
"""Columns every interactions table has (int32, int32, uint8, float32, float32, float64)."""


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Everybody's history in one set of arrays (compressed rows).

    Attributes:
        starts: Where each person's events begin, int64 [U + 1].
        all: All events, person after person, each person's oldest first.
    """

    starts: np.ndarray
    all: History

    def __len__(self) -> int:
        return len(self.starts) - 1

    def of(self, user_row: int) -> History:
        """One person's history (views, no copies).

        Args:
            user_row: Inside row.

        Returns:
            The history, oldest first.
        """
        return self.all.take(slice(int(self.starts[user_row]), int(self.starts[user_row + 1])))


@dataclass(frozen=True, eq=False)
class Dataset:
    """Interactions, items, people and knowledge with one vocabulary each; frozen.

    Build with :class:`foretaste.data.DatasetBuilder` or :func:`foretaste.read`.

    Attributes:
        name: What to call it in reports.
        user_ids: Translator of people.
        item_ids: Translator of items; every item of the catalogue has a row, seen or not.
        interactions: :data:`INTERACTION_COLUMNS` and then context columns; sorted by
            ``user_row``, then time; ties and unknown times keep the file's order
            (unknown times first).
        items: One row per item in row order: ``item_id`` and attributes.
        people: One row per person in row order: ``user_id`` and attributes.
        item_roles: Role of each attribute of ``items``.
        people_roles: Role of each attribute of ``people``.
        kinds: Names of the event kinds that ``kind`` counts through.
        knowledge: Triples ``head, relation, tail`` as strings; a head or tail equal to an
            item id is that item.
        remarks: Words people typed: ``user_row, item_row`` (-1 without item), ``kind,
            words, time_s``.
        vectors: Dense vectors of the items by name, float32 [I, D]: ``text`` from an
            encoder, ``image`` or anything else from outside; rows of zeros where there is none.
        simulated: What to call the audience if it is not real (shown wherever it is shown).
    """

    name: str
    user_ids: Vocabulary
    item_ids: Vocabulary
    interactions: pl.DataFrame
    items: pl.DataFrame
    people: pl.DataFrame
    item_roles: Mapping[str, Role] = field(default_factory=dict)
    people_roles: Mapping[str, Role] = field(default_factory=dict)
    kinds: tuple[str, ...] = ("interaction",)
    knowledge: pl.DataFrame | None = None
    remarks: pl.DataFrame | None = None
    vectors: Mapping[str, FloatArray] = field(default_factory=dict)
    simulated: str | None = None

    @property
    def n_users(self) -> int:
        """Number of people."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Number of items in the catalogue."""
        return len(self.item_ids)

    @cached_property
    def histories(self) -> Histories:
        """Everybody's history."""
        table = self.interactions
        users = table["user_row"].to_numpy()
        starts = np.searchsorted(users, np.arange(self.n_users + 1))
        columns = ("item_row", "signal", "value", "time_s", "kind")
        return Histories(starts, History.of(*(table[name].to_numpy() for name in columns)))

    def evidence(self, user_row: int, **more: Any) -> Evidence:
        """What is on record about one person.

        Args:
            user_row: Inside row.
            **more: Further fields of :class:`Evidence`.

        Returns:
            Their history and profile.
        """
        profile = self.people.row(user_row, named=True)
        profile.pop("user_id", None)
        known = {name: value for name, value in profile.items() if value is not None}
        return Evidence(self.histories.of(user_row), user_row, profile=known, **more)

    @cached_property
    def liked(self) -> csr_matrix:
        """Who liked what: 0/1, float32 [U, I], each pair once."""
        from scipy.sparse import csr_matrix

        every = self.histories
        good = every.all.signals > 0
        users = np.repeat(np.arange(self.n_users), np.diff(every.starts))[good]
        items = every.all.rows[good]
        ones = np.ones(len(items), np.float32)
        matrix = csr_matrix((ones, (users, items)), (self.n_users, self.n_items))
        matrix.sum_duplicates()
        matrix.data[:] = 1.0
        return matrix

    def titles(self) -> list[str]:
        """Titles in row order; the id where an item has none."""
        name = next((n for n, role in self.item_roles.items() if role == "title"), None)
        if name is None:
            return list(self.item_ids.ids)
        found = self.items[name].to_list()
        return [title or item_id for title, item_id in zip(found, self.item_ids.ids, strict=True)]

    def with_interactions(self, interactions: pl.DataFrame, name: str | None = None) -> Dataset:
        """The same catalogue and people with other interactions (a split, a sample).

        Args:
            interactions: A table with the same columns and sort order.
            name: A new name; the old one when left out.

        Returns:
            A new dataset.

        Raises:
            DataError: If a needed column is missing.
        """
        missing = [c for c in INTERACTION_COLUMNS if c not in interactions.columns]
        if missing:
            raise DataError(f"interactions lack {', '.join(missing)}")
        return replace(self, interactions=interactions, name=name or self.name)

    def with_vectors(self, name: str, vectors: FloatArray) -> Dataset:
        """The same data with dense vectors of the items added under a name.

        Args:
            name: ``text``, ``image`` ...
            vectors: One row per item, [I, D].

        Returns:
            A new dataset.

        Raises:
            DataError: If the number of rows is not the number of items.
        """
        if len(vectors) != self.n_items:
            raise DataError(
                f"vectors {name!r} do not fit", expected=f"{self.n_items} rows", got=len(vectors)
            )
        return replace(self, vectors={**self.vectors, name: frozen(vectors, np.float32)})

    @cached_property
    def digest(self) -> str:
        """Name of this content."""
        hashes = [
            int(table.hash_rows(seed=7).sum() or 0) if table is not None and table.width else 0
            for table in (self.interactions, self.items, self.people, self.knowledge, self.remarks)
        ]
        order = self.interactions["item_row"].to_numpy()
        vectors = [part for name in sorted(self.vectors) for part in (name, self.vectors[name])]
        return digest_of(
            self.user_ids.digest, self.item_ids.digest, self.kinds, hashes, order, *vectors
        )
