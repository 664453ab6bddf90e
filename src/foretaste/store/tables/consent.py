"""What people allow to be done with what is known of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import sqlalchemy as sa

from foretaste.core.errors import InputError
from foretaste.store.records import Consent, Page
from foretaste.store.schema import consent
from foretaste.store.tables.base import (
    Bound,
    bump,
    checked_id,
    checked_n,
    lock,
    read_cursor,
    upsert,
    write_cursor,
)

__all__ = ["ConsentTable", "Purpose", "checked_consent"]

Purpose = Literal["record", "personalise", "train", "language_model"]
PURPOSES: tuple[Purpose, ...] = ("record", "personalise", "train", "language_model")


class ConsentTable(Bound):
    """Consent of each person of one workspace; a change counts as a change of people."""

    def get(self, user_id: str) -> Consent:
        """What one person allows.

        Args:
            user_id: Who.

        Returns:
            What they said; the defaults, with ``updated_s`` 0, for who never did.
        """
        query = sa.select(consent).where(self._mine(), consent.c.user_id == user_id)
        with self.database.read() as connection:
            row = connection.execute(query).first()
        return Consent(user_id) if row is None else _consent(row)

    def put(self, given: Consent) -> Consent:
        """Keep what one person allows; saying the same again changes nothing.

        Args:
            given: What they said; its time is given by the store.

        Returns:
            What is kept.

        Raises:
            InputError: If the id cannot be kept, or a purpose is neither true nor false.
            LimitError: If the id is too long.
        """
        checked_consent(given)
        query = sa.select(consent).where(self._mine(), consent.c.user_id == given.user_id)
        with self.database.write() as connection:
            lock(connection, self.workspace, "people")
            row = connection.execute(query).first()
            if row is not None and replace(_consent(row), updated_s=0.0) == replace(
                given, updated_s=0.0
            ):
                return _consent(row)
            kept = replace(given, updated_s=self.clock.now_s())
            values = {name: getattr(kept, name) for name in ("user_id", *PURPOSES, "updated_s")}
            values["workspace"] = self.workspace
            upsert(connection, consent, [values], ["workspace", "user_id"])
            bump(connection, self.workspace, "people")
        return kept

    def refusing(self, purpose: Purpose) -> set[str]:
        """Who has said no to a purpose: left out of fitting, say.

        Args:
            purpose: ``record``, ``personalise``, ``train`` or ``language_model``.

        Returns:
            Their ids.

        Raises:
            InputError: If there is no such purpose.
        """
        if purpose not in PURPOSES:
            raise InputError("no such purpose", expected=", ".join(PURPOSES), got=purpose)
        query = sa.select(consent.c.user_id).where(self._mine(), consent.c[purpose].is_(False))
        with self.database.read() as connection:
            return set(connection.execute(query).scalars())

    def page(self, n: int = 100, cursor: str | None = None) -> Page[Consent]:
        """Some of all who ever said something, in order of their ids.

        Args:
            n: How many at most.
            cursor: Where to go on; what the page before gave.

        Returns:
            The page.

        Raises:
            InputError: If the cursor is none of ours.
        """
        query = sa.select(consent).where(self._mine()).order_by(consent.c.user_id)
        query = query.limit(checked_n(n) + 1)
        if cursor is not None:
            query = query.where(consent.c.user_id > read_cursor(cursor, str)[0])
        with self.database.read() as connection:
            found = [_consent(row) for row in connection.execute(query)]
        more = len(found) > n
        return Page(found[:n], write_cursor(found[n - 1].user_id) if more else None)

    def erase(self, user_id: str) -> bool:
        """Forget what one person said.

        Args:
            user_id: Who.

        Returns:
            Whether anything was there.
        """
        mine = sa.delete(consent).where(self._mine(), consent.c.user_id == user_id)
        with self.database.write() as connection:
            lock(connection, self.workspace, "people")
            gone = connection.execute(mine).rowcount > 0
            if gone:
                bump(connection, self.workspace, "people")
        self.database.scrub()
        return gone

    def _mine(self) -> Any:
        return consent.c.workspace == self.workspace


def checked_consent(given: Consent) -> Consent:
    """What a person allows, if it can be kept.

    Args:
        given: What they said.

    Returns:
        The same.

    Raises:
        InputError: If the id cannot be kept, or a purpose is neither true nor false.
        LimitError: If the id is too long.
    """
    checked_id(given.user_id, "person id")
    for name in PURPOSES:
        if not isinstance(getattr(given, name), bool):
            raise InputError("consent is true or false", got=getattr(given, name), where=name)
    return given


def _consent(row: Any) -> Consent:
    return Consent(
        row.user_id, row.record, row.personalise, row.train, row.language_model, row.updated_s
    )
