"""Small named JSON values, such as which bundle serves."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from foretaste.core.errors import ConflictError, InputError
from foretaste.store.schema import facts
from foretaste.store.tables.base import (
    Bound,
    bump,
    canonical,
    checked_id,
    checked_json,
    lock,
    upsert,
)

__all__ = ["FACT_BYTES", "FactTable", "checked_fact"]

FACT_BYTES = 4 * 1024 * 1024
"""Size of the largest fact: a report with its tables fits."""


class _Anything:
    """Stands for "whatever is there", which no JSON value can."""

    def __repr__(self) -> str:
        return "ANYTHING"


ANYTHING = _Anything()


def checked_fact(name: str, value: Any) -> Any:
    """A fact's value as it is kept.

    Args:
        name: The fact's name.
        value: Any JSON value but null.

    Returns:
        The value as JSON gives it back.

    Raises:
        InputError: If the name or value cannot be kept.
        LimitError: If the value is larger than 4 MB.
    """
    checked_id(name, "fact name")
    if value is None:
        raise InputError("a fact is not null", where=name, remedy="Delete it instead")
    return checked_json(value, f"fact {name!r}", FACT_BYTES)


class FactTable(Bound):
    """Facts of one workspace by name; a change counts in its revision."""

    def get(self, name: str, default: Any = None) -> Any:
        """One fact.

        Args:
            name: Its name.
            default: What to give when there is none.

        Returns:
            The JSON value.
        """
        with self.database.read() as connection:
            row = connection.execute(self._one(name)).first()
        return default if row is None else row.value

    def put(self, name: str, value: Any, *, expected: Any = ANYTHING) -> int:
        """Keep a fact; the same again changes nothing.

        Args:
            name: Its name.
            value: Any JSON value but null.
            expected: Keep it only if this is there now (``None``: nothing); so two that change
                the same fact at the same time do not overwrite each other.

        Returns:
            The revision of facts afterwards.

        Raises:
            ConflictError: If something else is there than expected.
            InputError: If the name or value cannot be kept.
            LimitError: If the value is larger than 4 MB.
        """
        kept = checked_fact(name, value)
        wanted = expected if expected is ANYTHING or expected is None else checked_json(
            expected, "expected fact", FACT_BYTES
        )  # fmt: skip
        with self.database.write() as connection:
            revision = lock(connection, self.workspace, "facts")
            row = connection.execute(self._one(name)).first()
            now = None if row is None else row.value
            if wanted is not ANYTHING and canonical(now) != canonical(wanted):
                raise ConflictError(
                    "the fact has changed meanwhile",
                    expected=canonical(wanted)[:200],
                    got=canonical(now),
                    where=name,
                    remedy="Read it again and decide anew",
                )
            if row is None or canonical(now) != canonical(kept):
                values = {"workspace": self.workspace, "name": name, "value": kept}
                values["updated_s"] = self.clock.now_s()
                upsert(connection, facts, [values], ["workspace", "name"])
                revision = bump(connection, self.workspace, "facts")
        return revision

    def all(self, prefix: str = "") -> dict[str, Any]:
        """Every fact whose name begins so.

        Args:
            prefix: The beginning; empty for all.

        Returns:
            Values by name, in order of the names.
        """
        query = sa.select(facts).where(facts.c.workspace == self.workspace)
        if prefix:  # a range, as LIKE would read wildcards and fold case
            query = query.where(facts.c.name >= prefix)
        found: dict[str, Any] = {}
        with self.database.read() as connection:
            for row in connection.execute(query.order_by(facts.c.name)):
                if not row.name.startswith(prefix):
                    break
                found[row.name] = row.value
        return found

    def delete(self, name: str) -> bool:
        """Take a fact away.

        Args:
            name: Its name.

        Returns:
            Whether it was there.
        """
        mine = facts.c.workspace == self.workspace
        statement = sa.delete(facts).where(mine, facts.c.name == name)
        with self.database.write() as connection:
            lock(connection, self.workspace, "facts")
            gone = connection.execute(statement).rowcount > 0
            if gone:
                bump(connection, self.workspace, "facts")
        return gone

    def _one(self, name: str) -> sa.Select[Any]:
        mine = facts.c.workspace == self.workspace
        return sa.select(facts.c.value).where(mine, facts.c.name == name)
