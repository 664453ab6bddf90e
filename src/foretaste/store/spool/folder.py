"""Events kept on this machine's disk while the database is gone."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from foretaste.core import Event
from foretaste.core.errors import BusyError, InputError
from foretaste.store.events.rows import event_row
from foretaste.store.spool.files import (
    count_events,
    disk,
    line_of,
    lines,
    lock,
    sync_folder,
)

__all__ = ["Spool"]

_ENDING = ".events"
_LOG = logging.getLogger("foretaste.store.spool")


class Spool:
    """A folder of events that wait for the database.

    An event is acknowledged after fsync, so it outlives the process and the machine's power.
    Each process writes files of its own and holds a lock as long as it lives; whoever drains
    takes over the files of dead processes, one taker at a time. A file is deleted after all of
    it was kept, so a crash in between delivers some again: the log knows them by their keys.

    A file is lines: a checksum, the number of events, a workspace and its events as JSON. The
    last line of a process that was killed may be torn; it was never acknowledged.

    Args:
        folder: Where; made when it is not there. Several processes may share it.
        max_bytes: Limit of all files in the folder together; then events are refused.
        file_bytes: When one file is full and the next begins.

    Raises:
        StorageError: If the folder cannot be made.
    """

    def __init__(
        self, folder: Path | str, *, max_bytes: int = 256 << 20, file_bytes: int = 4 << 20
    ) -> None:
        self.folder = Path(folder)
        self.max_bytes = max_bytes
        self._file_bytes = file_bytes
        self._owner = _new_owner()
        self._number = 0
        self._file: int | None = None
        self._offset = 0
        self._held: int | None = None
        self._writing = threading.Lock()
        self._draining = threading.Lock()
        self._delivered: dict[Path, int] = {}
        self._counted: dict[Path, tuple[int, int]] = {}
        with disk(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)

    def put(self, workspace: str, events: Sequence[Event]) -> None:
        """Keep events here until the database is back; returns when the disk has them.

        Args:
            workspace: Whose they are.
            events: Any number; all are kept or none.

        Raises:
            InputError: If the event log would refuse one.
            BusyError: If the spool is full.
            StorageError: If the disk fails.
        """
        if not events:
            return
        for event in events:
            event_row(event, 0.0)
        line = line_of(workspace, events)
        with self._writing, disk(self.folder):
            if self.size_bytes() + len(line) > self.max_bytes:
                raise _full(self.folder, self.max_bytes)
            self._append(line)

    def drain(self, keep: Callable[[str, list[Event]], object]) -> int:
        """Give everything that waits to the log, oldest first, and delete what was kept.

        Args:
            keep: Keeps events of one workspace durably; what it raises ends the draining, except
                that events it refuses as wrong (``InputError``) are set aside in a file that ends
                in ``.rejected``.

        Returns:
            How many events were given.
        """
        with self._draining, disk(self.folder):
            with self._writing:
                self._seal()
                mine = sorted(self._files(self._owner))  # what begins from now on waits
            count = self._deliver(mine, keep)
            for owner in self._others():
                with self._taken(owner) as taken:
                    if taken:
                        count += self._deliver(sorted(self._files(owner)), keep)
            return count

    def pending(self) -> int:
        """Events that wait, of all processes that share the folder.

        Returns:
            The number; some that were given already may be among them until their file is gone.
        """
        counted: dict[Path, tuple[int, int]] = {}
        for path in self._files():
            try:
                size = path.stat().st_size
                known = self._counted.get(path)
                counted[path] = known if known and known[0] == size else (size, count_events(path))
            except FileNotFoundError:
                continue  # another process drained it just now
        self._counted = counted
        return sum(count for _, count in counted.values())

    def size_bytes(self) -> int:
        """Room that waiting events take, of all processes that share the folder.

        Returns:
            Bytes.
        """
        total = 0
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(_ENDING):
                    try:
                        # Not entry.stat(): it may know the size of some moments ago.
                        total += os.stat(entry.path).st_size
                    except FileNotFoundError:
                        continue
        return total

    def close(self) -> None:
        """Let go of the files; what waits is taken over by whoever drains the folder next."""
        with self._draining, self._writing:
            self._seal()
            if self._held is not None:
                if not any(self._files(self._owner)):
                    self._lock_path(self._owner).unlink(missing_ok=True)
                os.close(self._held)
                self._held = None

    def _append(self, line: bytes) -> None:
        if self._file is None:
            if self._held is None:
                self._held = self._own()
            self._number += 1
            path = self.folder / f"{self._owner}-{self._number:08d}{_ENDING}"
            self._file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
            self._offset = 0
            sync_folder(self.folder)
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(self._file, left) :]
            os.fsync(self._file)
        except OSError:
            # What follows must not be glued to a torn line. If even this fails, the file ends here.
            file, self._file = self._file, None
            try:
                os.ftruncate(file, self._offset)
            finally:
                os.close(file)
            raise
        self._offset += len(line)
        if self._offset >= self._file_bytes:
            self._seal()

    def _own(self) -> int:
        """Lock a name; whoever looks for dead processes may hold a new one for a moment."""
        while True:
            try:
                return lock(self._lock_path(self._owner))
            except BlockingIOError:
                self._owner = _new_owner()

    def _seal(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _deliver(self, paths: list[Path], keep: Callable[[str, list[Event]], object]) -> int:
        count = 0
        for path in paths:
            for end, line, events in lines(path, self._delivered.get(path, 0)):
                if events is None:
                    self._reject(path, line, "it is damaged")
                else:
                    try:
                        keep(*events)
                        count += len(events[1])
                    except InputError as error:
                        self._reject(path, line, error.problem)
                self._delivered[path] = end
            path.unlink()
            sync_folder(self.folder)
            self._delivered.pop(path, None)
        return count

    def _reject(self, path: Path, line: bytes, why: str) -> None:
        aside = path.with_suffix(".rejected")
        with aside.open("ab") as file:
            file.write(line if line.endswith(b"\n") else line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _LOG.error("spooled events were set aside in %s: %s", aside, why)

    def _files(self, owner: str | None = None) -> list[Path]:
        return list(self.folder.glob(f"{owner or '*'}-*{_ENDING}"))

    def _others(self) -> list[str]:
        owners = {path.name.rsplit("-", 1)[0] for path in self._files()}
        locks = {path.stem for path in self.folder.glob("*.lock")}
        return sorted((owners | locks) - {self._owner})

    def _lock_path(self, owner: str) -> Path:
        return self.folder / f"{owner}.lock"

    @contextmanager
    def _taken(self, owner: str) -> Iterator[bool]:
        """Hold the lock of another process, if it is dead and nobody else has taken it."""
        try:
            held = lock(self._lock_path(owner))
        except BlockingIOError:
            yield False
            return
        try:
            yield True
            self._lock_path(owner).unlink(missing_ok=True)
        finally:
            os.close(held)


def _new_owner() -> str:
    return f"{os.getpid()}-{uuid.uuid4().hex[:8]}"


def _full(folder: Path, max_bytes: int) -> BusyError:
    busy = BusyError(
        "the database is gone and the spool that keeps events meanwhile is full",
        expected=f"at most {max_bytes} bytes",
        where=str(folder),
        remedy="Send them again later",
    )
    busy.retry_after_s = 5.0
    return busy
