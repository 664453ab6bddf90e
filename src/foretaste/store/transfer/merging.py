"""How rows of a file join the rows of a workspace: the event log, impressions, the audit log."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from foretaste.core.errors import DataError, InputError
from foretaste.store.events.rows import EVENT_TYPES, READ_COLUMNS, event_key, event_row, kept_event
from foretaste.store.records import AuditEntry
from foretaste.store.schema import audit
from foretaste.store.space import Space
from foretaste.store.tables.base import canonical, chunks
from foretaste.store.text import from_db, from_json, to_db
from foretaste.store.transfer.columns import Column
from foretaste.store.writer import Inserter, lock_log

if TYPE_CHECKING:
    import polars as pl

__all__ = ["AuditMerge", "EventMerge", "ImpressionMerge", "Merge", "values_of"]


class Merge(ABC):
    """One table of one import.

    Args:
        space: Where to.
        columns: Columns of the file, in order.
    """

    def __init__(self, space: Space, columns: Sequence[Column]) -> None:
        self.space = space
        self.columns = columns

    @abstractmethod
    def check(self, frame: pl.DataFrame) -> None:
        """Refuse rows that could not be written; writes nothing.

        Args:
            frame: Rows of a file, typed.

        Raises:
            InputError: If one cannot be kept.
        """

    @abstractmethod
    def write(self, connection: sa.Connection, frame: pl.DataFrame) -> int:
        """Write rows; those that are there already change nothing.

        Args:
            connection: In a transaction.
            frame: Rows that were checked.

        Returns:
            How many were new or changed something.
        """


def values_of(frame: pl.DataFrame, columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    """Rows as values by name, as the tables speak of them.

    Args:
        frame: Rows of a file.
        columns: What they are.

    Yields:
        Each row, with texts as they were meant and JSON read.

    Raises:
        DataError: If something that should be JSON is not.
    """
    for row in frame.iter_rows():
        values = {}
        for column, cell in zip(columns, row, strict=True):
            if cell is not None and column.kind == "text":
                cell = from_db(cell)
            elif cell is not None and column.kind == "json":
                cell = _json(cell, column.name)
            values[column.name] = cell
        yield values


def _json(text: str, name: str) -> Any:
    try:
        return from_json(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name} is no JSON", got=text, expected=str(error)) from None


def _mapping(text: str | None, name: str) -> dict[str, Any]:
    value = {} if text is None else _json(text, name)
    if not isinstance(value, dict):
        raise DataError(f"{name} is no JSON object", got=text)
    return value


class EventMerge(Merge):
    """Events: one whose key is there is not kept again.

    Args:
        space: Where to.
        columns: Columns of the file, in order.
    """

    def __init__(self, space: Space, columns: Sequence[Column]) -> None:
        super().__init__(space, columns)
        self.keeps_positions = False
        self._last = 0

    def check(self, frame: pl.DataFrame) -> None:
        """See :class:`Merge`; positions must grow, as readers follow them."""
        positions = frame["position"]
        if len(frame) and (
            int(positions[0]) <= self._last or not (positions.diff().drop_nulls() > 0).all()
        ):
            raise DataError("positions do not grow from row to row")
        self._last = int(positions[-1]) if len(frame) else self._last
        for text in frame["context"].drop_nulls().unique():
            _mapping(text, "context")
        if (frame["kind"] == "").any():
            raise DataError("an event is of no kind")

    def write(self, connection: sa.Connection, frame: pl.DataFrame) -> int:
        """See :class:`Merge`."""
        workspace = to_db(self.space.workspace)
        lock_log(self.space.store.database, connection, [workspace])
        if _plain(frame) and _keys_are_ours(frame):
            names = [*(["position"] if self.keeps_positions else []), *EVENT_TYPES]
            rows = frame.select(names).rows()
        else:
            kept = [kept_event(row) for row in frame.select(_READ).rows()]
            rows = [event_row(one.event, one.kept_s) for one in kept]
            if self.keeps_positions:
                rows = [(one.position, *row) for one, row in zip(kept, rows, strict=True)]
        types = {"position": "bigint"} if self.keeps_positions else {}
        return _insert(connection, "events", types | EVENT_TYPES, "event_key", workspace, rows)


_READ = READ_COLUMNS.split(", ")


def _plain(frame: pl.DataFrame) -> bool:
    """Whether no text has characters that databases cannot hold."""
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return not any(
        frame[name].str.contains(mark, literal=True).any()
        for name in texts
        for mark in ("\x00", "\x1a")
    )


def _keys_are_ours(frame: pl.DataFrame) -> bool:
    """Whether the keys in the file are made as we make them: looked at in every hundredth row."""
    some = frame.gather_every(100)
    keys = [event_key(kept_event(row).event) for row in some.select(_READ).rows()]
    return keys == some["event_key"].to_list()


_IMPRESSION = {
    "answer_id": "text", "user_id": "text", "time_s": "float8", "source": "text",
    "bundle_digest": "text", "body": "text",
}  # fmt: skip


class ImpressionMerge(Merge):
    """Impressions: one whose answer is there is not kept again."""

    def check(self, frame: pl.DataFrame) -> None:
        """See :class:`Merge`."""
        for text in frame["body"]:
            body = _mapping(text, "body")
            for name, kind in (("items", list), ("propensities", list), ("explored", list),
                               ("features", dict), ("arms", dict)):  # fmt: skip
                if not isinstance(body.get(name, kind()), kind):
                    raise DataError(f"{name} of an impression is no {kind.__name__}", got=text)

    def write(self, connection: sa.Connection, frame: pl.DataFrame) -> int:
        """See :class:`Merge`."""
        rows = [
            tuple(to_db(from_db(cell)) if isinstance(cell, str) else cell for cell in row)
            for row in frame.select(list(_IMPRESSION)).rows()
        ]
        workspace = to_db(self.space.workspace)
        return _insert(connection, "impressions", _IMPRESSION, "answer_id", workspace, rows)


def _insert(
    connection: sa.Connection,
    table: str,
    types: Mapping[str, str],
    key: str,
    workspace: str,
    rows: Sequence[Sequence[Any]],
) -> int:
    """Insert rows that are not there yet, many at a time; how many that were."""
    raw: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        # Unlike the log's own inserter this one is in no hurry and may let others run between
        # rows; so it is three times cheaper in large transactions.
        names = ", ".join(("workspace", *types))
        marks = ", ".join("?" for _ in range(len(types) + 1))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        return int(raw.executemany(statement, ((workspace, *row) for row in rows)).rowcount)
    inserter, new = Inserter(connection.dialect.name, table, types, key), 0
    for some in chunks(rows, 2_000):
        keys = inserter.insert(raw, workspace, some)().keys
        new += len(some) if keys is None else len(keys)
    return new


class AuditMerge(Merge):
    """Audit entries have no key: as many of each as the file has, no more.

    Args:
        space: Where to.
        columns: Columns of the file, in order.
    """

    def __init__(self, space: Space, columns: Sequence[Column]) -> None:
        super().__init__(space, columns)
        self._there: Counter[str] | None = None

    def check(self, frame: pl.DataFrame) -> None:
        """See :class:`Merge`."""
        for row in values_of(frame, self.columns):
            self.space.audit.checked(AuditEntry(**row))

    def write(self, connection: sa.Connection, frame: pl.DataFrame) -> int:
        """See :class:`Merge`."""
        if self._there is None:
            mine = sa.select(*(audit.c[one.name] for one in self.columns)).where(
                audit.c.workspace == self.space.workspace
            )
            self._there = Counter(_name(row._mapping) for row in connection.execute(mine))
        rows = []
        for row in values_of(frame, self.columns):
            name = _name(row)
            if self._there[name] > 0:
                self._there[name] -= 1
            else:
                rows.append(row | {"workspace": self.space.workspace})
        if rows:
            connection.execute(sa.insert(audit), rows)
        return len(rows)


def _name(row: Any) -> str:
    return canonical([row["time_s"], row["actor"], row["action"], row["subject"], row["details"]])


def in_row(error: InputError, where: str) -> DataError:
    """An error of a row as one of the file it is in.

    Args:
        error: What was raised.
        where: The file.

    Returns:
        The error to raise.
    """
    place = f"{where}: {error.where}" if error.where else where
    return DataError(
        error.problem, expected=error.expected, got=error.got, where=place, remedy=error.remedy
    )
