"""From loose tables to a frozen dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import polars as pl

from foretaste.core import Dataset, Role
from foretaste.core.errors import DataError
from foretaste.data.events import attribute_table, event_table
from foretaste.data.freezing import PART, Tables, freeze
from foretaste.data.guess import find_columns
from foretaste.data.guess.frames import as_frame, as_ids
from foretaste.data.report import Origin, ReadReport, ReportBuilder
from foretaste.data.signals import SignalSettings
from foretaste.data.splits import take_events

if TYPE_CHECKING:
    from foretaste.data.guess.frames import FrameLike

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
        self._loose = Tables()

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
        part: str | None = None,
    ) -> Self:
        """Add events.

        Args:
            frame: One row per event: person and item, and if known ``timestamp``, ``type``,
                ``rating`` or ``value``, ``words``; further columns are kept as context.
            columns: Which column plays which part, where the name does not say.
            origin: Where it came from, for messages.
            kind: The kind of all these events when there is no ``type`` column; left out,
                ``rate`` where there are ratings and ``interaction`` elsewhere.
            part: The part of a given split these belong to, for :meth:`build_parts`.

        Returns:
            This builder.

        Raises:
            DataError: If a needed column is missing or a rating or time cannot be read.
        """
        where = origin or Origin("interactions")
        table = event_table(as_frame(frame), columns, where, self._loose.kinds, self._report, kind)
        if part is not None:
            table = table.with_columns(pl.lit(part, pl.Categorical).alias(PART))
        self._loose.events.append(table)
        return self

    def items(
        self,
        frame: FrameLike,
        *,
        columns: Mapping[str, str] | None = None,
        origin: Origin | None = None,
    ) -> Self:
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
        table, roles = attribute_table(
            as_frame(frame), "items", columns, origin or Origin("items"), self._roles, self._report
        )
        self._loose.items.append(table)
        self._loose.item_roles.update(roles)
        return self

    def people(
        self,
        frame: FrameLike,
        *,
        columns: Mapping[str, str] | None = None,
        origin: Origin | None = None,
    ) -> Self:
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
        table, roles = attribute_table(
            as_frame(frame),
            "people",
            columns,
            origin or Origin("people"),
            self._roles,
            self._report,
        )
        self._loose.people.append(table)
        self._loose.people_roles.update(roles)
        return self

    def knowledge(
        self,
        frame: FrameLike,
        *,
        columns: Mapping[str, str] | None = None,
        origin: Origin | None = None,
    ) -> Self:
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
        self._loose.triples.append(pl.DataFrame(chosen).drop_nulls())
        return self

    def remarks(
        self,
        frame: FrameLike,
        *,
        columns: Mapping[str, str] | None = None,
        origin: Origin | None = None,
        kind: str = "comment",
    ) -> Self:
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
        table = event_table(as_frame(frame), columns, where, self._loose.kinds, self._report, kind)
        if "words" not in table.columns:
            raise DataError(
                "no column for words",
                where=where.name,
                got="the columns " + ", ".join(as_frame(frame).columns),
            )
        self._loose.words.append(table)
        return self

    def simulated(self, label: str) -> Self:
        """Say that the audience is not real.

        Args:
            label: What to call it wherever it is shown.

        Returns:
            This builder.
        """
        self._loose.simulated = label
        return self

    def build(self) -> Dataset:
        """Freeze.

        Returns:
            The dataset: vocabularies, rows instead of ids, signals, everything sorted.

        Raises:
            DataError: If there is neither an event nor an item.
        """
        return self._freeze([table.drop(PART, strict=False) for table in self._loose.events])

    def build_parts(self) -> dict[str, Dataset]:
        """Freeze a given split: one dataset per part, with one vocabulary.

        Returns:
            Part to dataset, in the order the parts came.

        Raises:
            DataError: If some events belong to no part.
        """
        if not self._loose.events or any(PART not in table.columns for table in self._loose.events):
            raise DataError(
                "the events are not split into parts",
                where=self.name,
                expected="train and test files",
                remedy="Read them with read()",
            )
        whole = self._freeze(self._loose.events)
        marks = whole.interactions[PART]
        bare = whole.with_interactions(whole.interactions.drop(PART))
        named = dict.fromkeys(str(table[PART][0]) for table in self._loose.events if len(table))
        return {name: take_events(bare, (marks == name).to_numpy(), name) for name in named}

    def _freeze(self, events: list[pl.DataFrame]) -> Dataset:
        loose = replace(self._loose, events=events)
        return freeze(self.name, loose, self._signals, self._report)
