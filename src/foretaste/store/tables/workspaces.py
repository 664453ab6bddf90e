"""Which workspaces there are, and the end of one."""

from __future__ import annotations

import sqlalchemy as sa

from foretaste.core import Clock
from foretaste.core.errors import UnknownIdError
from foretaste.store.engine import Database
from foretaste.store.schema import metadata, revisions, workspaces
from foretaste.store.tables.base import checked_id, insert_new

__all__ = ["WorkspaceTable"]


class WorkspaceTable:
    """All workspaces of one database.

    Args:
        database: The connections.
        clock: What time it is.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    def add(self, name: str) -> bool:
        """Make a workspace; one that is there stays as it is.

        Args:
            name: Its name.

        Returns:
            Whether it is new.

        Raises:
            InputError: If the name cannot be kept.
            LimitError: If it is too long.
        """
        row = {"workspace": checked_id(name, "workspace name")}
        with self.database.write() as connection:
            made = row | {"created_s": self.clock.now_s()}
            new = insert_new(connection, workspaces, made)
            insert_new(connection, revisions, row)
        return new

    def all(self) -> list[str]:
        """Every workspace.

        Returns:
            Names, in order.
        """
        query = sa.select(workspaces.c.workspace).order_by(workspaces.c.workspace)
        with self.database.read() as connection:
            return list(connection.execute(query).scalars())

    def created_s(self, name: str) -> float:
        """When a workspace was made.

        Args:
            name: Its name.

        Returns:
            Seconds since 1970.

        Raises:
            UnknownIdError: If there is none.
        """
        query = sa.select(workspaces.c.created_s).where(workspaces.c.workspace == name)
        with self.database.read() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            raise UnknownIdError(f"there is no workspace {name!r}")
        return float(found)

    def delete(self, name: str) -> dict[str, int]:
        """End a workspace: everything it kept is gone, with its keys, tokens and audit log.

        Args:
            name: Its name.

        Returns:
            Rows taken away, by table.

        Raises:
            UnknownIdError: If there is none.
        """
        self.created_s(name)
        gone: dict[str, int] = {}
        with self.database.write() as connection:
            for table in reversed(metadata.sorted_tables):
                statement = sa.delete(table).where(table.c.workspace == name)
                gone[table.name] = connection.execute(statement).rowcount
        return gone
