"""API keys and one-time login tokens, by their hashes: no secret is ever here."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, get_args

import sqlalchemy as sa

from foretaste.core import Clock
from foretaste.core.errors import ConflictError, InputError
from foretaste.store.engine import Database
from foretaste.store.records import KeyRecord, TokenRecord
from foretaste.store.records.office import Role
from foretaste.store.schema import keys, tokens
from foretaste.store.tables.base import checked_id, checked_text, insert_new

__all__ = ["KeyTable", "TokenTable"]

_TOUCH_S = 60.0


class KeyTable:
    """API keys of all workspaces.

    Args:
        database: The connections.
        clock: What time it is.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        # Every request asks for a key: a server that hangs must not hold them up for long.
        names = ", ".join(field.name for field in fields(KeyRecord))
        self._get = database.sql(f"SELECT {names} FROM keys WHERE key_id = ?")

    def add(self, key: KeyRecord) -> None:
        """Keep a key.

        Args:
            key: Its record.

        Raises:
            ConflictError: If there is one with this id, also a revoked one.
            InputError: If something in it cannot be kept.
            LimitError: If something in it is too long.
        """
        checked_id(key.key_id, "key id")
        checked_id(key.secret_hash, "hash of a secret")
        checked_text(key.name, "name of a key", 1_000)
        _check_role(key.role, key.workspace)
        with self.database.write() as connection:
            if not insert_new(connection, keys, asdict(key)):
                raise ConflictError("there is a key with this id already", where=key.key_id)

    def get(self, key_id: str) -> KeyRecord | None:
        """One key, revoked or not.

        Args:
            key_id: The part of the key that is no secret.

        Returns:
            The record, or ``None``.
        """
        rows = self.database.rows(
            self._get, (key_id,), longest_s=self.database.settings.follow_timeout_s
        )
        return KeyRecord(*rows[0]) if rows else None

    def by_id(self, key_id: str) -> KeyRecord | None:
        """The same as :meth:`get`.

        Args:
            key_id: The part of the key that is no secret.

        Returns:
            The record, or ``None``.
        """
        return self.get(key_id)

    def all(self, workspace: str | None = None) -> list[KeyRecord]:
        """Keys of one workspace, or of all.

        Args:
            workspace: Whose, without keys that open every workspace; ``None`` for all keys.

        Returns:
            In the order they were made, with revoked ones.
        """
        query = sa.select(keys).order_by(keys.c.created_s, keys.c.key_id)
        if workspace is not None:
            query = query.where(keys.c.workspace == workspace)
        with self.database.read() as connection:
            return [_key(row) for row in connection.execute(query)]

    def revoke(self, key_id: str, workspace: str | None = None) -> bool:
        """Withdraw a key for good; the first time counts.

        Args:
            key_id: Which.
            workspace: Only a key of this workspace; ``None`` for any.

        Returns:
            Whether there is such a key.
        """
        which = keys.c.key_id == key_id
        if workspace is not None:
            which &= keys.c.workspace == workspace
        since = sa.func.coalesce(keys.c.revoked_s, self.clock.now_s())
        statement = sa.update(keys).where(which).values(revoked_s=since)
        with self.database.write() as connection:
            return connection.execute(statement).rowcount > 0

    def touch(self, key_id: str) -> None:
        """Note that a key was used; written once a minute at most, and not waited for.

        Args:
            key_id: Which.
        """
        now_s = self.clock.now_s()
        stale = sa.or_(keys.c.last_used_s.is_(None), keys.c.last_used_s <= now_s - _TOUCH_S)
        with self.database.read() as connection:
            due = sa.select(keys.c.key_id).where(keys.c.key_id == key_id, stale)
            if connection.execute(due).first() is None:
                return
        statement = sa.update(keys).where(keys.c.key_id == key_id, stale)
        with self.database.write(durable=False) as connection:
            connection.execute(statement.values(last_used_s=now_s))


class TokenTable:
    """One-time login tokens of all workspaces.

    Args:
        database: The connections.
        clock: What time it is.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    def add(self, token: TokenRecord) -> None:
        """Keep a token; those that have ended are swept away.

        Args:
            token: Its record.

        Raises:
            ConflictError: If it is there already.
            InputError: If something in it cannot be kept.
            LimitError: If something in it is too long.
        """
        checked_id(token.token_hash, "hash of a token")
        _check_role(token.role, token.workspace)
        with self.database.write() as connection:
            ended = tokens.c.expires_s <= self.clock.now_s()
            connection.execute(sa.delete(tokens).where(ended))
            if not insert_new(connection, tokens, asdict(token)):
                raise ConflictError("there is such a token already")

    def take(self, token_hash: str) -> TokenRecord | None:
        """Use a token up: of all who ask for it, in any process, one gets it.

        Args:
            token_hash: Its hash.

        Returns:
            Its record; ``None`` if it is unknown, used or has ended.
        """
        statement = sa.delete(tokens).where(tokens.c.token_hash == token_hash).returning(tokens)
        with self.database.write() as connection:
            row = connection.execute(statement).first()
        if row is None or row.expires_s <= self.clock.now_s():
            return None
        return TokenRecord(row.token_hash, row.workspace, row.role, row.expires_s)


def _check_role(role: str, workspace: str | None) -> None:
    if role not in get_args(Role):
        raise InputError("no such role", expected=", ".join(get_args(Role)), got=role)
    if workspace is not None:
        checked_id(workspace, "workspace name")


def _key(row: Any) -> KeyRecord:
    return KeyRecord(**{field.name: getattr(row, field.name) for field in fields(KeyRecord)})
