"""Taking people and their events out of a dataset, without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from foretaste.core import Dataset, Vocabulary

__all__ = ["only_people", "without_events", "without_people"]


def without_people(dataset: Dataset, rows: Sequence[int]) -> Dataset:
    """The data as if these people had never been there.

    Gone are their ids, attributes, events and words. The catalogue, the knowledge and the
    names of event kinds stay, also of items that only they had met. Everybody behind them
    moves up: inside rows of people are others than before.

    Args:
        dataset: The data.
        rows: Whom to leave out.

    Returns:
        The data without them, in the same order.
    """
    keep = np.ones(dataset.n_users, bool)
    keep[np.asarray(rows, np.intp)] = False
    return _people(dataset, keep)


def only_people(dataset: Dataset, rows: Sequence[int]) -> Dataset:
    """The same catalogue with these people alone: whose share of a sum is asked for.

    Args:
        dataset: The data.
        rows: Whom to keep.

    Returns:
        The data of nobody else.
    """
    keep = np.zeros(dataset.n_users, bool)
    keep[np.asarray(rows, np.intp)] = True
    return _people(dataset, keep)


def without_events(dataset: Dataset, user_row: int, item_row: int, kind: int | None) -> Dataset:
    """The data as if somebody had never done that with that item.

    Words they said about the item go with the last of their events with it.

    Args:
        dataset: The data.
        user_row: Whose events.
        item_row: With which item.
        kind: Of which kind, as a position in ``Dataset.kinds``; ``None`` is all.

    Returns:
        The data without these events; everybody stays.
    """
    gone = (pl.col("user_row") == user_row) & (pl.col("item_row") == item_row)
    left = dataset.interactions.filter(~(gone if kind is None else gone & (pl.col("kind") == kind)))
    remarks = dataset.remarks
    if remarks is not None and left.filter(gone).is_empty():
        remarks = remarks.filter(~gone)
    return replace(dataset, interactions=left.rechunk(), remarks=remarks)


def _people(dataset: Dataset, keep: np.ndarray) -> Dataset:
    moved = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
    people = dataset.people.filter(pl.Series(keep)).rechunk()
    remarks = None if dataset.remarks is None else _rows(dataset.remarks, moved)
    return replace(
        dataset,
        user_ids=Vocabulary(people["user_id"].to_list(), dataset.user_ids.what),
        people=people,
        interactions=_rows(dataset.interactions, moved),
        remarks=remarks,
    )


def _rows(table: pl.DataFrame, moved: np.ndarray) -> pl.DataFrame:
    owners = pl.Series("user_row", moved[table["user_row"].to_numpy()], pl.Int32)
    return table.with_columns(owners).filter(pl.col("user_row") >= 0).rechunk()
