"""What is wrong with data, found before anybody fits on it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from foretaste.core import Dataset
from foretaste.core.errors import DataError
from foretaste.data.reading import read_splits, read_with_report
from foretaste.data.report import Finding
from foretaste.data.signals import SignalSettings
from foretaste.data.splits import has_clock

__all__ = ["check"]

_FIRST_S = 0.0
_COUNTED_HERE = ("duplicates", "ids that do not join", "times")
_MOJIBAKE = r"Ã[\u0080-\u00BF©¨ª¼¶¤Ÿ]|â€[™œ\u009d“”]|Â[\u00A0-\u00BF]|ï¿½|\uFFFD"
"""UTF-8 read as Latin-1 or Windows-1252, and the mark of characters that were lost."""


def check(
    data: Dataset | str | Path | Mapping[str, Dataset], *, now_s: float | None = None
) -> list[Finding]:
    """Look for what spoils a fit or a measurement.

    Args:
        data: A dataset, a path (read here; its reading warnings are included), or the parts
            of a split by name, oldest first.
        now_s: Times after this are impossible, seconds since 1970 UTC; ``None`` is now.

    Returns:
        Findings, each with a count, examples and a remedy; empty when nothing was found.

    Raises:
        DataError: If a path cannot be read.
    """
    limit_s = time.time() if now_s is None else now_s
    if isinstance(data, Dataset):
        return list(_findings(data, limit_s))
    if isinstance(data, Mapping):
        return [
            *(finding for name, part in data.items() for finding in _findings(part, limit_s, name)),
            *_leaks(data),
        ]
    every = SignalSettings(duplicates="all")
    whole, report = read_with_report(data, signals=every)
    found = [finding for finding in report.warnings if finding.topic not in _COUNTED_HERE]
    found += _findings(whole, limit_s)
    try:
        parts = read_splits(data, signals=every)
    except DataError:
        return found  # nothing is split there, so nothing can leak between parts
    return [*found, *_leaks(parts)]


def _findings(data: Dataset, now_s: float, where: str | None = None) -> Iterator[Finding]:
    yield from _duplicates(data, where)
    yield from _times(data, now_s, where)
    if where is None or where == "train":
        yield from _unjoined(data)
        yield from _texts(data)
        yield from _constants(data)


def _duplicates(data: Dataset, where: str | None) -> Iterator[Finding]:
    table = data.interactions
    same = table.select(
        "user_row", "item_row", "kind", "value", pl.col("time_s").fill_nan(None)
    ).is_duplicated()
    extra = (
        int(same.sum())
        - table.filter(same)
        .select("user_row", "item_row", "kind", "value", "time_s")
        .unique()
        .height
    )
    if extra > 0:
        yield Finding(
            "duplicates",
            f"{extra:,} events are exact copies of another",
            "warning",
            where,
            count=extra,
            examples=_pairs(data, table.filter(same)),
            remedy="Drop copies unless they are real repetitions (plays, purchases)",
        )
    if "rate" not in data.kinds:
        return
    rated = table.filter(pl.col("kind") == data.kinds.index("rate"))
    twice = rated.filter(pl.struct("user_row", "item_row").is_duplicated())
    count = len(twice) - twice.select("user_row", "item_row").unique().height
    if count > 0:
        yield Finding(
            "duplicates",
            f"{count:,} ratings repeat a person and item",
            "warning",
            where,
            count=count,
            examples=_pairs(data, twice),
            remedy="Reading keeps the last one unless SignalSettings(duplicates='all')",
        )


def _times(data: Dataset, now_s: float, where: str | None) -> Iterator[Finding]:
    times = data.interactions["time_s"].to_numpy()
    unknown = int(np.isnan(times).sum())
    if 0 < unknown < len(times):
        yield Finding(
            "times",
            f"{unknown:,} of {len(times):,} events have no time",
            "warning",
            where,
            count=unknown,
            remedy="They count as the oldest; leave them out where order matters",
        )
    if not has_clock(data):
        return
    cases = (
        ("in the future", times > now_s, "Check the clock or the unit (milliseconds as seconds?)"),
        ("before 1970", times < _FIRST_S, "Check the unit and the form of dates"),
        ("within a day of 1970-01-01", (times >= 0) & (times < 86_400), "0 often means unknown"),
    )
    for what, bad, remedy in cases:
        count = int(bad.sum())
        if count:
            yield Finding(
                "impossible times",
                f"{count:,} events are {what}",
                "warning",
                where,
                count=count,
                examples=tuple(f"{value:.0f}" for value in times[bad][:5]),
                remedy=remedy,
            )


def _unjoined(data: Dataset) -> Iterator[Finding]:
    items = data.items.drop("item_id")
    if items.width and data.item_roles:
        blank = data.items.filter(pl.all_horizontal(pl.exclude("item_id").is_null()))
        used = blank.filter(pl.col("item_id").is_in(_used_ids(data).implode()))
        if len(used):
            yield Finding(
                "ids that do not join",
                f"{len(used):,} items met in events have no attributes at all",
                "warning",
                "items",
                count=len(used),
                examples=tuple(used["item_id"].head(5).to_list()),
                remedy="Look for ids written differently (blanks, leading zeros, case)",
            )
    if data.knowledge is not None and len(data.knowledge):
        linked = data.items["item_id"].is_in(data.knowledge["head"].implode()) | data.items[
            "item_id"
        ].is_in(data.knowledge["tail"].implode())
        share = float(linked.mean() or 0)  # type: ignore[arg-type]
        if share < 0.5:
            yield Finding(
                "ids that do not join",
                f"only {share:.0%} of the items appear in the knowledge",
                "warning",
                "knowledge",
                count=int((~linked).sum()),
                examples=tuple(data.items["item_id"].filter(~linked).head(5).to_list()),
                remedy="Heads or tails must be written exactly as item ids",
            )


def _used_ids(data: Dataset) -> pl.Series:
    rows = data.interactions["item_row"].unique().to_numpy()
    return data.items["item_id"][rows]


def _texts(data: Dataset) -> Iterator[Finding]:
    for where, table, roles in (
        ("items", data.items, data.item_roles),
        ("people", data.people, data.people_roles),
    ):
        for column in table.get_columns():
            if column.dtype != pl.String:
                continue
            bad = column.filter(column.str.contains(_MOJIBAKE).fill_null(value=False))
            if len(bad):
                yield Finding(
                    "wrong encoding",
                    f"{len(bad):,} values of {column.name} were read in a wrong encoding",
                    "warning",
                    where,
                    count=len(bad),
                    examples=tuple(text[:60] for text in bad.head(5).to_list()),
                    remedy='Read again with encoding="..." or repair the source',
                )
            if roles.get(column.name) == "title":
                empty = column.is_null() | (column.str.strip_chars() == "")
                if empty.any():
                    yield Finding(
                        "empty titles",
                        f"{int(empty.sum()):,} of {len(column):,} items have no title",
                        "warning",
                        where,
                        count=int(empty.sum()),
                        examples=tuple(table[f"{'item' if where == 'items' else 'user'}_id"]
                                       .filter(empty).head(5).to_list()),
                        remedy="Lists show the id instead",
                    )  # fmt: skip


def _constants(data: Dataset) -> Iterator[Finding]:
    for where, table in (("items", data.items), ("people", data.people)):
        for column in table.get_columns():
            if len(column) > 1 and not isinstance(column.dtype, pl.List | pl.Array):
                levels = column.n_unique()
                if levels == 1:
                    yield Finding(
                        "constant columns",
                        f"{column.name} is empty everywhere"
                        if column.null_count() == len(column)
                        else f"{column.name} has the same value everywhere",
                        "warning",
                        where,
                        count=len(column),
                        examples=(repr(column[0])[:60],),
                        remedy="It says nothing; drop it or check how it was read",
                    )


def _leaks(parts: Mapping[str, Dataset]) -> Iterator[Finding]:
    names = list(parts)
    for place, later in enumerate(names):
        for earlier in names[:place]:
            past, future = parts[earlier].interactions, parts[later].interactions
            key = ["user_row", "item_row"]
            both = future.join(past.select(key).unique(), on=key, how="semi")
            if len(both):
                yield Finding(
                    "leakage",
                    f"{len(both):,} of {len(future):,} events in {later} have the same person "
                    f"and item in {earlier}",
                    "warning",
                    f"{earlier} / {later}",
                    count=len(both),
                    examples=_pairs(parts[later], both),
                    remedy="Remove them from one part, or only measure repeated consumption",
                )
            if not (has_clock(parts[earlier]) and has_clock(parts[later])):
                continue
            start = future["time_s"].fill_nan(None).min()
            after = past.filter(pl.col("time_s") > start)
            if len(after):
                yield Finding(
                    "leakage",
                    f"{len(after):,} of {len(past):,} events in {earlier} happen after {later} "
                    "has begun",
                    "warning",
                    f"{earlier} / {later}",
                    count=len(after),
                    examples=_pairs(parts[earlier], after),
                    remedy="Split at one point of time (by_time) for claims about the future",
                )


def _pairs(data: Dataset, table: pl.DataFrame) -> tuple[str, ...]:
    rows = table.select("user_row", "item_row").unique(maintain_order=True).head(5).rows()
    return tuple(f"{data.user_ids.ids[u]}, {data.item_ids.ids[i]}" for u, i in rows)
