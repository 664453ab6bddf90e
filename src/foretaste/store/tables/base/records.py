"""Rows of attributes with a revision: what items and people have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

import sqlalchemy as sa

from foretaste.core.errors import InputError, UnknownIdError
from foretaste.store.records import Page, Written
from foretaste.store.schema import revisions
from foretaste.store.tables.base.bound import Bound, Counter, bump, chunks, lock, upsert
from foretaste.store.tables.base.checks import canonical, checked_id, checked_json, checked_n
from foretaste.store.tables.base.cursors import read_cursor, write_cursor
from foretaste.store.tables.base.frames import frame_of
from foretaste.store.tables.base.searching import scan

if TYPE_CHECKING:
    import polars as pl

__all__ = ["RecordTable"]


class _Record(Protocol):
    @property
    def attributes(self) -> Mapping[str, Any]: ...
    @property
    def deleted(self) -> bool: ...


R = TypeVar("R", bound=_Record)
_BATCH = 500


class RecordTable(Bound, ABC, Generic[R]):
    """Attributes by id, with a revision that other processes follow.

    Every change bumps the table's counter in the transaction of the change, and the row carries
    the counter's new value: whoever remembers a revision asks :meth:`changed_since` for the rest.
    Writing what is there already changes nothing. A deleted row stays as an empty marker.
    """

    _table: ClassVar[sa.Table]
    _counter: ClassVar[Counter]
    _id: ClassVar[str]
    _what: ClassVar[str]

    @abstractmethod
    def _record(self, row: Any) -> R:
        """A row as a record."""

    @abstractmethod
    def _columns(self, record: R) -> dict[str, Any]:
        """Columns besides the attributes that a record brings: its id, whether it is hidden."""

    def put(self, records: Iterable[R]) -> Written:
        """Keep records whole; a record that is there is replaced.

        Args:
            records: Any number; of two with the same id the last counts. Their revision and
                time are given by the store.

        Returns:
            How many were new and how many changed; equal ones are neither.

        Raises:
            InputError: If an id or attribute cannot be kept; then none was.
            LimitError: If an id or the attributes of one record are too large.
        """
        given = {row[self._id]: row for row in map(self.checked, records)}
        with self.database.write() as connection:
            revision = lock(connection, self.workspace, self._counter)
            there = self._many(connection, given, deleted=True)
            now_s = self.clock.now_s()
            fresh = [row for name, row in given.items() if name not in there]
            fresh += [row for name, row in given.items() if name in there and there[name].deleted]
            other = [
                row
                for name, row in given.items()
                if name in there and not there[name].deleted and self._differs(there[name], row)
            ]
            if fresh or other:
                revision = bump(connection, self.workspace, self._counter)
                stamp = {"deleted": False, "revision": revision, "updated_s": now_s}
                rows = [row | stamp for row in fresh + other]
                upsert(connection, self._table, rows, ["workspace", self._id])
        return Written(len(fresh), len(other), revision)

    def patch(self, name: str, changes: Mapping[str, Any], **columns: Any) -> R:
        """Change some attributes of one record and leave the others.

        Args:
            name: Its id.
            changes: New values by attribute; ``None`` takes the attribute away.
            **columns: New values of columns, such as ``hidden``; ``None`` leaves it.

        Returns:
            The record afterwards.

        Raises:
            UnknownIdError: If there is none.
            InputError: If a value cannot be kept.
            LimitError: If the attributes become too large.
        """
        changes = {key: changes[key] for key in changes}
        columns = {key: value for key, value in columns.items() if value is not None}
        with self.database.write() as connection:
            lock(connection, self.workspace, self._counter)
            before = self._many(connection, [name], deleted=False).get(name)
            if before is None:
                raise UnknownIdError(f"no {self._what} has the id {name!r}")
            merged = {**before.attributes, **changes}
            attributes = {key: value for key, value in merged.items() if key not in changes
                          or value is not None}  # fmt: skip
            row = self._columns(before) | {
                "workspace": self.workspace,
                "attributes": checked_json(attributes, f"{self._what}'s attributes"),
            }
            row |= columns
            if self._differs(before, row):
                revision = bump(connection, self.workspace, self._counter)
                row |= {"revision": revision, "updated_s": self.clock.now_s(), "deleted": False}
                upsert(connection, self._table, [row], ["workspace", self._id])
            return self._many(connection, [name], deleted=False)[name]

    def get(self, name: str) -> R | None:
        """One record.

        Args:
            name: Its id.

        Returns:
            The record, or ``None``.
        """
        return self.many([name]).get(name)

    def many(self, names: Iterable[str]) -> dict[str, R]:
        """Several records at once.

        Args:
            names: Their ids.

        Returns:
            Those that are there, by id, in the order asked for.
        """
        asked = dict.fromkeys(names)
        with self.database.read() as connection:
            found = self._many(connection, asked, deleted=False)
        return {name: found[name] for name in asked if name in found}

    def page(self, n: int = 100, cursor: str | None = None, search: str | None = None) -> Page[R]:
        """Some of all records, in order of their ids.

        Args:
            n: How many at most.
            cursor: Where to go on; what the page before gave.
            search: Only those that hold these words in their id or in a value, whatever the
                case; ``%`` and ``_`` mean themselves.

        Returns:
            The page.

        Raises:
            InputError: If the cursor is none of ours.
        """
        checked_n(n)
        after = read_cursor(cursor, str)[0] if cursor is not None else None
        found: list[R] = []
        with self.database.read() as connection:
            for record in self._scan(connection, after, search or None, max(n + 1, _BATCH)):
                found.append(record)
                if len(found) > n:
                    break
        more = len(found) > n
        last = getattr(found[n - 1], self._id) if more else ""
        return Page(found[:n], write_cursor(last) if more else None)

    def delete(self, name: str) -> bool:
        """Take a record away; a marker without attributes stays for :meth:`changed_since`.

        Args:
            name: Its id.

        Returns:
            Whether it was there.
        """
        with self.database.write() as connection:
            lock(connection, self.workspace, self._counter)
            before = self._many(connection, [name], deleted=False).get(name)
            if before is None:
                return False
            row = self._columns(before) | {"workspace": self.workspace, "attributes": {}}
            revision = bump(connection, self.workspace, self._counter)
            row |= {"revision": revision, "updated_s": self.clock.now_s(), "deleted": True}
            upsert(connection, self._table, [row], ["workspace", self._id])
            return True

    def changed_since(self, revision: int) -> tuple[list[R], int]:
        """What has changed after a revision, with markers for what was deleted.

        Args:
            revision: What the caller has seen; 0 for everything. One from the future (the store
                was restored from a backup since) counts as 0.

        Returns:
            Records in the order of their changes, and the revision to ask with next time.
        """
        columns = self._table.c
        with self.database.snapshot() as connection:
            counter = sa.select(revisions.c[self._counter]).where(
                revisions.c.workspace == self.workspace
            )
            now = int(connection.execute(counter).scalar() or 0)
            query = (
                sa.select(self._table)
                .where(columns.workspace == self.workspace)
                .where(columns.revision > (revision if revision <= now else 0))
                .order_by(columns.revision, columns[self._id])
            )
            return [self._record(row) for row in connection.execute(query)], now

    def frame(self) -> pl.DataFrame:
        """All records as a table, for fitting.

        Returns:
            The id, any column of the table (``hidden``), and one column per attribute; texts,
            numbers and booleans as such, lists of text as lists, anything else as JSON.
        """
        with self.database.snapshot() as connection:
            records = list(self._scan(connection, None, None, 5_000))
        return frame_of([(self._columns(one), one.attributes) for one in records], self._id)

    def count(self) -> int:
        """How many records there are.

        Returns:
            The number, without deleted ones.
        """
        query = sa.select(sa.func.count()).select_from(self._table).where(*self._mine())
        with self.database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def _mine(self, *, deleted: bool = False) -> list[Any]:
        mine: list[Any] = [self._table.c.workspace == self.workspace]
        return mine if deleted else [*mine, self._table.c.deleted.is_(False)]

    def checked(self, record: R) -> dict[str, Any]:
        """Columns of a record, if it can be kept; needs no database.

        Args:
            record: The record.

        Returns:
            Values by column, without revision and time.

        Raises:
            InputError: If its id or an attribute cannot be kept.
            LimitError: If one is too large.
        """
        columns = self._columns(record)
        checked_id(columns[self._id], f"{self._what} id")
        if not isinstance(record.attributes, Mapping):
            raise InputError(f"{self._what} attributes are values by name", got=record.attributes)
        attributes = checked_json(record.attributes, f"{self._what}'s attributes")
        return columns | {"workspace": self.workspace, "attributes": attributes}

    def _differs(self, before: R, row: Mapping[str, Any]) -> bool:
        if any(row[name] != value for name, value in self._columns(before).items()):
            return True
        return canonical(before.attributes) != canonical(row["attributes"])

    def _many(
        self, connection: sa.Connection, names: Iterable[str], *, deleted: bool
    ) -> dict[str, R]:
        column = self._table.c[self._id]
        found: dict[str, R] = {}
        for some in chunks(names):
            query = sa.select(self._table).where(*self._mine(deleted=deleted), column.in_(some))
            for row in connection.execute(query):
                found[row._mapping[self._id]] = self._record(row)
        return found

    def _scan(
        self, connection: sa.Connection, after: str | None, search: str | None, size: int
    ) -> Iterator[R]:
        for row in scan(connection, self._table, self._id, self._mine(), after, search, size):
            yield self._record(row)
