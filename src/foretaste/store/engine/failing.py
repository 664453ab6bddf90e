"""What a database says when it fails, turned into our errors: no values, no passwords in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from foretaste.core.errors import (
    BusyError,
    ConflictError,
    ForetasteError,
    InputError,
    StorageError,
)

__all__ = ["is_gone", "translated"]

# PostgreSQL: lock not available, cancelled by a timeout, deadlock, serialisation, too many clients.
_BUSY_STATES = {"55P03", "57014", "40P01", "40001", "53300", "25P03"}
_BUSY_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn database errors into ours.

    Args:
        where: The database, without its password.

    Yields:
        Nothing.

    Raises:
        BusyError: If it is locked, overloaded or took too long: trying again makes sense.
        ConflictError: If a row contradicts one that is there.
        InputError: If a value cannot be kept.
        StorageError: If it cannot be reached, or refused.
    """
    try:
        yield
    except ForetasteError:
        raise
    except Exception as error:
        ours = _ours(error, where)
        if ours is None:
            raise
        raise ours from None if _tells_values(error) else error


def is_gone(error: BaseException) -> bool:
    """Whether an error means that the connection is lost, so that a new one may work.

    Args:
        error: What was raised, by SQLAlchemy or the driver.

    Returns:
        True when the connection cannot be used any more.
    """
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_gone(error.orig))
    if isinstance(error, sqlite3.Error):
        return False
    if not _is_psycopg(error):
        return False
    state = getattr(error, "sqlstate", None)
    name = type(error).__name__
    if state is None:  # raised by the client: the server did not answer
        return name in {
            "OperationalError",
            "InterfaceError",
            "ConnectionTimeout",
            "PipelineAborted",
        }
    return state[:2] in {"08", "57"} and state != "57014"


def _ours(error: Exception, where: str) -> ForetasteError | None:
    if isinstance(error, exc.TimeoutError):
        return BusyError(
            "all connections to the database are in use", where=where, remedy="Try again"
        )
    if isinstance(error, exc.DBAPIError):
        return _ours_of_driver(error.orig, where) if isinstance(error.orig, Exception) else None
    if isinstance(error, exc.SQLAlchemyError):
        return None  # a mistake of ours, not of the database: let it be seen
    return _ours_of_driver(error, where)


def _ours_of_driver(error: Exception, where: str) -> ForetasteError | None:
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, where)
    return _of_postgres(error, where) if _is_psycopg(error) else None


def _of_sqlite(error: sqlite3.Error, where: str) -> ForetasteError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY_SQLITE:
        return BusyError("the database is locked", where=where, remedy="Try again")
    if isinstance(error, sqlite3.IntegrityError):
        return ConflictError("this contradicts what is kept already", where=where)
    if isinstance(error, sqlite3.DataError | OverflowError):
        return InputError("a value cannot be kept", got=str(error), where=where)
    if code == sqlite3.SQLITE_FULL:
        return StorageError("the disk is full", where=where, remedy="Free some space")
    return StorageError("the database failed", got=str(error), where=where)


def _of_postgres(error: Exception, where: str) -> ForetasteError:
    import psycopg

    state = getattr(error, "sqlstate", None)
    diag = getattr(error, "diag", None)
    said = getattr(diag, "message_primary", None) or (str(error).splitlines() or [""])[0]
    if state in _BUSY_STATES:
        return BusyError("the database is busy", got=said, where=where, remedy="Try again")
    if isinstance(error, psycopg.IntegrityError):
        return ConflictError("this contradicts what is kept already", where=where)
    if isinstance(error, psycopg.DataError):
        return InputError("a value cannot be kept", got=said, where=where)
    if state == "53100":
        return StorageError("the disk of the database is full", where=where)
    return StorageError("the database failed or cannot be reached", got=said, where=where)


def _is_psycopg(error: BaseException) -> bool:
    return type(error).__module__.startswith("psycopg")


def _tells_values(error: BaseException) -> bool:
    """Whether the cause's own text may hold values of rows or a password."""
    original = error.orig if isinstance(error, exc.DBAPIError) else error
    return original is not None and _is_psycopg(original)
