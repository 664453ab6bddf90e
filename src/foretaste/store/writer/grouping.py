"""One thread that joins what many callers append into few transactions."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from foretaste.core.errors import BusyError, InputError, StorageError
from foretaste.store.engine import Database
from foretaste.store.records import Kept
from foretaste.store.settings import StoreSettings
from foretaste.store.writer.keeping import Write, keep_group

__all__ = ["GroupWriter"]

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Task:
    """Any other change, in its place among the appends."""

    work: Callable[[sa.Connection], Any]
    future: Future[Any] = field(default_factory=Future)
    rows: Sequence[Any] = ()
    durable: bool = True
    waited: bool = True


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
        self._at_exit = partial(_close, weakref.ref(self))
        atexit.register(self._at_exit)

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
        atexit.unregister(self._at_exit)

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
        durable = any(write.durable for write in group)
        with self._database.held(durable=durable) as raw:
            began[0] = True
            return keep_group(raw, self._database.dialect, group)


def _close(reference: weakref.ref[GroupWriter]) -> None:
    """At the end of the process: write what waits."""
    writer = reference()
    if writer is not None:
        writer.close()
