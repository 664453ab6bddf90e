"""From loose tables to a frozen dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import polars as pl

from foretaste.core import Dataset, Role
from foretaste.core.errors import DataError
from foretaste.data.events import as_frame, as_ids, event_table
from foretaste.data.freezing import freeze
from foretaste.data.guess import find_columns, shape_table, to_seconds
from foretaste.data.report import Origin, ReadReport, ReportBuilder
from foretaste.data.signals import SignalSettings

if TYPE_CHECKING:
    from foretaste.data.events import FrameLike

__all__ = ["DatasetBuilder"]


class DatasetBuilder:
    """Collects tables; :meth:`build` makes the frozen :class:`foretaste.core.Dataset`.

    Every table may be given several times, in any order. Items and people of the catalogue
    come first in file order, then those met only in events. Use :func:`foretaste.data.read`
    for files; this is for tables already in memory (Polars, pandas, Arrow, or a dictionary
    of lists).

    Args:
        name: What to call the data in reports.
        signals: What events say about liking.
        roles: Roles of attributes, column to role, over what is guessed.
        report: Where guesses are noted; a new one when left out.
    """

    def __init__(
        self,
        name: str,
        signals: SignalSettings | None = None,
        *,
        roles: Mapping[str, Role] | None = None,
        report: ReportBuilder | None = None,
    ) -> None:
        self.name = name
        self._signals = signals or SignalSettings()
        self._roles = dict(roles or {})
        self._report = report or ReportBuilder()
        self._kinds: list[str] = []
        self._events: list[pl.DataFrame] = []
        self._items: list[pl.DataFrame] = []
        self._people: list[pl.DataFrame] = []
        self._item_roles: dict[str, Role] = {}
        self._people_roles: dict[str, Role] = {}
        self._triples: list[pl.DataFrame] = []
        self._words: list[pl.DataFrame] = []
        self._simulated: str | None = None

    @property
    def report(self) -> ReadReport:
        """What was guessed and counted so far."""
        return self._report.build()

    def interactions(
        self,
        frame: FrameLike,
        *,
        columns: Mapping[str, str] | None = None,
        origin: Origin | None = None,
        kind: str | None = None,
    ) -> Self:
        """Add events.

        Args:
            frame: One row per event: person and item, and if known ``timestamp``, ``type``,
                ``rating`` or ``value``, ``words``; further columns are kept as context.
            columns: Which column plays which part, where the name does not say.
            origin: Where it came from, for messages.
            kind: The kind of all these events when there is no ``type`` column; left out,
                ``rate`` where there are ratings and ``interaction`` elsewhere.

        Returns:
            This builder.

        Raises:
            DataError: If a needed column is missing or a rating or time cannot be read.
        """
        self._events.append(
            event_table(
                as_frame(frame), columns, origin or Origin("interactions"), self._kinds,
                self._report, kind,
            )
        )  # fmt: skip
        return self

    def items(
        self, frame: FrameLike, *, columns: Mapping[str, str] | None = None,
        origin: Origin | None = None,
    ) -> Self:  # fmt: skip
        """Add the catalogue, or further attributes of it.

        Args:
            frame: One row per item: its id and any attributes.
            columns: Which column plays which part, where the name does not say.
            origin: Where it came from, for messages.

        Returns:
            This builder.

        Raises:
            DataError: If there is no id column.
        """
        table, roles = self._attributes(frame, "items", columns, origin or Origin("items"))
        self._items.append(table)
        self._item_roles.update(roles)
        return self

    def people(
        self, frame: FrameLike, *, columns: Mapping[str, str] | None = None,
        origin: Origin | None = None,
    ) -> Self:  # fmt: skip
        """Add people's attributes.

        Args:
            frame: One row per person: the id and any attributes.
            columns: Which column plays which part, where the name does not say.
            origin: Where it came from, for messages.

        Returns:
            This builder.

        Raises:
            DataError: If there is no id column.
        """
        table, roles = self._attributes(frame, "people", columns, origin or Origin("people"))
        self._people.append(table)
        self._people_roles.update(roles)
        return self

    def knowledge(
        self, frame: FrameLike, *, columns: Mapping[str, str] | None = None,
        origin: Origin | None = None,
    ) -> Self:  # fmt: skip
        """Add triples.

        Args:
            frame: Columns ``head, relation, tail``; a head or tail equal to an item's id is
                that item.
            columns: Which column plays which part, where the name does not say.
            origin: Where it came from, for messages.

        Returns:
            This builder.

        Raises:
            DataError: If a column is missing.
        """
        where = origin or Origin("knowledge")
        table = as_frame(frame)
        found = find_columns(table.columns, "knowledge", columns, where.name)
        chosen = [as_ids(table[found[part]], part) for part in ("head", "relation", "tail")]
        self._triples.append(pl.DataFrame(chosen).drop_nulls())
        return self

    def remarks(
        self, frame: FrameLike, *, columns: Mapping[str, str] | None = None,
        origin: Origin | None = None, kind: str = "comment",
    ) -> Self:  # fmt: skip
        """Add words of people that are no events of their own, such as tags.

        Words that belong to an event (a search, a comment on a purchase) come with
        :meth:`interactions` instead.

        Args:
            frame: Person, item and ``words``; if known ``timestamp``.
            columns: Which column plays which part, where the name does not say.
            origin: Where they came from, for messages.
            kind: What to call them.

        Returns:
            This builder.

        Raises:
            DataError: If a needed column is missing.
        """
        where = origin or Origin("remarks")
        table = event_table(as_frame(frame), columns, where, self._kinds, self._report, kind)
        if "words" not in table.columns:
            raise DataError("no column for words", where=where.name,
                            got="the columns " + ", ".join(as_frame(frame).columns))  # fmt: skip
        self._words.append(table)
        return self

    def simulated(self, label: str) -> Self:
        """Say that the audience is not real.

        Args:
            label: What to call it wherever it is shown.

        Returns:
            This builder.
        """
        self._simulated = label
        return self

    def _attributes(
        self, frame: FrameLike, what: str, columns: Mapping[str, str] | None, origin: Origin
    ) -> tuple[pl.DataFrame, dict[str, Role]]:
        table = as_frame(frame)
        found = find_columns(table.columns, what, columns, origin.name)
        key = "item_id" if what == "items" else "user_id"
        renamed = {found[key]: key}
        for part in ("available_from", "available_until"):
            if part in found:
                seconds = to_seconds(table[found[part]], origin, self._report)
                table = table.with_columns(seconds.alias(f"{part}_s")).drop(found[part])
        table = table.rename({old: new for old, new in renamed.items() if old != new})
        table = table.with_columns(as_ids(table[key], key))
        empty = int(table[key].null_count())
        if empty:
            self._report.warn("ids", f"{empty} rows without {key} are left out",
                              where=origin.name, count=empty)  # fmt: skip
            table = table.filter(pl.col(key).is_not_null())
        doubled = len(table) - table[key].n_unique()
        if doubled:
            self._report.warn("duplicates", f"{doubled} rows repeat a {key}; the first is kept",
                              where=origin.name, count=doubled)  # fmt: skip
            table = table.unique(subset=[key], keep="first", maintain_order=True)
        return shape_table(table, origin, self._report, id_column=key, given=self._roles)

    def build(self) -> Dataset:
        """Freeze.

        Returns:
            The dataset: vocabularies, rows instead of ids, signals, everything sorted.

        Raises:
            DataError: If there is neither an event nor an item.
        """
        return freeze(
            self.name, self._events, self._words, self._items, self._people, self._triples,
            self._kinds,
            self._signals, self._report, self._item_roles, self._people_roles, self._simulated,
        )  # fmt: skip
