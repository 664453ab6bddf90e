"""The data with further and changed items; what did not change is carried over, not redone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from foretaste.app.growing.cells import Columns
from foretaste.core import BoolArray, Dataset, FloatArray, Vocabulary
from foretaste.recommend import Catalogue

if TYPE_CHECKING:
    from foretaste.store.records import ItemRecord

__all__ = ["carried_catalogue", "changed_rows", "grown_dataset", "hidden_items", "unlike"]


def unlike(records: Sequence[ItemRecord], dataset: Dataset) -> list[ItemRecord]:
    """The records that are not, value for value, what the catalogue holds already.

    Args:
        records: Items with all their attributes.
        dataset: The catalogue.

    Returns:
        Those that have to be looked at.
    """
    known = [dataset.item_ids.get(record.item_id) for record in records]
    here = [row for row in known if row is not None]
    rows = iter(dataset.items[here].rows(named=True)) if here else iter(())
    found = []
    for record, row in zip(records, known, strict=True):
        if row is None:
            found.append(record)
            continue
        held = {name: cell for name, cell in next(rows).items() if cell is not None}
        held.pop("item_id")
        if held != {name: cell for name, cell in record.attributes.items() if cell is not None}:
            found.append(record)
    return found


def changed_rows(columns: Columns, dataset: Dataset) -> tuple[list[int], np.ndarray]:
    """Which records are new or say something else than before.

    Args:
        columns: The records.
        dataset: The catalogue so far.

    Returns:
        Places among the records, and the row of each in the catalogue: new ones follow the
        present ones, in their order.
    """
    table, old = columns.table, dataset.items
    wider = len(columns.table.columns) > len(old.columns)
    names = [name for name in old.columns if name != "item_id"]
    known = [dataset.item_ids.get(item_id) for item_id in table["item_id"].to_list()]
    here = [place for place, row in enumerate(known) if row is not None]
    same: set[int] = set()
    if here:
        mine = table[here].select(names).rows()
        theirs = old[[row for row in known if row is not None]].select(names).rows()
        same = {
            place
            for place, one, other in zip(here, mine, theirs, strict=True)
            if _plain(one) == _plain(other)
        }
        if wider:
            added = table[here].drop(old.columns)
            filled = [any(cell is not None for cell in row) for row in added.rows()]
            same -= {place for place, some in zip(here, filled, strict=True) if some}
    places = [place for place in range(len(known)) if place not in same]
    rows, following = [], dataset.n_items
    for place in places:
        row = known[place]
        if row is None:
            row, following = following, following + 1
        rows.append(row)
    return places, np.array(rows, np.int64)


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Cells as compared: an empty list or text is nothing."""
    return tuple(cell if cell not in ([], "") and cell == cell else None for cell in row)


def grown_dataset(
    dataset: Dataset, columns: Columns, rows: np.ndarray, text: FloatArray | None
) -> Dataset:
    """The data with items at given rows.

    Args:
        dataset: The data so far.
        columns: The items, in the order of ``rows``.
        rows: Where they lie; new ones follow the present ones.
        text: Text vectors of the whole catalogue as it then is, if there are any.

    Returns:
        New data: events and people are the same.
    """
    old, fresh = dataset.items, columns.table
    for name in fresh.columns:
        if name not in old.columns:
            old = old.with_columns(pl.lit(None, dtype=fresh.schema[name]).alias(name))
    count = dataset.n_items
    size = max(count, int(rows.max(initial=-1)) + 1)
    items = pl.concat([old, fresh.select(old.columns)], how="vertical")
    if not np.array_equal(rows, np.arange(count, size)):
        order = np.arange(size)
        order[rows] = count + np.arange(len(rows))
        items = items[order]
    ids = dataset.item_ids
    if size > count:
        ids = Vocabulary((*ids.ids, *items["item_id"][count:].to_list()), ids.what)
    vectors = {**dataset.vectors}
    if text is not None:
        vectors["text"] = text
    grown = replace(dataset, item_ids=ids, items=items, item_roles=columns.roles, vectors=vectors)
    # Events are the same, so what was made of them is too.
    vars(grown)["histories"] = dataset.histories
    liked = dataset.liked
    parts = (liked.data, liked.indices, liked.indptr)
    vars(grown)["liked"] = csr_matrix(parts, (liked.shape[0], size))
    return grown


def hidden_items(
    before: BoolArray | None,
    dataset: Dataset,
    kept: Sequence[ItemRecord],
    gone: Collection[str],
) -> BoolArray | None:
    """Which items may not be shown.

    Args:
        before: Which ones they were.
        dataset: The catalogue as it now is.
        kept: Items that were told of.
        gone: Ids of items that were deleted.

    Returns:
        Mask [I]; ``None`` when all may be shown.
    """
    hidden = np.zeros(dataset.n_items, bool)
    if before is not None:
        hidden[: len(before)] = before
    for record in kept:
        hidden[dataset.item_ids.row(record.item_id)] = record.hidden
    rows = [row for row in map(dataset.item_ids.get, gone) if row is not None]
    hidden[rows] = True
    return hidden if hidden.any() else None


def carried_catalogue(
    old: Catalogue, dataset: Dataset, rows: np.ndarray, hidden: BoolArray | None
) -> Catalogue:
    """The catalogue of grown data, with the columns that were read before read again.

    Args:
        old: The catalogue so far.
        dataset: The grown data.
        rows: Items that are new or changed.
        hidden: Items that may not be shown, [I].

    Returns:
        The catalogue, as fast to ask as the old one.
    """
    titles = list(old.titles) + [""] * (dataset.n_items - len(old))
    for row, title in zip(rows.tolist(), _titles(dataset, rows), strict=True):
        titles[row] = title
    new = Catalogue(
        dataset.item_ids, dataset.items, dict(dataset.item_roles), tuple(titles), hidden
    )
    new.warm_like(old, rows)
    return new


def _titles(dataset: Dataset, rows: np.ndarray) -> Sequence[str]:
    name = next((n for n, role in dataset.item_roles.items() if role == "title"), None)
    ids = dataset.item_ids.names(rows.tolist())
    if name is None:
        return ids
    found = dataset.items[name][rows].to_list()
    return [title or item_id for title, item_id in zip(found, ids, strict=True)]
