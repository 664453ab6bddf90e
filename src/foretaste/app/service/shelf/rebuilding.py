"""From the store back to a dataset: what a model is fitted on when it is fitted again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from foretaste.app.recommender import Recommender
from foretaste.app.service.log.controls import MARK
from foretaste.app.service.shelf.seeding import REMARK
from foretaste.core import Dataset, FloatArray
from foretaste.data import DatasetBuilder
from foretaste.store import Space

__all__ = ["Rebuilt", "rebuild"]

_EVENTS = ("user_id", "item_id", "kind", "value", "time_s", "words")
_COLUMNS = {
    "user_id": "user_id", "item_id": "item_id", "type": "kind", "value": "value",
    "timestamp": "time_s", "words": "words",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rebuilt:
    """Data to fit on, and what of the store is in them.

    Attributes:
        dataset: The data.
        position: Every event up to here is in them.
        items_revision: Every change of the catalogue up to here.
        people_revision: Every change of people's attributes up to here.
        hidden: Items that are in the data and may not be shown.
    """

    dataset: Dataset
    position: int
    items_revision: int
    people_revision: int
    hidden: tuple[str, ...]


def rebuild(space: Space, base: Recommender, *, train: bool = True) -> Rebuilt:
    """Read the store as a dataset.

    Left out are events of people who do not consent to training. Knowledge and vectors from
    outside, which the store does not hold, come from the bundle before; so do the roles of
    attributes that it knew.

    Args:
        space: The workspace.
        base: The bundle before.
        train: What is assumed of people who have not said.

    Returns:
        The data.
    """
    # Revisions first: what changes while this reads is then read again by whoever serves.
    revision = space.revision()
    position = space.events.position()
    old = base.dataset
    events, allowed = _trainable(space, position, train)
    builder = DatasetBuilder(
        old.name, base.settings.signals, roles={**old.people_roles, **old.item_roles}
    )
    items, hidden = _items(space, old)
    builder.items(items)
    people = _typed(allowed(space.people.frame()), old.people, "user_id")
    if len(people):
        builder.people(people)
    alone = pl.col("context").str.json_path_match(f"$.{REMARK}").fill_null("") == "true"
    happened, said = events.filter(~alone), events.filter(alone)
    if len(happened):
        builder.interactions(happened.select(_EVENTS), columns=_COLUMNS)
    for kind, part in said.group_by("kind", maintain_order=True):
        builder.remarks(part.select(_EVENTS), columns=_COLUMNS, kind=str(kind[0]))
    if old.knowledge is not None:
        builder.knowledge(old.knowledge)
    if old.simulated is not None:
        builder.simulated(old.simulated)
    dataset = _with_kinds(builder.build(), old.kinds)
    vectors = {name: _carried(old, dataset, name) for name in _outside(base)}
    known = set(dataset.item_ids.ids)
    return Rebuilt(
        replace(dataset, vectors=vectors),
        position, revision.items, revision.people,
        tuple(one for one in hidden if one in known),
    )  # fmt: skip


def _trainable(
    space: Space, position: int, train: bool
) -> tuple[pl.DataFrame, Callable[[pl.DataFrame], pl.DataFrame]]:
    """Events that may teach, and what leaves everybody else out of a table."""
    if train:
        who = list(space.consent.refusing("train"))
    else:
        who = _willing(space)
    named = pl.col("user_id").is_in(who)

    def allowed(table: pl.DataFrame) -> pl.DataFrame:
        return table.filter(~named if train else named)

    events = space.events.frame(until=position).filter(~pl.col("kind").str.starts_with(MARK))
    empty = pl.col("item_id") == ""
    events = events.with_columns(pl.when(empty).then(None).otherwise("item_id").alias("item_id"))
    return allowed(events), allowed


def _willing(space: Space) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = space.consent.page(1_000, cursor)
        found += [one.user_id for one in page.items if one.train]
        cursor = page.cursor
        if cursor is None:
            return found


def _items(space: Space, old: Dataset) -> tuple[pl.DataFrame, list[str]]:
    records, _ = space.items.changed_since(0)
    hidden = [one.item_id for one in records if one.hidden or one.deleted]
    frame = space.items.frame().drop("hidden", strict=False)
    return _typed(frame, old.items, "item_id"), hidden


def _typed(frame: pl.DataFrame, before: pl.DataFrame, key: str) -> pl.DataFrame:
    """Columns and rows in the order they had, of the types they had where the values allow."""
    order = {name: place for place, name in enumerate(before[key].to_list())}
    last = len(order)
    places = [order.get(name, last) for name in frame[key].to_list()]
    frame = frame[np.argsort(np.array(places), kind="stable")]
    for name, dtype in before.schema.items():
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, dtype).alias(name))
        elif frame[name].dtype != dtype:
            cast = frame[name].cast(dtype, strict=False)
            if cast.null_count() == frame[name].null_count():
                frame = frame.with_columns(cast)
    fresh = [name for name in frame.columns if name not in before.columns]
    return frame.select(*before.columns, *fresh)


def _with_kinds(dataset: Dataset, before: tuple[str, ...]) -> Dataset:
    """Kinds numbered as they were, new ones behind them."""
    kinds = (*before, *(kind for kind in dataset.kinds if kind not in before))
    codes = np.array([kinds.index(kind) for kind in dataset.kinds], np.uint8)

    def moved(table: pl.DataFrame) -> pl.DataFrame:
        return table.with_columns(pl.Series("kind", codes[table["kind"].to_numpy()], pl.UInt8))

    remarks = None if dataset.remarks is None else moved(dataset.remarks)
    return replace(dataset, kinds=kinds, interactions=moved(dataset.interactions), remarks=remarks)


def _outside(base: Recommender) -> list[str]:
    """Vectors that come from elsewhere than the index of the items' own words."""
    return [name for name in base.dataset.vectors if name != "text" or base.text is None]


def _carried(old: Dataset, new: Dataset, name: str) -> FloatArray:
    before = old.vectors[name]
    rows = old.item_ids.rows(new.item_ids.ids, unknown="mark")
    found = np.zeros((new.n_items, before.shape[1]), np.float32)
    found[rows >= 0] = before[rows[rows >= 0]]
    return found
