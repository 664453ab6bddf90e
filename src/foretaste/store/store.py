"""The store: one database, and the space of each workspace in it."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from foretaste.core import Clock
from foretaste.core.errors import InputError
from foretaste.store.engine import Database, address_of
from foretaste.store.schema import SCHEMA_VERSION
from foretaste.store.settings import StoreSettings
from foretaste.store.space import Space
from foretaste.store.text import to_db

if TYPE_CHECKING:
    from foretaste.store.tables.keys import KeyTable, TokenTable
    from foretaste.store.writer import GroupWriter

__all__ = ["Store", "SystemClock", "open_store"]


class SystemClock:
    """The clock of this machine."""

    def now_s(self) -> float:
        """Seconds since 1970 UTC."""
        return time.time()


class Store:
    """One database, brought to the newest schema; made by :func:`open_store`.

    Args:
        database: The connections.
        settings: Its settings.
        clock: What time it is.

    Attributes:
        database: The connections.
        settings: Its settings.
        clock: What time it is.
    """

    def __init__(self, database: Database, settings: StoreSettings, clock: Clock) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self._spaces: dict[str, Space] = {}

    def __repr__(self) -> str:
        return f"Store({self.url})"

    @cached_property
    def writer(self) -> GroupWriter:
        """The thread that joins appends into transactions; started with the first of them."""
        from foretaste.store.writer import GroupWriter

        return GroupWriter(self.database, self.settings)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.database.dialect

    @property
    def url(self) -> str:
        """Where it is, without the password."""
        return self.database.address.shown

    @property
    def schema_version(self) -> str:
        """The newest migration that was applied."""
        return str(self.database.rows("SELECT version_num FROM alembic_version")[0][0])

    def space(self, workspace: str = "default") -> Space:
        """The space of one workspace; made when it is not there.

        Args:
            workspace: Its name.

        Returns:
            Always the same object for the same name.

        Raises:
            InputError: If the name is empty.
        """
        if workspace not in self._spaces:
            if not workspace:
                raise InputError("a workspace needs a name", got=repr(workspace))
            self._make(workspace)
            self._spaces.setdefault(workspace, Space(self, workspace))
        return self._spaces[workspace]

    @property
    def workspaces(self) -> list[str]:
        """Names of all workspaces, in order."""
        from foretaste.store.schema import workspaces

        with self.database.read() as connection:
            query = workspaces.select().order_by(workspaces.c.workspace)
            return [row.workspace for row in connection.execute(query)]

    @cached_property
    def keys(self) -> KeyTable:
        """API keys of all workspaces."""
        from foretaste.store.tables.keys import KeyTable

        return KeyTable(self.database, self.clock)

    @cached_property
    def tokens(self) -> TokenTable:
        """One-time login tokens."""
        from foretaste.store.tables.keys import TokenTable

        return TokenTable(self.database, self.clock)

    def ping(self) -> None:
        """Ask whether the database answers.

        Raises:
            StorageError: If it does not.
        """
        self.database.ping()

    def size_bytes(self) -> int:
        """Room it takes on its disk.

        Returns:
            Bytes.
        """
        return self.database.size_bytes()

    def close(self) -> None:
        """Write what waits to be written, then let go of the database."""
        if "writer" in self.__dict__:
            self.writer.close()
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make(self, workspace: str) -> None:
        kept = to_db(workspace)
        found = self.database.sql("SELECT 1 FROM revisions WHERE workspace = ?")
        if self.database.rows(found, (kept,)):
            return
        with self.database.write() as connection:
            for table, columns, values in (
                ("workspaces", "workspace, created_s", (kept, self.clock.now_s())),
                ("revisions", "workspace", (kept,)),
            ):
                marks = ", ".join("?" for _ in values)
                statement = (
                    f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING"
                )
                connection.exec_driver_sql(self.database.sql(statement), values)


def open_store(
    url: str, settings: StoreSettings | None = None, *, clock: Clock | None = None
) -> Store:
    """Open a database by its URL; make it, or bring it to the newest schema, as needed.

    Args:
        url: ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or
            ``postgresql://user:password@host/database``.
        settings: Timeouts and sizes.
        clock: What time it is; the machine's clock when ``None``.

    Returns:
        The store.

    Raises:
        SettingsError: If the URL is none of these.
        MissingPartError: If PostgreSQL is asked for and its driver is not installed.
        StorageError: If the database cannot be reached, or was made by a newer version.
    """
    from foretaste.store.migrations import bring_up

    settings = settings or StoreSettings()
    database = Database(address_of(url), settings)
    try:
        bring_up(database, SCHEMA_VERSION)
    except BaseException:
        database.close()
        raise
    return Store(database, settings, clock or SystemClock())
