"""The event log of one workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from itertools import islice
from typing import TYPE_CHECKING

from foretaste.core import Clock, Event, Impression
from foretaste.store.engine import Database
from foretaste.store.events.impressions import ImpressionTable
from foretaste.store.events.inserting import Inserter
from foretaste.store.events.reading import event_frame, pieces, position_of
from foretaste.store.events.removing import erase, erase_before, move, remove
from foretaste.store.events.rows import EVENT_TYPES, READ_COLUMNS, event_row, kept_event
from foretaste.store.records import CaughtUp, Kept, KeptEvent, Page
from foretaste.store.text import to_db
from foretaste.store.writer import GroupWriter, Write

if TYPE_CHECKING:
    import polars as pl

__all__ = ["EventTable"]

_ONE_WRITE = 1_000  # rows of one call that go to the writer at once


class EventTable:
    """The event log; implements :class:`foretaste.core.EventLog`.

    Every event has a position. Positions grow, become visible in order, and are never given
    twice, so whoever has read up to one finds everything new after it.

    Args:
        database: Where it lies.
        workspace: Whose log.
        clock: What time it is.
        writer: Joins appends.
    """

    def __init__(
        self, database: Database, workspace: str, clock: Clock, writer: GroupWriter
    ) -> None:
        self._database = database
        self._workspace = to_db(workspace)
        self._clock = clock
        self._writer = writer
        self._inserter = Inserter(database.dialect, "events", EVENT_TYPES, "event_key")
        self._impressions = ImpressionTable(database, workspace, clock, writer)
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

    def submit(self, events: Iterable[Event], *, durable: bool = True) -> Future[Kept]:
        """Hand over events without waiting: for a caller with an event loop.

        Args:
            events: As many as one transaction holds at most (``StoreSettings.group_rows``).
            durable: Whether the outcome comes only after the disk has them (fsync).

        Returns:
            What became of them, when they are kept.

        Raises:
            InputError: If one cannot be kept; then none is.
            BusyError: If too much waits to be written.
        """
        now_s = self._clock.now_s()
        rows = [event_row(event, now_s) for event in events]
        write = Write(self._workspace, rows, self._inserter, ordered=True, durable=durable)
        if not rows:
            write.future.set_result(Kept(0, 0, self.position()))
            return write.future
        return self._writer.submit(write)

    def append_counted(self, events: Iterable[Event], *, durable: bool = True) -> Kept:
        """Keep events and say what became of them.

        Args:
            events: Any number; more than a thousand are kept a thousand at a time, each time
                whole or not at all.
            durable: Whether to wait for the disk (fsync). Without, they survive the end of this
                process however it ends, but perhaps not a power failure.

        Returns:
            How many were new, how many were there already, and up to where to read.

        Raises:
            InputError: If one cannot be kept.
            BusyError: If too much waits to be written, or the database is locked.
            StorageError: If the database cannot be reached.
        """
        stream = iter(events)
        kept = self.submit(islice(stream, _ONE_WRITE), durable=durable).result()
        while kept.new + kept.duplicates and (more := list(islice(stream, _ONE_WRITE))):
            part = self.submit(more, durable=durable).result()
            kept = Kept(kept.new + part.new, kept.duplicates + part.duplicates, part.position)
        return kept

    def append(self, events: Iterable[Event], *, durable: bool = True) -> int:
        """Keep events; see :meth:`append_counted`.

        Args:
            events: Any number.
            durable: Whether to wait for the disk.

        Returns:
            How many were new.
        """
        return self.append_counted(events, durable=durable).new

    def shown(self, impression: Impression) -> None:
        """Keep what was shown.

        Args:
            impression: One answer as it was seen.
        """
        self._impressions.put([impression])

    def catch_up(self, after: int, limit: int = 10_000) -> CaughtUp:
        """Events after a position, and whether anything was removed: the hot path of serving.

        Args:
            after: The last position seen.
            limit: Most events to give; ask again when that many come.

        Returns:
            New events in order, and the number of removals so far.
        """
        rows = self._database.rows(self._catch_up, (self._workspace, after, limit, self._workspace))
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
        rows = self._database.rows(self._tail, (self._workspace, after, limit))
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
        end = "" if until is None else " AND position <= ?"
        cut = "" if newest is None else " LIMIT ?"
        rows = self._database.rows(
            self._database.sql(
                f"SELECT {READ_COLUMNS} FROM events WHERE workspace = ? AND user_id = ?"
                f" AND position > ?{end} ORDER BY position DESC{cut}"
            ),
            [
                self._workspace, to_db(user_id), after,
                *([] if until is None else [until]), *([] if newest is None else [newest]),
            ],
        )  # fmt: skip
        return [kept_event(row) for row in reversed(rows)]

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
        before = position_of(cursor)
        where = "".join(f" AND {name} = ?" for name in filters)
        rows = self._database.rows(
            self._database.sql(
                f"SELECT {READ_COLUMNS} FROM events WHERE workspace = ? AND position < ?{where}"
                " ORDER BY position DESC LIMIT ?"
            ),
            (self._workspace, before, *filters.values(), n + 1),
        )
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

    def delete(self, user_id: str, item_id: str, kind: str | None = None) -> int:
        """Delete what one person did with one item.

        Args:
            user_id: Who.
            item_id: With what.
            kind: Only events of this kind.

        Returns:
            How many were deleted.
        """
        return remove(self._database, self._writer, self._workspace, user_id, item_id, kind)

    def move(self, from_user: str, to_user: str) -> int:
        """Give one person's events to another, such as a visit's to the account at login.

        They get new positions, so that everybody who follows the log sees them arrive. One that
        the other person has already (the same key) is dropped.

        Args:
            from_user: Whose they are.
            to_user: Whose they become.

        Returns:
            How many the other person gained.
        """
        return move(self._database, self._writer, self._workspace, from_user, to_user)

    def erase(self, user_id: str) -> int:
        """Delete everything that one person did.

        Args:
            user_id: Who.

        Returns:
            How many events were deleted.
        """
        return erase(self._database, self._writer, self._workspace, user_id)

    def erase_before(self, time_s: float) -> int:
        """Delete what happened before a time; when it was kept counts for events without one.

        Args:
            time_s: The time.

        Returns:
            How many events were deleted.
        """
        return erase_before(self._database, self._writer, self._workspace, time_s)
