"""Visits of people who have not said who they are, and the accounts they turned out to be."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from foretaste.core.errors import ConflictError, UnknownIdError
from foretaste.store.records import Session
from foretaste.store.schema import sessions
from foretaste.store.tables.base import Bound, checked_id, insert_new

__all__ = ["SessionTable"]


class SessionTable(Bound):
    """Anonymous sessions of one workspace. Their events are in the log, not here."""

    def start(self, session_id: str | None = None) -> Session:
        """Begin a session; one that is there goes on as it is.

        Args:
            session_id: Its id; one that nobody can guess is made when left out.

        Returns:
            The session.

        Raises:
            InputError: If the id cannot be kept.
            LimitError: If it is too long.
        """
        name = secrets.token_urlsafe(24) if session_id is None else session_id
        checked_id(name, "session id")
        now_s = self.clock.now_s()
        row = {"workspace": self.workspace, "session_id": name, "user_id": None}
        with self.database.write() as connection:
            insert_new(connection, sessions, row | {"started_s": now_s})
            kept = connection.execute(self._one(name)).one()
        return _session(kept)

    def get(self, session_id: str) -> Session | None:
        """One session.

        Args:
            session_id: Its id.

        Returns:
            The session, or ``None``.
        """
        with self.database.read() as connection:
            row = connection.execute(self._one(session_id)).first()
        return None if row is None else _session(row)

    def join(self, session_id: str, user_id: str) -> Session:
        """Say whose session it was; saying so again changes nothing.

        Args:
            session_id: Its id.
            user_id: The account.

        Returns:
            The session afterwards.

        Raises:
            UnknownIdError: If there is no such session.
            ConflictError: If it was joined to another account.
            InputError: If the account's id cannot be kept.
            LimitError: If it is too long.
        """
        checked_id(user_id, "person id")
        with self.database.write() as connection:
            row = connection.execute(self._one(session_id).with_for_update()).first()
            if row is None:
                raise UnknownIdError(f"no session has the id {session_id!r}")
            if row.user_id not in (None, user_id):
                raise ConflictError(
                    "this session belongs to another account",
                    where=f"session {session_id!r}",
                    remedy="Start a new session after a change of accounts",
                )
            change = sa.update(sessions).where(*self._where(session_id))
            connection.execute(change.values(user_id=user_id))
        return Session(row.session_id, user_id, row.started_s)

    def of(self, user_id: str) -> list[Session]:
        """Sessions that were joined to an account.

        Args:
            user_id: The account.

        Returns:
            Oldest first.
        """
        query = (
            sa.select(sessions)
            .where(sessions.c.workspace == self.workspace, sessions.c.user_id == user_id)
            .order_by(sessions.c.started_s, sessions.c.session_id)
        )
        with self.database.read() as connection:
            return [_session(row) for row in connection.execute(query)]

    def erase(self, user_id: str) -> int:
        """Take away the sessions of an account.

        Args:
            user_id: The account.

        Returns:
            How many there were.
        """
        count = self._delete(sessions.c.user_id == user_id)
        self.database.scrub()
        return count

    def erase_before(self, started_s: float) -> int:
        """Take away old sessions.

        Args:
            started_s: Those that began before.

        Returns:
            How many there were.
        """
        return self._delete(sessions.c.started_s < started_s)

    def _delete(self, which: sa.ColumnElement[bool]) -> int:
        statement = sa.delete(sessions).where(sessions.c.workspace == self.workspace, which)
        with self.database.write() as connection:
            return connection.execute(statement).rowcount

    def _where(self, session_id: str) -> tuple[Any, ...]:
        return sessions.c.workspace == self.workspace, sessions.c.session_id == session_id

    def _one(self, session_id: str) -> sa.Select[Any]:
        return sa.select(sessions).where(*self._where(session_id))


def _session(row: Any) -> Session:
    return Session(row.session_id, row.user_id, row.started_s)
