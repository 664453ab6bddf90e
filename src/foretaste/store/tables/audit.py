"""Who did what: entries are added and read, nothing else."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from foretaste.store.records import AuditEntry, Page
from foretaste.store.schema import audit
from foretaste.store.tables.base import (
    Bound,
    checked_json,
    checked_n,
    checked_text,
    checked_time,
    read_cursor,
    write_cursor,
)

__all__ = ["AuditTable"]

_LONGEST = 2_000


class AuditTable(Bound):
    """The audit log of one workspace. There is no method that changes or deletes an entry."""

    def append(self, entry: AuditEntry) -> None:
        """Keep an entry; acknowledged when it is on disk.

        Args:
            entry: What was done.

        Raises:
            InputError: If something in it cannot be kept.
            LimitError: If it is too large.
        """
        row = self.checked(entry)
        with self.database.write() as connection:
            connection.execute(sa.insert(audit), row)

    def checked(self, entry: AuditEntry) -> dict[str, Any]:
        """Columns of an entry, if it can be kept.

        Args:
            entry: What was done.

        Returns:
            Values by column.

        Raises:
            InputError: If something in it cannot be kept.
            LimitError: If it is too large.
        """
        return {
            "workspace": self.workspace,
            "time_s": checked_time(entry.time_s, "time of an audit entry"),
            "actor": checked_text(entry.actor, "actor", _LONGEST),
            "action": checked_text(entry.action, "action", _LONGEST),
            "subject": checked_text(entry.subject, "subject", _LONGEST),
            "details": checked_json(entry.details, "details of an audit entry"),
        }

    def page(
        self,
        n: int = 100,
        cursor: str | None = None,
        *,
        actor: str | None = None,
        action: str | None = None,
    ) -> Page[AuditEntry]:
        """Some of all entries, newest first.

        Args:
            n: How many at most.
            cursor: Where to go on; what the page before gave.
            actor: Only what this one did.
            action: Only actions of this sort.

        Returns:
            The page.

        Raises:
            InputError: If the cursor is none of ours.
        """
        query = sa.select(audit).where(audit.c.workspace == self.workspace)
        query = query.order_by(audit.c.position.desc()).limit(checked_n(n) + 1)
        if cursor is not None:
            query = query.where(audit.c.position < read_cursor(cursor, int)[0])
        if actor is not None:
            query = query.where(audit.c.actor == actor)
        if action is not None:
            query = query.where(audit.c.action == action)
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        more = len(rows) > n
        return Page(
            [_entry(row) for row in rows[:n]],
            write_cursor(rows[n - 1].position) if more else None,
        )

    def count(self) -> int:
        """How many entries there are.

        Returns:
            The number.
        """
        query = sa.select(sa.func.count()).where(audit.c.workspace == self.workspace)
        with self.database.read() as connection:
            return int(connection.execute(query).scalar_one())


def _entry(row: Any) -> AuditEntry:
    return AuditEntry(row.time_s, row.actor, row.action, row.subject, row.details)
