"""Any column of times to seconds since 1970 UTC."""

from __future__ import annotations

import numpy as np
import polars as pl

from foretaste.core.errors import DataError
from foretaste.data.report import Origin, ReportBuilder

__all__ = ["MISSING", "to_seconds"]

MISSING = ("", "null", "NULL", "None", "NA", "N/A", "NaT", "\\N", "-")
"""Texts that mean "no value" in a cell."""

_UNITS = ((1e17, "ns", 1e9), (1e14, "us", 1e6), (1e11, "ms", 1e3), (0.0, "s", 1.0))
"""Sizes from which a number is taken for that unit: 1e11 s is the year 5138, 1e11 ms 1973."""

_END_S = 9e12
"""No time is further from 1970: microseconds would not fit 64 bits (the year 287,000)."""

_FORMATS = (
    "%+", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%d %H:%M:%S%.f %Z",
    "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%Y/%m/%d", "%Y.%m.%d", "%m %d, %Y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y",
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%Y年%m月%d日", "%Y",
)  # fmt: skip


def to_seconds(
    column: pl.Series, origin: Origin, report: ReportBuilder, *, day_first: bool = True
) -> pl.Series:
    """Turn a column of times into seconds since 1970 UTC.

    Numbers are seconds, milliseconds, microseconds or nanoseconds by the size of their
    median; text is ISO 8601 or one of some twenty other forms; text without a zone is UTC.

    Args:
        column: Numbers, text, dates or date-times.
        origin: Where it came from.
        report: Told what was guessed.
        day_first: Whether ``03/04/2020`` is the third of April, when every cell allows both.

    Returns:
        float64, null where there is no time.

    Raises:
        DataError: If a text is no time.
    """
    kind = column.dtype
    if kind == pl.Null:
        return column.cast(pl.Float64)
    if kind.is_temporal():
        report.fact("time unit", f"{column.name} holds {kind}", where=origin.name, value=str(kind))
        return column.cast(pl.Datetime("us")).dt.epoch("us").cast(pl.Float64) / 1e6
    if kind.is_numeric():
        return _from_numbers(column.cast(pl.Float64), origin, report)
    text = column.cast(pl.String).str.strip_chars()
    text = text.set(text.is_in(MISSING), None)
    numbers = text.cast(pl.Float64, strict=False)
    if numbers.null_count() == text.null_count() and not _years(text):
        return _from_numbers(numbers, origin, report)
    return _from_text(text, origin, report, day_first)


def _years(text: pl.Series) -> bool:
    found = text.drop_nulls().head(1000)
    return len(found) > 0 and bool(found.str.contains(r"^(18|19|20)\d\d$").all())


def _from_numbers(column: pl.Series, origin: Origin, report: ReportBuilder) -> pl.Series:
    column = column.fill_nan(None)
    if column.null_count() == len(column):
        return column
    known = column.drop_nulls()
    size = float(np.median(known.gather_every(1 + len(known) // 1_000_000).abs().to_numpy()))
    unit, per_second = next((name, scale) for least, name, scale in _UNITS if size >= least)
    seconds = column / per_second if per_second != 1 else column
    strange = (seconds.abs() > _END_S).arg_true()
    if len(strange):
        raise DataError(
            f"{column.name} is not a time in {unit}",
            where=origin.at(int(strange[0])),
            expected=f"{unit} since 1970",
            got=str(column[int(strange[0])]),
            remedy="Correct the cell, or empty it if the time is unknown",
        )
    first, last = np.nanmin(seconds.to_numpy()), np.nanmax(seconds.to_numpy())
    if last < 1e7:
        report.warn(
            "time unit",
            f"{column.name} holds small numbers ({first:g} to {last:g}): only their order is used",
            where=origin.name,
            value="order",
        )
    else:
        report.guess("time unit", f"{column.name} is in {unit}", where=origin.name, value=unit)
    return seconds


def _from_text(
    text: pl.Series, origin: Origin, report: ReportBuilder, day_first: bool
) -> pl.Series:
    known = text.is_not_null()
    forms = list(_FORMATS)
    if not day_first:
        forms.sort(key=lambda form: form.startswith("%d/"))
    rest, seconds, used = text, pl.repeat(None, len(text), dtype=pl.Float64, eager=True), []
    for form in forms:
        zone = "UTC" if form == "%+" or "%:z" in form else None
        whole = "%H" in form or form == "%+"
        if form == "%Y":
            parsed = (rest + "-01-01").str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
        elif whole:
            parsed = rest.str.to_datetime(form, strict=False, time_unit="us", time_zone=zone)
        else:
            parsed = rest.str.to_date(form, strict=False).cast(pl.Datetime("us"))
        if parsed.null_count() == len(parsed):
            continue
        used.append(form)
        here = parsed.dt.epoch("us").cast(pl.Float64) / 1e6
        seconds = here.zip_with(here.is_not_null(), seconds)
        rest = rest.set(parsed.is_not_null(), None)
        if rest.null_count() == len(rest):
            break
    bad = (known & seconds.is_null()).arg_true()
    if len(bad):
        raise DataError(
            f"{text.name} is not a time",
            where=origin.at(int(bad[0])),
            expected="seconds or milliseconds since 1970, or text such as 2024-05-01T12:00:00Z",
            got=repr(text[int(bad[0])]),
            remedy="Correct the cell, or empty it if the time is unknown",
        )
    report.guess(
        "time unit",
        f"{text.name} is text in the form {' and '.join(used)}, read as UTC",
        where=origin.name,
        value=used,
    )
    return seconds
