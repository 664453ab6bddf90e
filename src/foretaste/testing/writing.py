"""Writes a world down by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from foretaste.core import KIND_SIGNALS, Dataset, Event, FloatArray, Role, Vocabulary

__all__ = ["world"]

_TYPES: Mapping[str, Any] = {
    "title": pl.String,
    "text": pl.String,
    "category": pl.String,
    "categories": pl.List(pl.String),
    "number": pl.Float64,
    "time": pl.Float64,
    "flag": pl.Boolean,
    "vector": pl.List(pl.Float32),
}


def world(
    name: str,
    people: Mapping[str, Sequence[Event | str]],
    items: Mapping[str, Mapping[str, Any]] | Sequence[str],
    *,
    roles: Mapping[str, Role] | None = None,
    vectors: Mapping[str, FloatArray] | None = None,
) -> Dataset:
    """Write down a world by hand.

    A value is read as stars from 1 to 5 (signal ``(value - 3) / 2``, cut to [-1, 1]);
    without one the kind speaks (:data:`foretaste.core.KIND_SIGNALS`).

    Args:
        name: What to call it.
        people: What each person did: events or ids of liked items, oldest first. Unknown
            times stay unknown and come first.
        items: Attributes of each item, or just the ids.
        roles: Role of each attribute.
        vectors: Dense vectors of the items by name, each [I, D].

    Returns:
        The dataset.
    """
    attributes = items if isinstance(items, Mapping) else {one: {} for one in items}
    item_ids = Vocabulary(attributes)
    interactions, kinds = _interactions(people, item_ids)
    named = dict(roles or {})
    table: dict[str, Any] = {"item_id": pl.Series(list(attributes), dtype=pl.String)}
    for column, role in named.items():
        cells = [one.get(column) for one in attributes.values()]
        table[column] = pl.Series(cells, dtype=_TYPES[role])
    dataset = Dataset(
        name,
        Vocabulary(people, "person"),
        item_ids,
        interactions,
        pl.DataFrame(table),
        pl.DataFrame({"user_id": pl.Series(list(people), dtype=pl.String)}),
        item_roles=named,
        kinds=kinds,
    )
    for vector_name, matrix in (vectors or {}).items():
        dataset = dataset.with_vectors(vector_name, matrix)
    return dataset


def _interactions(
    people: Mapping[str, Sequence[Event | str]], item_ids: Vocabulary
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    rows: list[tuple[int, int, str, float, float, float]] = []
    for user_row, events in enumerate(people.values()):
        mine = []
        for event in (Event(one, "like") if isinstance(one, str) else one for one in events):
            value = float("nan") if event.value is None else event.value
            signal = KIND_SIGNALS[event.kind] if event.value is None else (value - 3.0) / 2.0
            time_s = float("nan") if event.time_s is None else event.time_s
            row = item_ids.row(event.item_id)
            mine.append((user_row, row, event.kind, value, float(np.clip(signal, -1, 1)), time_s))
        rows += sorted(mine, key=lambda one: -np.inf if np.isnan(one[5]) else one[5])
    kinds = tuple(dict.fromkeys(one[2] for one in rows)) or ("like",)
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * 6
    table = pl.DataFrame(
        {
            "user_row": pl.Series(columns[0], dtype=pl.Int32),
            "item_row": pl.Series(columns[1], dtype=pl.Int32),
            "kind": pl.Series([kinds.index(one) for one in columns[2]], dtype=pl.UInt8),
            "value": pl.Series(columns[3], dtype=pl.Float32),
            "signal": pl.Series(columns[4], dtype=pl.Float32),
            "time_s": pl.Series(columns[5], dtype=pl.Float64),
        }
    )
    return table, kinds
