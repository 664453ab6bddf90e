"""One file to one table: delimited text, Parquet or JSON lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import polars as pl

from foretaste.core.errors import DataError, LimitError
from foretaste.data.guess import Shape, find_columns, guess_shape
from foretaste.data.readers.source import ReadLimits, ReadOptions, Source
from foretaste.data.report import Origin, ReportBuilder

__all__ = ["is_json_lines", "read_delimited", "read_table"]

_LONE = "\x1f"


def is_json_lines(source: Source) -> bool:
    """Whether a file holds one JSON object per line.

    Args:
        source: The file.

    Returns:
        ``True`` if its first character opens an object.
    """
    return source.head(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read_table(
    source: Source,
    options: ReadOptions,
    report: ReportBuilder,
    names: Sequence[str] | None = None,
) -> tuple[pl.DataFrame, Origin]:
    """Read a table of whatever form.

    Args:
        source: The file.
        options: What the caller states.
        report: Told what was guessed.
        names: Column names for text files that are known to have no header.

    Returns:
        The table (text columns where the form has no types) and where it came from.

    Raises:
        DataError: If it cannot be parsed.
        LimitError: If a cell is too long.
    """
    if source.head(4) == b"PAR1":
        table, origin = _parquet(source), Origin(source.name)
        report.fact("format", "Parquet", where=source.name, value="parquet")
    elif is_json_lines(source):
        table, origin = _json_lines(source, options), Origin(source.name, 1)
        report.fact("format", "JSON lines", where=source.name, value="jsonl")
    elif ".json" in source.name.lower():
        raise DataError(
            "this is no JSON of lines",
            where=source.name,
            expected="one JSON object per line",
            got=source.head(64).decode("utf-8", "replace"),
        )
    else:
        table, origin = read_delimited(source, options, report, names)
    _check_cells(table, options.limits, origin)
    return table, origin


def _parquet(source: Source) -> pl.DataFrame:
    try:
        return pl.read_parquet(source.path if source.data is None else io.BytesIO(source.data))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"the Parquet file is broken ({error})", where=source.name) from None


def _json_lines(source: Source, options: ReadOptions) -> pl.DataFrame:
    raw = source.path if source.data is None else io.BytesIO(source.data)
    try:
        return pl.read_ndjson(raw, infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError):
        return _json_lines_slowly(source)


def _json_lines_slowly(source: Source) -> pl.DataFrame:
    """Line by line, to name the broken one, or for columns of mixed types."""
    import json

    rows = []
    for number, line in enumerate(source.lines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"this is no JSON ({error})",
                where=f"{source.name} line {number}",
                expected="one JSON object per line",
                got=line[:80],
            ) from None
        if not isinstance(row, dict):
            raise DataError(
                "this is no JSON object", where=f"{source.name} line {number}", got=line[:80]
            )
        rows.append({key: _flat(value) for key, value in row.items()})
    return pl.DataFrame(rows, infer_schema_length=None, strict=False)


def _flat(value: object) -> object:
    """Keep text and lists of text; write everything else as text, so that types agree."""
    import json

    if isinstance(value, list):
        return [item if isinstance(item, str) else json.dumps(item) for item in value]
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def read_delimited(
    source: Source,
    options: ReadOptions,
    report: ReportBuilder,
    names: Sequence[str] | None = None,
) -> tuple[pl.DataFrame, Origin]:
    """Read delimited text; ids stay text, obvious ratings and times are read as numbers.

    Args:
        source: The file.
        options: What the caller states.
        report: Told delimiter and header.
        names: Column names if the file is known to have no header.

    Returns:
        The table and where it came from.

    Raises:
        DataError: If rows differ in length or there is one column only.
    """
    shape = guess_shape(source.sample(), source.name, options.delimiter)
    if names is not None:
        columns = [*names, *(f"column_{n + 1}" for n in range(len(names), len(shape.columns)))]
        shape = Shape(shape.delimiter, False, tuple(columns), shape.quoted)
    else:
        shape = _named(shape, source, options, report)
    note = report.fact if options.delimiter else report.guess
    note(
        "delimiter",
        f"{shape.delimiter!r}, {'with' if shape.header else 'without'} header",
        where=source.name,
        value=shape.delimiter,
        remedy='Override with delimiter="..."',
    )
    try:
        table = _parse(source, shape, _fast_types(source, shape))
    except pl.exceptions.PolarsError:
        try:
            table = _parse(source, shape, {})
        except pl.exceptions.PolarsError as error:
            raise _ragged(source, shape, error) from None
    if len(table) == 0:
        raise DataError("there is a header and no row", where=source.name, expected="data")
    return table, Origin(source.name, 2 if shape.header else 1)


def _named(shape: Shape, source: Source, options: ReadOptions, report: ReportBuilder) -> Shape:
    if shape.header:
        return shape
    names = ["user_id", "item_id", "rating", "timestamp"]
    width = len(shape.columns)
    if width == 3 and _looks_like_times(source, shape):
        names = ["user_id", "item_id", "timestamp"]
    columns = (*names[:width], *(f"column_{n + 1}" for n in range(len(names), width)))
    report.guess(
        "header",
        "no header line; columns taken as " + ", ".join(columns),
        where=source.name,
        value=list(columns),
        remedy="Write a header line if that is wrong",
    )
    return Shape(shape.delimiter, False, columns, shape.quoted)


def _looks_like_times(source: Source, shape: Shape) -> bool:
    cells = [line.split(shape.delimiter)[-1] for line in source.sample(1 << 14).splitlines()[:50]]
    try:
        return min(float(cell) for cell in cells if cell) > 1e8
    except ValueError:
        return False


def _fast_types(source: Source, shape: Shape) -> dict[str, pl.DataType]:
    """Numbers for the rating and time columns if the first lines are plain numbers."""
    found = find_columns(shape.columns, "interactions", None, source.name, need=False)
    rows = [line.split(shape.delimiter) for line in source.sample().splitlines()[1:500]]
    types: dict[str, pl.DataType] = {}
    for part, kind in (("rating", pl.Float32()), ("timestamp", pl.Int64())):
        place = shape.columns.index(found[part]) if part in found else None
        if place is None:
            continue
        cells = [row[place].strip() for row in rows if place < len(row)]
        if cells and all(_plain_number(cell, whole=part == "timestamp") for cell in cells):
            types[found[part]] = kind
    return types


def _plain_number(cell: str, *, whole: bool) -> bool:
    return cell.isdigit() if whole else cell.replace(".", "", 1).isdigit()


def _parse(source: Source, shape: Shape, types: dict[str, pl.DataType]) -> pl.DataFrame:
    raw: object = source.path if source.data is None else io.BytesIO(source.data)
    delimiter = shape.delimiter
    if len(delimiter) > 1:
        data = source.path.read_bytes() if source.data is None else source.data
        raw, delimiter = io.BytesIO(data.replace(delimiter.encode(), _LONE.encode())), _LONE
    return pl.read_csv(
        raw,  # type: ignore[arg-type]
        separator=delimiter,
        has_header=shape.header,
        new_columns=list(shape.columns),
        quote_char='"' if shape.quoted else None,
        infer_schema=False,
        schema_overrides=types or None,
        glob=False,
    )


def _ragged(source: Source, shape: Shape, error: Exception) -> DataError:
    width = len(shape.columns)
    if len(shape.delimiter) == 1:
        csv.field_size_limit(1 << 30)
        lines = source.lines()
        reader = (
            csv.reader(lines, delimiter=shape.delimiter)
            if shape.quoted
            else csv.reader(lines, delimiter=shape.delimiter, quoting=csv.QUOTE_NONE)
        )
        for row in reader:
            if len(row) > width:
                return DataError(
                    f"the row has {len(row)} columns",
                    where=f"{source.name} line {reader.line_num}",
                    expected=f"{width}, separated by {shape.delimiter!r}",
                    got=shape.delimiter.join(row)[:100],
                    remedy="Put quotes around cells that hold the delimiter",
                )
    return DataError(f"the table cannot be read ({str(error).splitlines()[0]})", where=source.name)


def _check_cells(table: pl.DataFrame, limits: ReadLimits, origin: Origin) -> None:
    for column in table.get_columns():
        if column.dtype != pl.String:
            continue
        lengths = column.str.len_bytes()
        row = lengths.arg_max()
        if row is not None and lengths[row] > limits.cell_bytes:
            raise LimitError(
                f"a cell of {column.name} holds {lengths[row]:,} bytes of text",
                where=origin.at(row),
                expected=f"at most {limits.cell_bytes:,}",
                remedy="Look for a missing quote or raise cell_bytes in ReadLimits",
            )
