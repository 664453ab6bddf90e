"""Anonymous sessions: whose events they are, before and after somebody logs in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from foretaste.app.service.live.remembered import Remembered
from foretaste.core.errors import OutsideError, UnknownIdError

if TYPE_CHECKING:
    from foretaste.app.service.log.breaker import Breaker
    from foretaste.store import Session, Space

__all__ = ["Sessions", "hidden_id"]

_PREFIX = "session:"


def hidden_id(session_id: str) -> str:
    """The id under which the log keeps a session's events.

    Whoever reads the log must not be able to go on with somebody's session, so this is a
    digest: the session follows from it as little as it can be guessed.

    Args:
        session_id: What the visitor's browser holds.

    Returns:
        The id inside.
    """
    return _PREFIX + hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Sessions:
    """Knows whose a session is.

    Args:
        space: The workspace in the store.
        breaker: Knows whether the database is there.
        most: How many are remembered.
    """

    def __init__(self, space: Space, breaker: Breaker, most: int) -> None:
        self._breaker = breaker
        self._most = most
        self._unsure: dict[str, str] = {}
        self._known: Remembered[Session] = Remembered(most, space.sessions.get)

    def user_of(self, session_id: str) -> str:
        """Whose events those of a session are.

        Args:
            session_id: The session.

        Returns:
            The account it was joined to, else an id of its own.

        Raises:
            UnknownIdError: If there is no such session.
        """
        known, found = self._known.held(session_id)
        if not known:
            try:
                found = self._breaker.call(self._known.get, session_id)
            except OutsideError:
                return self._unknown(session_id)
        if found is None:
            raise UnknownIdError("there is no such session", remedy="Start a new one")
        return found.user_id if found.user_id is not None else hidden_id(session_id)

    def owner(self, user_id: str) -> str:
        """Whose events those are that were taken in when nobody could say whose a session is.

        Args:
            user_id: Any id, also one that a session has inside.

        Returns:
            The account, if the session was joined to one; else the id as it was.
        """
        session_id = self._unsure.get(user_id)
        return user_id if session_id is None else self._owner(session_id, user_id)

    def _owner(self, session_id: str, user_id: str) -> str:
        found = self._breaker.call(self._known.get, session_id)
        return user_id if found is None or found.user_id is None else found.user_id

    def _unknown(self, session_id: str) -> str:
        hidden = hidden_id(session_id)
        if len(self._unsure) < self._most:
            self._unsure[hidden] = session_id
        return hidden

    def put(self, session: Session) -> None:
        """Remember a session as it is now.

        Args:
            session: It.
        """
        self._known.put(session.session_id, session)

    def clear(self) -> None:
        """Read all again, because some were erased."""
        self._known.clear()

    def moved(self, user_id: str) -> None:
        """Read again whatever may have been joined.

        Args:
            user_id: The id inside that is no longer used.
        """
        for session_id in self._known.names():
            if hidden_id(session_id) == user_id:
                self._known.drop(session_id)
