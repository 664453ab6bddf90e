"""Rows of a table in large pieces, and as typed tables, the same from both databases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson
import sqlalchemy as sa

from foretaste.store.engine import Database
from foretaste.store.schema import Json

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Column", "RowDigest", "batches", "columns_of", "frame_of", "key_of", "schema_of"]

Kind = Literal["text", "json", "number", "count", "flag"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: Its name.
        kind: What it holds.
        null: Whether it may be empty.
    """

    name: str
    kind: Kind
    null: bool


def columns_of(table: sa.Table) -> tuple[Column, ...]:
    """The columns of a table.

    Args:
        table: The table.

    Returns:
        In order.
    """
    return tuple(Column(str(one.name), _kind(one), bool(one.nullable)) for one in table.columns)


def key_of(table: sa.Table) -> tuple[str, ...]:
    """The columns that order a table.

    Args:
        table: The table.

    Returns:
        Names of its primary key.
    """
    return tuple(str(column.name) for column in table.primary_key)


def _kind(column: sa.Column[Any]) -> Kind:
    if isinstance(column.type, Json):
        return "json"
    if isinstance(column.type, sa.Boolean):
        return "flag"
    if isinstance(column.type, sa.Integer):
        return "count"
    return "number" if isinstance(column.type, sa.Double | sa.Float) else "text"


def schema_of(columns: Sequence[Column]) -> dict[str, Any]:
    """Polars types.

    Args:
        columns: The columns.

    Returns:
        Types by name.
    """
    import polars as pl

    types = {"number": pl.Float64, "count": pl.Int64, "flag": pl.Boolean}
    return {column.name: types.get(column.kind, pl.String) for column in columns}


def frame_of(rows: Sequence[Sequence[Any]], columns: Sequence[Column]) -> pl.DataFrame:
    """Rows as a table.

    Args:
        rows: Values as the driver gives them; SQLite has 0 and 1 for booleans.
        columns: What they are.

    Returns:
        The table.
    """
    import polars as pl

    schema = schema_of(columns)
    values = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    series = []
    for column, cells in zip(columns, values, strict=True):
        if column.kind == "flag":
            cells = tuple(None if cell is None else bool(cell) for cell in cells)
        series.append(pl.Series(column.name, cells, schema[column.name]))
    return pl.DataFrame(series)


def batches(
    database: Database,
    connection: sa.Connection,
    table: sa.Table,
    columns: Sequence[Column],
    size: int,
    where: Sequence[tuple[str, Any]] = (),
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in the order of their key, each piece a statement of its own.

    Args:
        database: For its mark of parameters.
        connection: In a snapshot, so that all pieces are of one moment.
        table: Which table.
        columns: Which columns.
        size: Rows of a piece.
        where: Conditions with one ``?`` each, and their values as the driver wants them.

    Yields:
        Rows as the driver gives them.
    """
    raw: Any = connection.connection.dbapi_connection
    keys = key_of(table)
    order = ", ".join(keys)
    names = ", ".join([*(column.name for column in columns), order])
    conditions = [condition for condition, _ in where]
    values = [value for _, value in where]
    after = f"({order}) > ({', '.join('?' for _ in keys)})"
    last: list[Any] = []
    while True:
        all_of = " AND ".join([*conditions, after] if last else conditions)
        filtered = f" WHERE {all_of}" if all_of else ""
        statement = f"SELECT {names} FROM {table.name}{filtered} ORDER BY {order} LIMIT ?"
        rows = raw.execute(database.sql(statement), [*values, *last, size]).fetchall()
        if rows:
            yield [row[: len(columns)] for row in rows]
        if len(rows) < size:
            return
        last = list(rows[-1][len(columns) :])


class RowDigest:
    """Digest of rows in order, the same for the same rows from any database and file.

    Args:
        names: Their columns.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._running = hashlib.sha256(orjson.dumps(list(names)))

    def add(self, frame: pl.DataFrame) -> None:
        """Go on with more rows.

        Args:
            frame: The rows, typed.
        """
        lines = [orjson.dumps(row) for row in frame.iter_rows()]
        if lines:
            self._running.update(b"\n" + b"\n".join(lines))

    def hex(self) -> str:
        """The digest so far.

        Returns:
            Sixty-four hexadecimal characters.
        """
        return self._running.hexdigest()
