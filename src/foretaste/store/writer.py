"""One thread that joins what many callers append into few transactions."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from foretaste.core.errors import BusyError, InputError, StorageError
from foretaste.store.engine import Database
from foretaste.store.events.inserting import Inserted, Inserter
from foretaste.store.records import Kept
from foretaste.store.settings import StoreSettings

__all__ = ["GroupWriter", "Write", "lock_log"]

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Write:
    """Rows that one caller wants kept.

    Attributes:
        workspace: Whose, as ``to_db`` gives it.
        rows: Values in the inserter's order; the first is the key.
        inserter: Into which table.
        ordered: Whether readers follow the table by position, so that positions must become
            visible in order.
        durable: Whether the commit waits for the disk.
        waited: Whether somebody waits for it.
        future: Where the outcome goes.
    """

    workspace: str
    rows: Sequence[Sequence[Any]]
    inserter: Inserter
    ordered: bool
    durable: bool
    waited: bool = True
    future: Future[Kept] = field(default_factory=Future)


@dataclass(slots=True, eq=False)
class _Task:
    """Any other change, in its place among the appends."""

    work: Callable[[sa.Connection], Any]
    future: Future[Any] = field(default_factory=Future)
    rows: Sequence[Any] = ()
    durable: bool = True
    waited: bool = True


def lock_log(database: Database, connection: sa.Connection, workspaces: Sequence[str]) -> None:
    """Wait until nobody else appends to these logs; until the end of the transaction.

    Positions are given at insertion and seen at commit. Without this, a reader could see
    position 8 before 7 is committed, and never look for 7 again. SQLite has one writer anyhow.

    Args:
        database: The database.
        connection: In a transaction.
        workspaces: Whose logs, as ``to_db`` gives them.
    """
    if database.dialect == "postgresql":
        raw = connection.connection.dbapi_connection
        for workspace in sorted(set(workspaces)):  # one order for all: no deadlock
            raw.execute(  # type: ignore[union-attr]
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 70))", (workspace,)
            )


class GroupWriter:
    """Joins concurrent appends into one transaction each time, so that they share its fsync.

    A group is whatever came while the one before was written, so a single caller waits for
    nobody. What nobody waits for (impressions) is gathered for ``linger_ms``. When more than
    ``queue_rows`` wait, more is refused: back-pressure instead of loss.

    Args:
        database: Where to.
        settings: Sizes.
    """

    def __init__(self, database: Database, settings: StoreSettings) -> None:
        self._database = database
        self._settings = settings
        self._queue: deque[Write | _Task] = deque()
        self._rows = 0
        self._rows_per_s = 10_000.0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        atexit.register(_close, weakref.ref(self))

    @property
    def waiting(self) -> int:
        """Rows that wait to be written."""
        return self._rows

    def submit(self, write: Write) -> Future[Kept]:
        """Queue rows.

        Args:
            write: The rows and what is asked of them.

        Returns:
            Ends when they are kept, or with the reason why not.

        Raises:
            BusyError: If too much waits already; says after how long to come back.
            StorageError: If the store is closed.
        """
        with self._changed:
            waiting = self._rows + len(write.rows)
            if self._rows and waiting > self._settings.queue_rows:
                busy = BusyError(
                    "more is being written than the database keeps up with",
                    expected=f"at most {self._settings.queue_rows} rows waiting",
                    got=f"{waiting} rows",
                    remedy="Send it again later, or less at once",
                )
                busy.retry_after_s = min(max(self._rows / self._rows_per_s, 0.1), 30.0)
                raise busy
            self._enqueue(write)
        return write.future

    def run(self, work: Callable[[sa.Connection], T]) -> T:
        """Make any change in its own transaction, after all appends that were queued before.

        Args:
            work: What to do on a connection in a durable transaction.

        Returns:
            What it gives.
        """
        task = _Task(work)
        with self._changed:
            self._enqueue(task)
        return task.future.result()

    def close(self) -> None:
        """Write what waits, then end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _enqueue(self, write: Write | _Task) -> None:
        if self._closing:
            raise StorageError("this store is closed", remedy="Open it again: open_store(url)")
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="store-writer", daemon=True)
            self._thread.start()
        self._queue.append(write)
        self._rows += len(write.rows)
        self._changed.notify()

    def _loop(self) -> None:
        while group := self._next():
            start_s = time.monotonic()
            self._handle(group)
            rows = sum(len(write.rows) for write in group)
            if rows:
                took_s = max(time.monotonic() - start_s, 1e-6)
                self._rows_per_s += 0.2 * (rows / took_s - self._rows_per_s)
            with self._changed:
                self._rows -= rows

    def _next(self) -> list[Write | _Task]:
        """The next group; empty at the end."""
        with self._changed:
            while not self._queue and not self._closing:
                self._changed.wait()
            until_s = time.monotonic() + self._settings.linger_ms / 1000
            while not self._closing and not any(write.waited for write in self._queue):
                left_s = until_s - time.monotonic()
                if left_s <= 0 or self._rows >= self._settings.group_rows:
                    break
                self._changed.wait(left_s)
            group: list[Write | _Task] = []
            rows = 0
            while self._queue:
                first = self._queue[0]
                if group and (
                    isinstance(first, _Task)
                    or isinstance(group[-1], _Task)
                    or rows + len(first.rows) > self._settings.group_rows
                ):
                    break
                rows += len(first.rows)
                group.append(self._queue.popleft())
            return group

    def _handle(self, group: list[Write | _Task]) -> None:
        """Write a group and say so; never raises."""
        try:
            if isinstance(group[0], _Task):
                results = [self._do(group[0])]
            else:
                results = self._keep(group)  # type: ignore[arg-type]
        except InputError as error:
            if len(group) == 1:
                group[0].future.set_exception(error)
            else:  # only one of them can be to blame
                for write in group:
                    self._handle([write])
        except StorageError as error:
            self._fail(group, error)
            with self._changed:  # these would meet the same, each after its own wait
                rest, self._queue = list(self._queue), deque()
                self._rows -= sum(len(write.rows) for write in rest)
            self._fail(rest, error)
        except BaseException as error:  # noqa: BLE001 - the callers raise it
            self._fail(group, error)
        else:
            for write, result in zip(group, results, strict=True):
                write.future.set_result(result)

    def _fail(self, group: Sequence[Write | _Task], error: BaseException) -> None:
        for write in group:
            write.future.set_exception(error)

    def _do(self, task: _Task) -> Any:
        with self._database.write() as connection:
            return task.work(connection)

    def _keep(self, group: list[Write]) -> list[Kept]:
        """One transaction; once more when the connection was lost on the way.

        Again is safe: what the lost attempt kept after all is recognised by its key.
        """
        began = [False]
        try:
            return self._attempt(group, began)
        except StorageError:
            if not began[0]:
                raise
            return self._attempt(group, began)

    def _attempt(self, group: list[Write], began: list[bool]) -> list[Kept]:
        parts: dict[tuple[str, int], list[Write]] = {}
        for write in group:
            parts.setdefault((write.workspace, id(write.inserter)), []).append(write)
        durable = any(write.durable for write in group)
        with self._database.write(durable=durable) as connection:
            began[0] = True
            raw: Any = connection.connection.dbapi_connection
            pipelined = self._database.dialect == "postgresql"
            with raw.pipeline() if pipelined else nullcontext():
                logs = [write.workspace for write in group if write.ordered]
                lock_log(self._database, connection, logs)
                answers = [
                    (
                        writes,
                        writes[0].inserter.insert(
                            raw, workspace, [row for write in writes for row in write.rows]
                        ),
                    )
                    for (workspace, _), writes in parts.items()
                ]
            kept = {
                id(write): outcome
                for writes, answer in answers
                for write, outcome in zip(writes, _shares(writes, answer()), strict=True)
            }
        return [kept[id(write)] for write in group]


def _close(reference: weakref.ref[GroupWriter]) -> None:
    """At the end of the process: write what waits."""
    writer = reference()
    if writer is not None:
        writer.close()


def _shares(writes: list[Write], inserted: Inserted) -> list[Kept]:
    """Who brought what: the first to bring a key has brought it."""
    if inserted.keys is None:
        return [Kept(len(write.rows), 0, inserted.position) for write in writes]
    left = set(inserted.keys)
    shares = []
    for write in writes:
        new = 0
        for row in write.rows:
            if row[0] in left:
                left.discard(row[0])
                new += 1
        shares.append(Kept(new, len(write.rows) - new, inserted.position))
    return shares
