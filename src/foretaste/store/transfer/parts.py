"""One file of rows: Parquet, or one JSON object per line."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from foretaste.core.errors import DataError
from foretaste.store.text import from_json, to_json
from foretaste.store.transfer.columns import Column, frame_of, schema_of
from foretaste.store.transfer.manifest import Format

if TYPE_CHECKING:
    import polars as pl

__all__ = ["read_parquet", "read_part", "write_part"]


def write_part(frame: pl.DataFrame, columns: Sequence[Column], format: Format) -> bytes:
    """Rows as a file.

    Args:
        frame: The rows; JSON as text.
        columns: What they are.
        format: ``parquet`` (JSON stays text) or ``jsonl`` (JSON is part of the line).

    Returns:
        The file.
    """
    if format == "parquet":
        file = io.BytesIO()
        frame.write_parquet(file, compression="zstd", compression_level=1)
        return file.getvalue()
    names = [column.name for column in columns]
    inside = [at for at, column in enumerate(columns) if column.kind == "json"]
    lines = []
    for row in frame.iter_rows():
        cells = list(row)
        for at in inside:
            if cells[at] is not None:
                cells[at] = orjson.Fragment(cells[at])
        lines.append(orjson.dumps(dict(zip(names, cells, strict=True))))
    return b"".join(line + b"\n" for line in lines)


def read_part(data: bytes, columns: Sequence[Column], format: Format, where: str) -> pl.DataFrame:
    """A file as rows, if it holds these columns and nothing else.

    Args:
        data: The file.
        columns: What is expected.
        format: Its format.
        where: Its name, for messages.

    Returns:
        The rows, typed; JSON as text.

    Raises:
        DataError: If it cannot be read, or a column is missing, unknown or of the wrong type.
    """
    frame = read_parquet(data, where) if format == "parquet" else _lines(data, columns, where)
    wanted = schema_of(columns)
    if dict(frame.schema) != wanted:
        missing = [name for name in wanted if name not in frame.columns]
        unknown = [name for name in frame.columns if name not in wanted]
        raise DataError(
            "the columns are not those of this table",
            expected=", ".join(f"{name} {kind}" for name, kind in wanted.items()),
            got=f"missing {missing}, unknown {unknown}" if missing or unknown
            else str(dict(frame.schema)),
            where=where,
        )  # fmt: skip
    for column in columns:
        if not column.null and frame[column.name].null_count():
            raise DataError(f"{column.name} is empty in some row", where=where)
        if column.kind == "number" and not frame[column.name].drop_nulls().is_finite().all():
            raise DataError(f"{column.name} is not finite in some row", where=where)
    return frame


def read_parquet(data: bytes, where: str) -> pl.DataFrame:
    """A Parquet file as rows, whatever its columns are.

    Args:
        data: The file.
        where: Its name, for messages.

    Returns:
        The rows.

    Raises:
        DataError: If it cannot be read.
    """
    import polars as pl

    try:
        return pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise DataError(
            "this file cannot be read as Parquet", got=str(error), where=where
        ) from None


def _lines(data: bytes, columns: Sequence[Column], where: str) -> pl.DataFrame:
    rows = []
    for number, line in enumerate(data.splitlines(), 1):
        place = f"{where}, line {number}"
        try:
            value = from_json(line)
        except (ValueError, RecursionError) as error:
            raise DataError("this line is no JSON", got=str(error), where=place) from None
        if not isinstance(value, dict) or len(value) != len(columns):
            raise DataError(
                "this line has not the columns of the table",
                expected=", ".join(column.name for column in columns),
                got=", ".join(value) if isinstance(value, dict) else value,
                where=place,
            )
        rows.append([_cell(value, column, place) for column in columns])
    return frame_of(rows, columns)


_KINDS: dict[str, tuple[type, ...]] = {
    "text": (str,), "number": (float, int), "count": (int,), "flag": (bool,),
}  # fmt: skip


def _cell(values: dict[str, Any], column: Column, where: str) -> Any:
    if column.name not in values:
        raise DataError(f"{column.name} is missing", where=where)
    value = values[column.name]
    if value is None:
        return None
    if column.kind == "json":
        return to_json(value)
    wrong = not isinstance(value, _KINDS[column.kind]) or (
        isinstance(value, bool) and column.kind != "flag"
    )
    if wrong or (column.kind == "count" and not -(2**63) <= value < 2**63):
        raise DataError(f"{column.name} is no {column.kind}", got=repr(value), where=where)
    if column.kind == "text" and any("\ud800" <= one <= "\udfff" for one in value):
        raise DataError(f"{column.name} holds a lone surrogate", got=repr(value), where=where)
    if column.kind == "number":
        if (isinstance(value, int) and abs(value) > 2**1000) or not math.isfinite(value):
            raise DataError(f"{column.name} is not finite", where=where)
        return float(value)
    return value
