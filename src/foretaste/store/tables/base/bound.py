"""What every table of a workspace is built on: its database, its name, its revision counters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from foretaste.core import Clock
from foretaste.store.engine import Database
from foretaste.store.schema import revisions

__all__ = ["Bound", "Counter", "bump", "chunks", "insert_new", "lock", "upsert"]

T = TypeVar("T")
Counter = Literal["items", "people", "facts", "events"]


class Bound:
    """A table seen from one workspace: every statement names the workspace.

    Args:
        database: The connections.
        workspace: Whose rows.
        clock: What time it is.
    """

    def __init__(self, database: Database, workspace: str, clock: Clock) -> None:
        self.database = database
        self.workspace = workspace
        self.clock = clock

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.workspace!r} in {self.database.address.shown})"


def lock(connection: sa.Connection, workspace: str, counter: Counter) -> int:
    """Hold a workspace's counters until the end of the transaction.

    Whoever changes counted rows holds them first, so that changes come one after the other,
    their revisions are seen in order, and no two writers wait for each other.

    Args:
        connection: Inside a transaction.
        workspace: Whose.
        counter: Which one to read.

    Returns:
        Its value.
    """
    mine = sa.select(revisions.c[counter]).where(revisions.c.workspace == workspace)
    found = connection.execute(mine.with_for_update()).scalar()
    if found is None:
        insert_new(connection, revisions, {"workspace": workspace})
        found = connection.execute(mine.with_for_update()).scalar_one()
    return int(found)


def bump(connection: sa.Connection, workspace: str, *counters: Counter) -> int:
    """Say that rows have changed, in the same transaction as the change.

    Args:
        connection: Inside a transaction that holds :func:`lock`.
        workspace: Whose.
        *counters: What has changed.

    Returns:
        The new value of the first of them.
    """
    statement = (
        sa.update(revisions)
        .where(revisions.c.workspace == workspace)
        .values({name: revisions.c[name] + 1 for name in counters})
        .returning(revisions.c[counters[0]])
    )
    return int(connection.execute(statement).scalar_one())


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
) -> None:
    """Insert rows; one that is there already is replaced.

    Args:
        connection: Inside a transaction.
        table: Which table.
        rows: All with the same columns.
        keys: Columns that make two rows the same.
    """
    if not rows:
        return
    statement = _insert(connection, table)
    others = [name for name in rows[0] if name not in keys]
    changed = {name: statement.excluded[name] for name in others}
    conflict = statement.on_conflict_do_update(index_elements=list(keys), set_=changed)
    connection.execute(conflict, list(rows))


def insert_new(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its primary key is there.

    Args:
        connection: Inside a transaction.
        table: Which table.
        row: Values by column.

    Returns:
        Whether it was inserted.
    """
    keys = list(table.primary_key)
    statement = _insert(connection, table).on_conflict_do_nothing(index_elements=keys)
    return connection.execute(statement.returning(*keys), dict(row)).first() is not None


def _insert(connection: sa.Connection, table: sa.Table) -> Any:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return insert(table)


def chunks(things: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Cut into pieces that fit into one statement.

    Args:
        things: Any number.
        size: Most in one piece.

    Yields:
        Each piece.
    """
    running = iter(things)
    while piece := list(islice(running, size)):
        yield piece
