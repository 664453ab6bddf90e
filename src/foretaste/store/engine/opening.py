"""From a URL to connections: which database, where, and how each connection is set up."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from foretaste.core.errors import MissingPartError, SettingsError
from foretaste.store.settings import StoreSettings

if TYPE_CHECKING:
    import psycopg

__all__ = ["Address", "Dialect", "address_of", "connector"]

Dialect = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is.

    Attributes:
        dialect: Which kind.
        target: The file, or what libpq is told (with the password, so never show it).
        shown: The URL without its password.
    """

    dialect: Dialect
    target: str
    shown: str

    def __repr__(self) -> str:
        return f"Address({self.shown!r})"


def address_of(url: str) -> Address:
    """Read a database URL.

    Args:
        url: ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or
            ``postgresql://user:password@host/database``.

    Returns:
        The address.

    Raises:
        SettingsError: If it is none of these.
    """
    scheme, mark, rest = url.partition("://")
    scheme = scheme.partition("+")[0]
    if mark and scheme in ("postgresql", "postgres"):
        authority, _, path = rest.partition("?")[0].partition("/")
        if "@" in path and ":" in authority and "@" not in authority:
            raise SettingsError(
                "a password with a slash must be written with %2F",
                got=_without_password(rest),
            )
        return Address("postgresql", f"postgresql://{rest}", _without_password(rest))
    path = unquote(rest[1:].partition("?")[0]) if rest.startswith("/") else ""
    if mark and scheme == "sqlite" and path and path != ":memory:":
        return Address("sqlite", path, f"sqlite:///{path}")
    raise SettingsError(
        "this is no database address",
        expected="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE",
        got=_without_password(rest, scheme) if mark else None,
    )


def _without_password(rest: str, scheme: str = "postgresql") -> str:
    """A URL to show; in doubt it hides more than the password."""
    place, mark, query = rest.partition("?")
    user, at, host = place.rpartition("@")
    if ":" in user:
        user = user.partition(":")[0] + ":***"
    query = re.sub(r"(?i)((?:ssl)?password|passfile)=[^&]*", r"\1=***", query)
    return f"{scheme}://{user}{at}{host}{mark}{query}"


def connector(address: Address, settings: StoreSettings, *, reading: bool) -> Callable[[], Any]:
    """What makes one connection, ready to use.

    Args:
        address: Where to.
        settings: Timeouts and sizes.
        reading: Whether it only reads.

    Returns:
        A function without arguments.

    Raises:
        MissingPartError: If the driver is not installed.
    """
    if address.dialect == "sqlite":
        return lambda: _sqlite(address, settings, reading=reading)
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise MissingPartError("PostgreSQL", "postgres") from None
    return _Careful(lambda: _postgres(address, settings, reading=reading))


class _Careful:
    """Connects, but does not let everybody wait for a server that is gone.

    After a failure the next attempts fail at once for a moment, and later one at a time.

    Args:
        connect: Makes a connection.
    """

    PAUSE_S = 0.25

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        self._connect = connect
        self._failed_s: float | None = None
        self._one = threading.Lock()

    def __call__(self) -> psycopg.Connection:
        import psycopg

        if self._failed_s is None:
            return self._attempt()
        early = time.monotonic() < self._failed_s + self.PAUSE_S
        if early or not self._one.acquire(blocking=False):
            raise psycopg.OperationalError("it could not be reached a moment ago")
        try:
            return self._attempt()
        finally:
            self._one.release()

    def _attempt(self) -> psycopg.Connection:
        try:
            connection = self._connect()
        except BaseException:
            self._failed_s = time.monotonic()
            raise
        self._failed_s = None
        return connection


def _sqlite(address: Address, settings: StoreSettings, *, reading: bool) -> sqlite3.Connection:
    """One connection in autocommit mode: whoever wants a transaction begins it by name."""
    connection = sqlite3.connect(
        address.target,
        timeout=settings.statement_timeout_s,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    if not reading:
        # WAL: readers never wait for the writer. The mode is a property of the file.
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size={-int(settings.cache_mb * 1024)}")
    if reading:
        connection.execute("PRAGMA query_only=ON")
    else:
        connection.execute("PRAGMA wal_autocheckpoint=4000")
        connection.execute("PRAGMA journal_size_limit=67108864")  # after a burst, shrink again
        connection.execute("PRAGMA secure_delete=ON")  # what is forgotten is overwritten
    return connection


def _postgres(address: Address, settings: StoreSettings, *, reading: bool) -> psycopg.Connection:
    limit_ms = int(settings.statement_timeout_s * 1000)
    connection = _patient_class(settings.statement_timeout_s + 2.0).connect(
        address.target,
        connect_timeout=max(1, round(settings.connect_timeout_s)),
        autocommit=reading,
        application_name="foretaste",
        # A host that vanished is noticed in seconds, not after the system's two hours.
        keepalives_idle=5, keepalives_interval=2, keepalives_count=3,
        tcp_user_timeout=limit_ms,
    )  # fmt: skip
    was_autocommit, connection.autocommit = connection.autocommit, True
    connection.execute(
        "SELECT set_config('statement_timeout', %(limit)s, false),"
        " set_config('lock_timeout', %(limit)s, false),"
        " set_config('idle_in_transaction_session_timeout', %(idle)s, false),"
        " set_config('timezone', 'UTC', false)",
        {"limit": str(limit_ms), "idle": str(6 * limit_ms)},
    )
    connection.autocommit = was_autocommit
    return connection


def _patient_class(limit_s: float) -> type[psycopg.Connection]:
    """A connection that gives up on a server that stopped answering.

    The server ends what runs too long, unless it hangs itself (paused machine, lost network):
    then only the client can notice.
    """
    import psycopg

    def limited(steps: Generator[Any, Any, Any], limit_s: float) -> Generator[Any, Any, Any]:
        end_s = time.monotonic() + limit_s
        try:
            wanted = next(steps)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > end_s:
                    raise psycopg.OperationalError(f"no answer within {limit_s:.1f} s")
                wanted = steps.send(ready)
        except StopIteration as end:
            return end.value

    class Patient(psycopg.Connection):
        longest_s = limit_s

        def wait(self, gen: Any, *args: Any, **options: Any) -> Any:
            try:
                return super().wait(limited(gen, self.longest_s), *args, **options)
            except psycopg.OperationalError as error:
                if error.sqlstate is None:  # whatever arrives later would be somebody else's
                    self.pgconn.finish()
                raise

    return Patient
