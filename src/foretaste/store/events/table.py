"""The event log of one workspace."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from itertools import islice

from foretaste.core import Clock, Event, Impression
from foretaste.store.engine import Database
from foretaste.store.events.impressions import ImpressionTable
from foretaste.store.events.reader import EventReader
from foretaste.store.events.removing import erase, erase_before, move, remove
from foretaste.store.events.rows import EVENT_TYPES, event_row
from foretaste.store.records import Kept
from foretaste.store.writer import GroupWriter, Inserter, Write

__all__ = ["EventTable"]

_ONE_WRITE = 1_000  # rows of one call that go to the writer at once


class EventTable(EventReader):
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
        super().__init__(database, workspace)
        self._clock = clock
        self._writer = writer
        self._inserter = Inserter(database.dialect, "events", EVENT_TYPES, "event_key")
        self._impressions = ImpressionTable(database, workspace, clock, writer)

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
