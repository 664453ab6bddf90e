"""One process's way to the database: a pool that reads, a pool that writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc, pool

from foretaste.core.errors import BusyError, StorageError
from foretaste.store.engine.failing import is_gone, translated
from foretaste.store.engine.opening import Address, connector
from foretaste.store.settings import StoreSettings

__all__ = ["Database"]

_TRUSTED_S = 1.0  # a connection that worked this recently is not asked whether it still does


class Database:
    """Connections to one database.

    Reads run outside transactions on one pool; writes run in a transaction each, on another.
    SQLite has one writer: in this process a lock keeps order among threads, and between
    processes the file is locked from the start of the transaction (``BEGIN IMMEDIATE``), so that
    no write fails halfway because another one came first.

    Args:
        address: Where it is.
        settings: Timeouts and sizes.

    Raises:
        MissingPartError: If its driver is not installed.
    """

    def __init__(self, address: Address, settings: StoreSettings) -> None:
        self.address = address
        self.settings = settings
        self.dialect = address.dialect
        self._closed = False
        self._one_writer = threading.Lock()
        if self.dialect == "sqlite":
            Path(address.target).expanduser().resolve().parent.mkdir(parents=True, exist_ok=True)
        self._reading = self._engine(settings.readers, reading=True)
        self._writing = self._engine(
            1 if self.dialect == "sqlite" else settings.writers, reading=False
        )

    def __repr__(self) -> str:
        return f"Database({self.address.shown!r})"

    def sql(self, statement: str) -> str:
        """A statement with this driver's mark for parameters.

        Args:
            statement: SQL with ``?`` for each parameter and no other question mark.

        Returns:
            The same for :meth:`rows`.
        """
        return statement if self.dialect == "sqlite" else statement.replace("?", "%s")

    def rows(
        self, statement: str, parameters: Sequence[Any] = (), *, longest_s: float | None = None
    ) -> list[tuple[Any, ...]]:
        """Read with as little between us and the driver as possible: the hot path.

        A connection that was lost meanwhile is replaced once; reading again does no harm.

        Args:
            statement: SQL as :meth:`sql` gives it.
            parameters: Its values; strings as ``to_db`` gives them.
            longest_s: How long to wait for PostgreSQL's answer, if not as long as usual.

        Returns:
            All rows.

        Raises:
            StorageError: If the database cannot be reached.
        """
        with translated(self.address.shown):
            try:
                return self._rows(statement, parameters, longest_s)
            except Exception as error:
                if not is_gone(error):
                    raise
            self._reading.dispose()
            return self._rows(statement, parameters, longest_s)

    def _rows(
        self, statement: str, parameters: Sequence[Any], longest_s: float | None
    ) -> list[tuple[Any, ...]]:
        held = self._reading.raw_connection()
        raw: Any = held.dbapi_connection
        hurried = longest_s is not None and self.dialect == "postgresql"
        if hurried:
            usual_s, raw.longest_s = raw.longest_s, longest_s
        try:
            # Both drivers can execute on the connection itself.
            return raw.execute(statement, parameters).fetchall()
        except BaseException as error:
            if is_gone(error) or not isinstance(error, Exception):
                held.invalidate()
            raise
        finally:
            if hurried:
                raw.longest_s = usual_s
            held.close()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for reading; each statement sees what is committed then.

        Yields:
            An SQLAlchemy connection.
        """
        with translated(self.address.shown), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A connection for reading that sees one moment throughout: exports, backups.

        Yields:
            An SQLAlchemy connection.
        """
        with translated(self.address.shown), self._reading.connect() as connection:
            connection.exec_driver_sql(
                "BEGIN"
                if self.dialect == "sqlite"
                else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            )
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[sa.Connection]:
        """One transaction: committed at the end, rolled back when anything is raised.

        Args:
            durable: Whether the commit waits for the disk (fsync). Without, it survives the end
                of this process however it ends, but perhaps not a power failure.

        Yields:
            An SQLAlchemy connection.

        Raises:
            BusyError: If another writer does not finish in time.
        """
        with translated(self.address.shown), self._order(), self._writing.connect() as connection:
            if self.dialect == "sqlite":
                self._set_level(connection.connection, durable)
            with connection.begin():
                if self.dialect == "postgresql" and not durable:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
                yield connection

    @contextmanager
    def held(self, *, durable: bool) -> Iterator[Any]:
        """The driver's own connection for writing, without a transaction yet: the hot path.

        Args:
            durable: As for :meth:`write`; with PostgreSQL the caller sees to it.

        Yields:
            The connection; whoever leaves a transaction open has it rolled back.
        """
        with translated(self.address.shown), self._order():
            held = self._writing.raw_connection()
            try:
                if self.dialect == "sqlite":
                    self._set_level(held, durable)
                yield held.dbapi_connection
            except BaseException as error:
                if is_gone(error) or not isinstance(error, Exception):
                    held.invalidate()
                raise
            finally:
                held.close()

    @staticmethod
    def _set_level(held: Any, durable: bool) -> None:
        """Say whether commits wait for the disk; outside a transaction, where SQLite listens."""
        level = "FULL" if durable else "NORMAL"
        if held.info.get("level") != level:
            held.dbapi_connection.execute(f"PRAGMA synchronous={level}")
            held.info["level"] = level

    @contextmanager
    def _order(self) -> Iterator[None]:
        if self.dialect != "sqlite":
            yield
            return
        if not self._one_writer.acquire(timeout=self.settings.statement_timeout_s):
            raise BusyError(
                "another thread is writing for too long",
                where=self.address.shown,
                remedy="Try again",
            )
        try:
            yield
        finally:
            self._one_writer.release()

    def scrub(self) -> None:
        """Make what was erased leave SQLite's write-ahead log too, if no reader needs it now.

        Erased rows are overwritten in the file itself (``secure_delete``). PostgreSQL's own
        housekeeping (autovacuum, recycled log segments) does both by and by.
        """
        if self.dialect == "sqlite":
            usual_ms = int(self.settings.statement_timeout_s * 1000)
            with self.held(durable=True) as raw:
                raw.execute("PRAGMA busy_timeout=200")  # a long reader must not stop all writers
                try:
                    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                finally:
                    raw.execute(f"PRAGMA busy_timeout={usual_ms}")

    def ping(self) -> None:
        """Ask whether the database answers; what :meth:`rows` raises says that it does not."""
        self.rows("SELECT 1")

    def size_bytes(self) -> int:
        """Room it takes on its disk.

        Returns:
            Bytes, with SQLite's write-ahead log.
        """
        if self.dialect == "postgresql":
            return int(self.rows("SELECT pg_database_size(current_database())")[0][0])
        files = [Path(self.address.target + end) for end in ("", "-wal")]
        return sum(path.stat().st_size for path in files if path.exists())

    def close(self) -> None:
        """Let go of every connection; whatever is asked afterwards is refused."""
        self._closed = True
        self._reading.dispose()
        self._writing.dispose()

    def _engine(self, size: int, *, reading: bool) -> sa.Engine:
        driver = "sqlite" if self.dialect == "sqlite" else "postgresql+psycopg"
        options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"} if reading else {}
        connect = connector(self.address, self.settings, reading=reading)

        def open_one() -> Any:
            if self._closed:
                raise StorageError("this store is closed", remedy="Open it again: open_store(url)")
            return connect()

        engine = sa.create_engine(
            f"{driver}://",
            creator=open_one,
            poolclass=pool.QueuePool,
            pool_size=size,
            max_overflow=0,
            pool_timeout=self.settings.statement_timeout_s,
            pool_use_lifo=True,
            hide_parameters=True,
            **options,
        )
        if self.dialect == "sqlite":
            if not reading:
                event.listen(engine, "begin", _begin_immediate)
        else:
            event.listen(engine, "checkin", _note_use)
            event.listen(engine, "checkout", _check_idle)
        return engine


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _note_use(connection: Any, record: Any) -> None:
    record.info["used_s"] = time.monotonic()


def _check_idle(connection: Any, record: Any, proxy: Any) -> None:
    """Replace a connection that was lost while nobody used it."""
    if time.monotonic() - record.info.get("used_s", time.monotonic()) < _TRUSTED_S:
        return
    try:
        before, connection.autocommit = connection.autocommit, True
        connection.execute("SELECT 1")
        connection.autocommit = before
    except Exception as error:
        if is_gone(error):
            raise exc.DisconnectionError("lost while idle") from None
        raise
