"""The files of a spool: checked lines, locks that die with their process, fsync."""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from foretaste.core import Event
from foretaste.core.errors import StorageError
from foretaste.store.text import from_json, to_json

__all__ = ["count_events", "disk", "line_of", "lines", "lock", "sync_folder"]


def lock(path: Path) -> int:
    """Lock a file until it is closed or this process ends, however it ends.

    Args:
        path: The file; made when it is not there.

    Returns:
        Its descriptor.

    Raises:
        BlockingIOError: If another process holds it.
    """
    import fcntl

    while True:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file), os.stat(path)):
                return file
        except FileNotFoundError:
            pass
        except OSError:
            os.close(file)
            raise
        # Whoever held it before has deleted it after we opened it: others would lock another.
        os.close(file)


def line_of(workspace: str, events: Sequence[Event]) -> bytes:
    """Events of one call as one line.

    Args:
        workspace: Whose they are.
        events: The events.

    Returns:
        Checksum, number of events, workspace and events, and the end of the line.
    """
    rows = [
        [
            event.item_id, event.kind, event.value, event.time_s, event.user_id, event.words,
            event.context, event.answer_id, event.idempotency_key,
        ]
        for event in events
    ]  # fmt: skip
    body = f"{len(rows)} {to_json([workspace, rows], 'event')}".encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def lines(path: Path, start: int) -> Iterator[tuple[int, bytes, tuple[str, list[Event]] | None]]:
    """Lines of a file; a torn last one is left out.

    Args:
        path: The file.
        start: Where a line begins.

    Yields:
        Where the line ends, the line, and its workspace and events (``None`` when damaged).
    """
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            if not line.endswith(b"\n"):
                return
            body = line[9:-1]
            start += len(line)
            if line[:8] != b"%08x" % zlib.crc32(body):
                yield start, line, None
                continue
            workspace, rows = from_json(body.partition(b" ")[2])
            yield start, line, (workspace, [Event(*row) for row in rows])


def count_events(path: Path) -> int:
    """Events in a file, without reading them.

    Args:
        path: The file.

    Returns:
        The number that its whole lines say.
    """
    with path.open("rb") as file:
        heads = (line[9:24].partition(b" ")[0] for line in file if line.endswith(b"\n"))
        return sum(int(head) for head in heads if head.isdigit())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as what is in the files.

    Args:
        folder: The folder.
    """
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Turn what the disk says into our error.

    Args:
        folder: Where.

    Yields:
        Nothing.

    Raises:
        StorageError: If the system refuses.
    """
    try:
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise StorageError(
            "the disk of the spool is full" if full else "the spool cannot be used",
            got=error.strerror,
            where=str(folder),
        ) from error
