"""Taking events out of the log, or giving them to somebody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from foretaste.store.engine import Database
from foretaste.store.events.rows import EVENT_TYPES, READ_COLUMNS, event_row, kept_event
from foretaste.store.text import to_db
from foretaste.store.writer import GroupWriter, Inserter, lock_log

__all__ = ["erase", "erase_before", "move", "remove"]

_WINDOW = 20_000  # positions that one transaction of erase_before looks at


def remove(
    database: Database,
    writer: GroupWriter,
    workspace: str,
    user_id: str,
    item_id: str,
    kind: str | None,
) -> int:
    """Delete what one person did with one item.

    Args:
        database: Where the log lies.
        writer: Keeps the order with appends.
        workspace: Whose log, as ``to_db`` gives it.
        user_id: Who.
        item_id: With what.
        kind: Only events of this kind.

    Returns:
        How many were deleted.
    """
    more = "" if kind is None else " AND kind = ?"
    values = [to_db(user_id), to_db(item_id), *([] if kind is None else [to_db(kind)])]
    return _delete(database, writer, workspace, f"user_id = ? AND item_id = ?{more}", values)


def erase(database: Database, writer: GroupWriter, workspace: str, user_id: str) -> int:
    """Delete everything that one person did.

    Args:
        database: Where the log lies.
        writer: Keeps the order with appends.
        workspace: Whose log, as ``to_db`` gives it.
        user_id: Who.

    Returns:
        How many were deleted.
    """
    count = _delete(database, writer, workspace, "user_id = ?", [to_db(user_id)])
    database.scrub()
    return count


def erase_before(database: Database, writer: GroupWriter, workspace: str, time_s: float) -> int:
    """Delete what happened before a time, a little in each transaction.

    Args:
        database: Where the log lies.
        writer: Keeps the order with appends.
        workspace: Whose log, as ``to_db`` gives it.
        time_s: The time.

    Returns:
        How many were deleted.
    """
    window = database.sql(
        "SELECT max(position) FROM (SELECT position FROM events WHERE workspace = ?"
        " AND position > ? ORDER BY position LIMIT ?) seen"
    )
    count, start = 0, 0
    while (end := database.rows(window, (workspace, start, _WINDOW))[0][0]) is not None:
        count += _delete(
            database, writer, workspace,
            "position > ? AND position <= ? AND coalesce(time_s, kept_s) < ?",
            [start, end, time_s],
        )  # fmt: skip
        start = end
    database.scrub()
    return count


def move(
    database: Database, writer: GroupWriter, workspace: str, from_user: str, to_user: str
) -> int:
    """Give one person's events to another; they get new positions and keys.

    Args:
        database: Where the log lies.
        writer: Keeps the order with appends.
        workspace: Whose log, as ``to_db`` gives it.
        from_user: Whose they are.
        to_user: Whose they become.

    Returns:
        How many the other person gained.
    """
    if from_user == to_user:
        return 0
    inserter = Inserter(database.dialect, "events", EVENT_TYPES, "event_key")
    theirs = "WHERE workspace = ? AND user_id = ?"

    def work(connection: sa.Connection) -> int:
        lock_log(database, connection, [workspace])
        raw: Any = connection.connection.dbapi_connection
        found = raw.execute(
            database.sql(f"SELECT {READ_COLUMNS} FROM events {theirs} ORDER BY position"),
            (workspace, to_db(from_user)),
        ).fetchall()
        if not found:
            return 0
        raw.execute(database.sql(f"DELETE FROM events {theirs}"), (workspace, to_db(from_user)))
        kept = (kept_event(row) for row in found)
        rows = [event_row(replace(one.event, user_id=to_user), one.kept_s) for one in kept]
        inserted = inserter.insert(raw, workspace, rows)()
        _count_removal(database, raw, workspace)
        return len(rows) if inserted.keys is None else len(inserted.keys)

    return writer.run(work)


def _delete(
    database: Database, writer: GroupWriter, workspace: str, where: str, values: list[Any]
) -> int:
    statement = database.sql(f"DELETE FROM events WHERE workspace = ? AND {where}")

    def work(connection: sa.Connection) -> int:
        raw: Any = connection.connection.dbapi_connection
        count = int(raw.execute(statement, [workspace, *values]).rowcount)
        if count:
            _count_removal(database, raw, workspace)
        return count

    return writer.run(work)


def _count_removal(database: Database, raw: Any, workspace: str) -> None:
    raw.execute(
        database.sql("UPDATE revisions SET events = events + 1 WHERE workspace = ?"), (workspace,)
    )
