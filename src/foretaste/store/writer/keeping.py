"""One transaction for what several callers want kept."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from foretaste.store.engine import Database
from foretaste.store.records import Kept
from foretaste.store.writer.inserting import Inserted, Inserter

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["Write", "keep_group", "lock_log"]


@dataclass(slots=True, eq=False)
class Write:
    """Rows that one caller wants kept.

    Attributes:
        workspace: Whose, as ``to_db`` gives it.
        rows: Values in the inserter's order; the first is the key.
        inserter: Into which table.
        ordered: Whether readers follow the table by position, so that positions must become
            visible in order.
        durable: Whether the commit waits for the disk.
        waited: Whether somebody waits for it.
        future: Where the outcome goes.
    """

    workspace: str
    rows: Sequence[Sequence[Any]]
    inserter: Inserter
    ordered: bool
    durable: bool
    waited: bool = True
    future: Future[Kept] = field(default_factory=Future)


def lock_log(database: Database, connection: sa.Connection, workspaces: Sequence[str]) -> None:
    """Wait until nobody else appends to these logs, until the end of the transaction.

    Positions are given at insertion and seen at commit. Without this, a reader could see
    position 8 before 7 is committed, and never look for 7 again. SQLite has one writer anyhow.

    Args:
        database: The database.
        connection: In a transaction.
        workspaces: Whose logs, as ``to_db`` gives them.
    """
    if database.dialect == "postgresql":
        _lock(connection.connection.dbapi_connection, workspaces)


def keep_group(raw: Any, dialect: str, group: Sequence[Write]) -> list[Kept]:
    """Keep what several callers brought, in one transaction.

    Args:
        raw: The driver's connection, without a transaction.
        dialect: Which database.
        group: What they brought.

    Returns:
        What became of each.
    """
    parts: dict[tuple[str, int], list[Write]] = {}
    for write in group:
        parts.setdefault((write.workspace, id(write.inserter)), []).append(write)
    joined = [(writes, [row for one in writes for row in one.rows]) for writes in parts.values()]
    if dialect == "sqlite":
        found = _on_sqlite(raw, joined)
    else:
        found = _on_postgres(raw, joined, any(write.durable for write in group))
    kept = {
        id(write): outcome
        for (writes, _), inserted in zip(joined, found, strict=True)
        for write, outcome in zip(writes, _shares(writes, inserted), strict=True)
    }
    return [kept[id(write)] for write in group]


_Joined = list[tuple[list[Write], list[Sequence[Any]]]]


def _on_sqlite(raw: Any, joined: _Joined) -> list[Inserted]:
    """As few calls of the driver as can be: at each, other threads of a busy process go first."""
    alone = len(joined) == 1 and joined[0][0][0].inserter.one_statement(joined[0][1])
    if not alone:
        raw.execute("BEGIN IMMEDIATE")
    try:
        answers = [
            writes[0].inserter.insert(raw, writes[0].workspace, rows) for writes, rows in joined
        ]
        if not alone:
            raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise
    return [answer() for answer in answers]


def _on_postgres(raw: Any, joined: _Joined, durable: bool) -> list[Inserted]:
    """One round trip, from the start of the transaction to its commit."""
    with raw.pipeline():
        if not durable:
            raw.execute("SET LOCAL synchronous_commit TO OFF")
        _lock(raw, [writes[0].workspace for writes, _ in joined if writes[0].ordered])
        answers = [
            writes[0].inserter.insert(raw, writes[0].workspace, rows) for writes, rows in joined
        ]
        raw.commit()
    return [answer() for answer in answers]


def _lock(raw: Any, workspaces: Sequence[str]) -> None:
    for workspace in sorted(set(workspaces)):  # one order for all: no deadlock
        raw.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 70))", (workspace,))


def _shares(writes: list[Write], inserted: Inserted) -> list[Kept]:
    """Who brought what: the first to bring a key has brought it."""
    if inserted.keys is None:
        return [Kept(len(write.rows), 0, inserted.position) for write in writes]
    left = set(inserted.keys)
    shares = []
    for write in writes:
        new = 0
        for row in write.rows:
            if row[0] in left:
                left.discard(row[0])
                new += 1
        shares.append(Kept(new, len(write.rows) - new, inserted.position))
    return shares
