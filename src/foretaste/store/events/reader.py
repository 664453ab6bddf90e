"""Reading the event log of one workspace."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from foretaste.core import Event
from foretaste.store.engine import Database
from foretaste.store.events.reading import (
    event_frame,
    newest_rows,
    person_rows,
    pieces,
    position_of,
)
from foretaste.store.events.rows import READ_COLUMNS, kept_event
from foretaste.store.records import CaughtUp, KeptEvent, Page
from foretaste.store.text import to_db

if TYPE_CHECKING:
    import polars as pl

__all__ = ["EventReader"]


class EventReader:
    """All that can be asked of an event log; :class:`EventTable` adds what changes it.

    Args:
        database: Where it lies.
        workspace: Whose log.
    """

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = to_db(workspace)
        columns = ", ".join(f"e.{name}" for name in READ_COLUMNS.split(", "))
        # One statement and one round trip: the outer join gives the counter even when no event
        # is new. The inner order is what the limit cuts by, the outer one what is promised.
        self._catch_up = database.sql(
            f"SELECT r.events, {columns} FROM revisions r LEFT JOIN ("
            f"SELECT {READ_COLUMNS} FROM events WHERE workspace = ? AND position > ?"
            " ORDER BY position LIMIT ?) e ON 1 = 1 WHERE r.workspace = ? ORDER BY e.position"
        )
        self._tail = database.sql(
            f"SELECT {READ_COLUMNS} FROM events WHERE workspace = ? AND position > ?"
            " ORDER BY position LIMIT ?"
        )
        self._last = database.sql(
            "SELECT coalesce(max(position), 0) FROM events WHERE workspace = ?"
        )

    def catch_up(self, after: int, limit: int = 10_000) -> CaughtUp:
        """Events after a position, and whether anything was removed: the hot path of serving.

        Args:
            after: The last position seen.
            limit: Most events to give; ask again when that many come.

        Returns:
            New events in order, and the number of removals so far.
        """
        rows = self._database.rows(
            self._catch_up,
            (self._workspace, after, limit, self._workspace),
            longest_s=self._database.settings.follow_timeout_s,
        )
        if not rows:
            return CaughtUp(self.tail(after, limit), 0)
        if rows[0][1] is None:
            return CaughtUp([], rows[0][0])
        return CaughtUp([kept_event(row[1:]) for row in rows], rows[0][0])

    def tail(self, after: int, limit: int = 10_000) -> list[KeptEvent]:
        """Events after a position, of everybody.

        Args:
            after: The last position seen.
            limit: Most events to give.

        Returns:
            In order of position.
        """
        rows = self._database.rows(
            self._tail,
            (self._workspace, after, limit),
            longest_s=self._database.settings.follow_timeout_s,
        )
        return [kept_event(row) for row in rows]

    def read(
        self,
        user_id: str | None = None,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Event]:
        """Events in the order they were kept; read piece by piece, so any number will do.

        Args:
            user_id: Only this person's; everybody's when ``None``.
            after: Only later positions.
            until: No later positions.
            limit: At most this many.

        Yields:
            The events.
        """
        person = None if user_id is None else to_db(user_id)
        found = (
            kept_event(row).event
            for rows in pieces(
                self._database, READ_COLUMNS, self._workspace, person, after=after, until=until
            )
            for row in rows
        )
        yield from islice(found, limit)

    def of(
        self, user_id: str, *, after: int = 0, until: int | None = None, newest: int | None = None
    ) -> list[KeptEvent]:
        """One person's events.

        Args:
            user_id: Whose.
            after: Only later positions.
            until: No later positions.
            newest: Only the last this many.

        Returns:
            In order of position.
        """
        rows = person_rows(self._database, self._workspace, to_db(user_id), after, until, newest)
        return [kept_event(row) for row in rows]

    def page(
        self,
        *,
        user_id: str | None = None,
        item_id: str | None = None,
        kind: str | None = None,
        n: int = 100,
        cursor: str | None = None,
    ) -> Page[KeptEvent]:
        """Some events, newest first.

        Args:
            user_id: Only this person's.
            item_id: Only of this item.
            kind: Only of this kind.
            n: At most this many.
            cursor: Where the page before ended.

        Returns:
            The events, and the cursor of the next page.

        Raises:
            InputError: If the cursor is none of ours.
        """
        given = {"user_id": user_id, "item_id": item_id, "kind": kind}
        filters = {name: to_db(value) for name, value in given.items() if value is not None}
        rows = newest_rows(self._database, self._workspace, filters, position_of(cursor), n + 1)
        found = [kept_event(row) for row in rows[:n]]
        return Page(found, str(found[-1].position) if len(rows) > n and found else None)

    def position(self) -> int:
        """The last position of the log; 0 when it is empty.

        Returns:
            The position.
        """
        return int(self._database.rows(self._last, (self._workspace,))[0][0])

    def count(self) -> int:
        """How many events are kept.

        Returns:
            The number.
        """
        statement = self._database.sql("SELECT count(*) FROM events WHERE workspace = ?")
        return int(self._database.rows(statement, (self._workspace,))[0][0])

    def frame(self, until: int | None = None) -> pl.DataFrame:
        """The log as a table, for fitting.

        Args:
            until: No later positions.

        Returns:
            Columns ``user_id, item_id, kind, value, time_s, words, context, answer_id,
            position``; the context as JSON.
        """
        return event_frame(self._database, self._workspace, until)
