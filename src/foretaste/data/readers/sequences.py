"""Sequence files: ``user item item ...`` on each line, oldest item first."""

from __future__ import annotations

import polars as pl

from foretaste.core.errors import DataError
from foretaste.data.readers.source import Source

__all__ = ["is_sequences", "read_sequences"]


def is_sequences(source: Source) -> bool:
    """Whether the lines are blank-separated whole numbers of varying count.

    Args:
        source: A text file.

    Returns:
        ``True`` if so; ``False`` for two columns throughout (that is a table of pairs).
    """
    lines = [line.split() for line in source.sample(1 << 16).splitlines()[:500] if line.strip()]
    if not lines or any("\t" in line for line in source.sample(1 << 12).splitlines()[:20]):
        return False
    widths = {len(line) for line in lines}
    regular = len(widths) == 1 and next(iter(widths)) <= 4
    return not regular and all(cell.isdigit() for line in lines for cell in line)


def read_sequences(source: Source) -> pl.DataFrame:
    """Read the lines into one row per event.

    Args:
        source: The file.

    Returns:
        ``user_id, item_id, timestamp``; the time is the position from 0.

    Raises:
        DataError: If a line holds a person and no item only.
    """
    users: list[str] = []
    items: list[list[str]] = []
    for number, line in enumerate(source.lines(), start=1):
        user, *rest = line.split() or [""]
        if not user:
            continue
        if not rest and not items:
            raise DataError(
                "the line has a person and no item",
                where=f"{source.name} line {number}",
                got=line[:80],
                expected="user item item ...",
            )
        users.append(user)
        items.append(rest)
    frame = pl.DataFrame({"user_id": users, "item_id": items}).filter(
        pl.col("item_id").list.len() > 0
    )
    return frame.with_columns(
        pl.int_ranges(pl.col("item_id").list.len()).alias("timestamp")
    ).explode("item_id", "timestamp")
