"""How rows of a file join the rows of a workspace: everything that has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from foretaste.core.errors import DataError
from foretaste.store.records import Arm, Consent, Experiment, ItemRecord, PersonRecord
from foretaste.store.schema import consent, experiments, facts, items, jobs, people, sessions
from foretaste.store.tables.base import (
    bump,
    canonical,
    checked_id,
    checked_json,
    checked_time,
    chunks,
    lock,
    upsert,
)
from foretaste.store.tables.base.bound import Counter
from foretaste.store.tables.consent import checked_consent
from foretaste.store.tables.facts import checked_fact
from foretaste.store.transfer.merging import Merge, values_of

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "ConsentMerge",
    "ExperimentMerge",
    "FactMerge",
    "ItemMerge",
    "JobMerge",
    "PersonMerge",
    "SessionMerge",
]


class _Named(Merge):
    """Rows with a name."""

    table: ClassVar[sa.Table]
    name: ClassVar[str]
    counter: ClassVar[Counter | None] = None

    def check(self, frame: pl.DataFrame) -> None:
        """See :class:`Merge`."""
        for row in values_of(frame, self.columns):
            self._check(row)

    def _check(self, row: dict[str, Any]) -> None:
        """Refuse a row that could not be written."""
        raise NotImplementedError

    def _there(self, connection: sa.Connection, names: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        mine = self.table.c.workspace == self.space.workspace
        for some in chunks(names):
            query = sa.select(self.table).where(mine, self.table.c[self.name].in_(some))
            found |= {row._mapping[self.name]: row for row in connection.execute(query)}
        return found


class _NewerWins(_Named):
    """Of two rows with one name the one changed later stays."""

    def write(self, connection: sa.Connection, frame: pl.DataFrame) -> int:
        """See :class:`Merge`."""
        assert self.counter is not None
        given: dict[str, dict[str, Any]] = {}
        for row in values_of(frame, self.columns):
            before = given.get(row[self.name])
            if before is None or before["updated_s"] <= row["updated_s"]:
                given[row[self.name]] = row
        lock(connection, self.space.workspace, self.counter)
        there = self._there(connection, given)
        rows = [row for name, row in given.items() if self._wins(row, there.get(name))]
        if rows:
            revision = bump(connection, self.space.workspace, self.counter)
            stamp: dict[str, Any] = {"workspace": self.space.workspace}
            if "revision" in self.table.c:
                stamp |= {"revision": revision, "deleted": False}
            upsert(connection, self.table, [row | stamp for row in rows], ["workspace", self.name])
        return len(rows)

    def _wins(self, row: dict[str, Any], there: Any) -> bool:
        if there is None:
            return True
        held = there._mapping
        if row["updated_s"] <= held["updated_s"]:
            return False
        content = [column.name for column in self.columns if column.name != "updated_s"]
        return bool(held.get("deleted")) or any(
            canonical(row[name]) != canonical(held[name]) for name in content
        )


class ItemMerge(_NewerWins):
    """Items."""

    table, name, counter = items, "item_id", "items"

    def _check(self, row: dict[str, Any]) -> None:
        checked_time(row["updated_s"], "time of an item")
        self.space.items.checked(ItemRecord(row["item_id"], row["attributes"], row["hidden"]))


class PersonMerge(_NewerWins):
    """People."""

    table, name, counter = people, "user_id", "people"

    def _check(self, row: dict[str, Any]) -> None:
        checked_time(row["updated_s"], "time of a person")
        self.space.people.checked(PersonRecord(row["user_id"], row["attributes"]))


class ConsentMerge(_NewerWins):
    """Consent: what a person said last counts, wherever they said it."""

    table, name, counter = consent, "user_id", "people"

    def _check(self, row: dict[str, Any]) -> None:
        checked_consent(Consent(**row))


class _FirstStays(_Named):
    """A row whose name is there already is left out."""

    def write(self, connection: sa.Connection, frame: pl.DataFrame) -> int:
        """See :class:`Merge`."""
        given = {row[self.name]: row for row in values_of(frame, self.columns)}
        if self.counter is not None:
            lock(connection, self.space.workspace, self.counter)
        there = self._there(connection, given)
        rows = [
            row | {"workspace": self.space.workspace}
            for name, row in given.items()
            if name not in there
        ]
        if rows:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            connection.execute(insert(self.table).on_conflict_do_nothing(), rows)
            if self.counter is not None:
                bump(connection, self.space.workspace, self.counter)
        return len(rows)


class SessionMerge(_FirstStays):
    """Sessions."""

    table, name = sessions, "session_id"

    def _check(self, row: dict[str, Any]) -> None:
        checked_id(row["session_id"], "session id")
        if row["user_id"] is not None:
            checked_id(row["user_id"], "person id")


class JobMerge(_FirstStays):
    """Jobs that have ended: an unfinished one would run here what was meant for elsewhere."""

    table, name = jobs, "job_id"

    def _check(self, row: dict[str, Any]) -> None:
        checked_id(row["job_id"], "job id")
        checked_json(row["arguments"], "job's arguments")
        if row["status"] not in ("done", "failed", "cancelled"):
            raise DataError("a job has not ended", got=row["status"], where=row["job_id"])


class ExperimentMerge(_FirstStays):
    """Experiments."""

    table, name, counter = experiments, "name", "facts"

    def _check(self, row: dict[str, Any]) -> None:
        try:
            arms = {name: Arm(**arm) for name, arm in row["arms"].items()}
        except (TypeError, AttributeError):
            raise DataError("arms are no arms", got=row["arms"], where=row["name"]) from None
        self.space.experiments.checked(Experiment(**(row | {"arms": arms})))


class FactMerge(_FirstStays):
    """Facts: what a running service has decided stays."""

    table, name, counter = facts, "name", "facts"

    def _check(self, row: dict[str, Any]) -> None:
        checked_fact(row["name"], row["value"])
