"""One table of events, in the columns everything after it relies on."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from foretaste.core import Role
from foretaste.core.errors import DataError
from foretaste.data.guess import MISSING, find_columns, shape_table, to_seconds
from foretaste.data.guess.frames import as_ids
from foretaste.data.guess.names import AMOUNTS, plain
from foretaste.data.report import Origin, ReportBuilder
from foretaste.data.signals import kind_name

__all__ = ["attribute_table", "event_table"]


def _coded(column: pl.Series, name: str, origin: Origin, report: ReportBuilder) -> pl.Series:
    """Ids as an enumeration: four bytes an event, and only distinct ids are looked at."""
    if column.dtype.is_numeric():
        report.fact(
            "id type",
            f"{name} comes as numbers ({column.dtype}); ids are text from here on, so 1 is '1'",
            where=origin.name,
            value=str(column.dtype),
        )
    distinct = column.drop_nulls().unique(maintain_order=True)
    clean = as_ids(distinct, name)
    names = clean.drop_nulls().unique(maintain_order=True)
    if column.dtype == pl.String and len(names) == len(distinct) and clean.equals(distinct):
        return column.cast(pl.Enum(names)).alias(name)
    return column.replace_strict(distinct, clean.cast(pl.Enum(names)), default=None).alias(name)


def event_table(
    frame: pl.DataFrame,
    columns: Mapping[str, str] | None,
    origin: Origin,
    kinds: list[str],
    report: ReportBuilder,
    kind: str | None = None,
) -> pl.DataFrame:
    """Bring events into ``user_id, item_id, kind, value, time_s``, words and context.

    Args:
        frame: The events as they came.
        columns: Part to column, where the name does not say.
        origin: Where they came from.
        kinds: Names of kinds so far; new ones are appended.
        report: Told what was guessed.
        kind: Kind of all events if no column says it.

    Returns:
        The events; ``kind`` counts through ``kinds``, ids are enumerations of their own names.

    Raises:
        DataError: If a column is missing, or a value or time cannot be read.
    """
    found = find_columns(frame.columns, "interactions", columns, origin.name)
    report.guess(
        "columns",
        ", ".join(f"{part} = {name}" for part, name in found.items()),
        where=origin.name,
        value=dict(found),
        remedy='Override with columns={"part": "column"}',
    )
    parts = [_coded(frame[found[part]], part, origin, report) for part in ("user_id", "item_id")]
    value_part = "rating" if "rating" in found else "value"
    values = _values(frame, found.get(value_part), origin)
    rated = values is not None and _is_rating(found, value_part, values)
    parts.append(_kinds(frame, found, kinds, kind or ("rate" if rated else "interaction")))
    if values is None:
        values = pl.repeat(None, len(frame), dtype=pl.Float32, eager=True)
    parts.append(values.alias("value"))
    if "timestamp" in found:
        times = to_seconds(frame[found["timestamp"]], origin, report)
        if times.null_count():
            report.warn(
                "times",
                f"{times.null_count():,} events have no time and sort first",
                where=origin.name,
                count=times.null_count(),
            )
    else:
        times = pl.repeat(None, len(frame), dtype=pl.Float64, eager=True)
    parts.append(times.alias("time_s"))
    if "words" in found:
        parts.append(frame[found["words"]].cast(pl.String).alias("words"))
    used = set(found.values())
    parts += [_context(frame[name]) for name in frame.columns if name not in used]
    table = pl.DataFrame(parts)
    return _without_blank_people(table, origin, report)


def _without_blank_people(
    table: pl.DataFrame, origin: Origin, report: ReportBuilder
) -> pl.DataFrame:
    blank = table["user_id"].null_count()
    if blank == 0:
        return table
    if blank == len(table):
        raise DataError("no event says who it is of", where=origin.name, expected="user ids")
    report.warn(
        "ids",
        f"{blank:,} events without a person are left out",
        where=origin.name,
        count=blank,
        remedy="Give each visitor an id, for example the session's",
    )
    return table.filter(pl.col("user_id").is_not_null())


def _is_rating(found: Mapping[str, str], part: str, values: pl.Series) -> bool:
    if part == "rating":
        return True
    if plain(found[part]) in AMOUNTS or "type" in found:
        return False
    levels = values.drop_nulls().unique()
    return 2 <= len(levels) <= 21


def _values(frame: pl.DataFrame, name: str | None, origin: Origin) -> pl.Series | None:
    if name is None:
        return None
    column = frame[name]
    if column.dtype == pl.String:
        text = column.str.strip_chars()
        text = text.set(text.is_in(MISSING), None)
        numbers = text.cast(pl.Float32, strict=False)
        if numbers.null_count() > text.null_count():
            numbers = text.str.replace(",", ".", literal=True).cast(pl.Float32, strict=False)
        bad = (numbers.is_null() & text.is_not_null()).arg_true()
    elif column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null):
        numbers = column.cast(pl.Float32)
        bad = pl.Series([], dtype=pl.UInt32)
    else:
        raise DataError(f"{name} is no number", where=origin.name, got=str(column.dtype))
    if len(bad) == 0:
        bad = (~numbers.is_finite()).arg_true()
    if len(bad):
        row = int(bad[0])
        raise DataError(
            f"{name} is not a finite number",
            where=origin.at(row),
            got=repr(column[row]),
            remedy="Correct the cell, or empty it if there is no value",
        )
    return numbers


def _kinds(
    frame: pl.DataFrame, found: Mapping[str, str], kinds: list[str], default: str
) -> pl.Series:
    if "type" not in found:
        return pl.repeat(_code(kinds, default), len(frame), dtype=pl.UInt8, eager=True).alias(
            "kind"
        )
    raw = frame[found["type"]].cast(pl.String).fill_null(default)
    names = raw.unique(maintain_order=True).to_list()
    if len(names) > 100:
        raise DataError(
            f"the column {found['type']!r} holds {len(names)} kinds of event",
            expected="at most 100",
            remedy="Name another column as type",
        )
    codes = {name: _code(kinds, kind_name(name)) for name in names}
    return raw.replace_strict(codes, return_dtype=pl.UInt8).alias("kind")


def _code(kinds: list[str], name: str) -> int:
    if name not in kinds:
        kinds.append(name)
    return kinds.index(name)


def _context(column: pl.Series) -> pl.Series:
    if column.dtype != pl.String:
        return column
    text = column.set(column.is_in(MISSING), None)
    numbers = text.cast(pl.Float64, strict=False)
    coded = bool(text.str.contains(r"^0\d").any())
    return text if coded or numbers.null_count() > text.null_count() else numbers


def attribute_table(
    table: pl.DataFrame,
    what: str,
    columns: Mapping[str, str] | None,
    origin: Origin,
    roles: Mapping[str, Role],
    report: ReportBuilder,
) -> tuple[pl.DataFrame, dict[str, Role]]:
    """Bring attributes of items or people into their types, one row per id.

    Args:
        table: The attributes as they came.
        what: ``"items"`` or ``"people"``.
        columns: Part to column, where the name does not say.
        origin: Where they came from.
        roles: Roles the caller states.
        report: Told what was guessed and left out.

    Returns:
        The table with ``item_id`` or ``user_id``, and the roles of its attributes.

    Raises:
        DataError: If there is no id column, or a cell cannot be read.
    """
    found = find_columns(table.columns, what, columns, origin.name)
    key = "item_id" if what == "items" else "user_id"
    for part in ("available_from", "available_until"):
        if part in found:
            seconds = to_seconds(table[found[part]], origin, report)
            table = table.with_columns(seconds.alias(f"{part}_s"))
            table = table.drop(found[part]) if found[part] != f"{part}_s" else table
    table = table.rename({found[key]: key} if found[key] != key else {})
    table = table.with_columns(as_ids(table[key], key))
    # Attributes are typed before rows are dropped, so that errors name the right line.
    table, shaped = shape_table(table, origin, report, id_column=key, given=roles)
    empty = int(table[key].null_count())
    if empty:
        report.warn(
            "ids", f"{empty} rows without {key} are left out", where=origin.name, count=empty
        )
        table = table.filter(pl.col(key).is_not_null())
    doubled = len(table) - table[key].n_unique()
    if doubled:
        report.warn(
            "duplicates",
            f"{doubled} rows repeat an id; the first is kept",
            where=origin.name,
            count=doubled,
        )
        table = table.unique(subset=[key], keep="first", maintain_order=True)
    return table, shaped
