"""The first contents of a workspace: what a dataset holds becomes items, people and events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from foretaste.core import Dataset, Event
from foretaste.store import ItemRecord, PersonRecord, Space

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["REMARK", "seed_events", "seed_store"]

REMARK = "remark"
"""Context of events that are words alone, such as tags: they are no interaction when refitted."""
_BATCH = 5_000
_KEYS = ("user_row", "item_row", "kind", "time_s")


def seed_store(
    space: Space, dataset: Dataset, tell: Callable[[str, float], None] | None = None
) -> int:
    """Write a dataset into an empty workspace. Doing it twice changes nothing.

    Args:
        space: The workspace.
        dataset: What to write.
        tell: Told what is being done and how far it is.

    Returns:
        Position of the log afterwards: what a bundle fitted on this dataset has read.
    """
    tell = tell or (lambda what, share: None)
    tell("writing items", 0.0)
    for rows in _slices(dataset.items):
        records = [ItemRecord(row.pop("item_id"), _known(row)) for row in rows]
        space.items.put(records)
    tell("writing people", 0.1)
    for rows in _slices(dataset.people):
        # Whoever has no attributes needs no record: their events name them.
        people = [PersonRecord(row.pop("user_id"), _known(row)) for row in rows]
        space.people.put([one for one in people if one.attributes])
    total = max(len(dataset.interactions), 1)
    done = 0
    for batch in seed_events(dataset):
        space.events.append(batch, durable=False)
        done += len(batch)
        tell("writing events", 0.2 + 0.8 * min(done / total, 1.0))
    return space.events.position()


def seed_events(dataset: Dataset) -> Iterator[list[Event]]:
    """The events of a dataset as the log keeps them, oldest first.

    Words that belong to an interaction come with it; words that belong to none are events of
    their own, marked as remarks.

    Args:
        dataset: Whose events.

    Yields:
        Batches.
    """
    table = dataset.interactions.with_columns(
        pl.Series("words", [None] * len(dataset.interactions), dtype=pl.String),
        pl.lit(False).alias("remark"),
    )
    if dataset.remarks is not None:
        table = _with_remarks(table, dataset.remarks)
    numbered = table.with_row_index("number").sort(
        pl.col("time_s").fill_nan(None), nulls_last=False, maintain_order=True
    )
    context = [name for name in dataset.interactions.columns if name not in _COLUMNS]
    users, items, kinds = dataset.user_ids.ids, dataset.item_ids.ids, dataset.kinds
    for rows in _slices(numbered):
        yield [_event(row, users, items, kinds, context) for row in rows]


_COLUMNS = ("user_row", "item_row", "kind", "value", "signal", "time_s")


def _event(
    row: dict[str, Any],
    users: Sequence[str],
    items: Sequence[str],
    kinds: Sequence[str],
    context: Sequence[str],
) -> Event:
    more = {name: row[name] for name in context if row[name] is not None}
    if row["remark"]:
        more[REMARK] = True
    return Event(
        items[row["item_row"]] if row["item_row"] >= 0 else "",
        kinds[row["kind"]],
        _number(row["value"]),
        _number(row["time_s"]),
        users[row["user_row"]],
        row["words"],
        more,
        idempotency_key=f"seed {row['number']}",
    )


def _with_remarks(table: pl.DataFrame, remarks: pl.DataFrame) -> pl.DataFrame:
    """Words joined to the interaction they were said with; the others behind them."""
    turn = pl.int_range(pl.len()).over(*_KEYS).alias("turn")
    said = remarks.select(
        pl.col("user_row").cast(pl.Int32),
        pl.col("item_row").cast(pl.Int32),
        pl.col("kind").cast(pl.UInt8),
        pl.col("time_s").cast(pl.Float64),
        "words",
    ).with_columns(turn)
    counted = table.drop("words").with_columns(turn)
    joined = counted.join(
        said, on=[*_KEYS, "turn"], how="left", nulls_equal=True, maintain_order="left"
    )
    alone = said.join(counted, on=[*_KEYS, "turn"], how="anti", nulls_equal=True)
    alone = alone.with_columns(
        pl.lit(None, pl.Float32).alias("value"), pl.lit(True).alias("remark")
    )
    return pl.concat([joined, alone], how="diagonal").drop("turn")


def _slices(table: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(table), _BATCH):
        yield table[start : start + _BATCH].rows(named=True)


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and value != []}


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else value
