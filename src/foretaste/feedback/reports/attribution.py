"""Which answer an event is a reaction to."""

from __future__ import annotations

import polars as pl

from foretaste.feedback.reports.frames import (
    Events,
    Impressions,
    events_frame,
    impressions_frame,
)

__all__ = ["BY_ANSWER", "BY_WINDOW", "WINDOW_S", "attributed"]

BY_ANSWER = "answer id"
"""The event named the answer."""

BY_WINDOW = "window"
"""The event named none (or one nobody knows): the last answer that showed this person the item."""

WINDOW_S = 7 * 86_400.0
"""How long after an answer an event may still be its doing when it does not say so: a week."""


def attributed(
    impressions: Impressions, events: Events, *, window_s: float = WINDOW_S
) -> pl.DataFrame:
    """Join every event to the answer it reacts to, and say how that is known.

    An event that names an answer belongs to it (also if its item was not in that list: then it
    has no place). Any other event belongs to the last answer within ``window_s`` before it
    that showed the item to the same person; nobody in particular is nobody's same person.

    Args:
        impressions: What was shown; see :data:`foretaste.feedback.IMPRESSION_COLUMNS`.
        events: What happened; see :data:`foretaste.feedback.EVENT_COLUMNS`.
        window_s: How long an answer is remembered.

    Returns:
        One row an event in the order given: its columns, ``to_answer`` (the answer), ``place``
        in its list from 0, and ``by``, which is :data:`BY_ANSWER`, :data:`BY_WINDOW` or null.

    Raises:
        DataError: If a column that is needed is missing.
    """
    shown, done = impressions_frame(impressions), events_frame(events).with_row_index("_row")
    named = done.join(
        shown.select(pl.col("answer_id"), pl.col("answer_id").alias("_named")),
        on="answer_id", how="left",
    )  # fmt: skip
    of_named = shown.join(named.select("answer_id"), on="answer_id", how="semi")
    own = _places(of_named).select("answer_id", "item_id", pl.col("place").alias("_named_place"))
    named = named.join(own, on=["answer_id", "item_id"], how="left")
    near = _nearest(named, shown, window_s)
    joined = named.join(near, on="_row", how="left").sort("_row")
    known = pl.col("_named").is_not_null()
    return joined.with_columns(
        to_answer=pl.coalesce("_named", "_near"),
        place=pl.when(known).then("_named_place").otherwise("_near_place"),
        by=pl.when(known)
        .then(pl.lit(BY_ANSWER))
        .when(pl.col("_near").is_not_null())
        .then(pl.lit(BY_WINDOW)),
    ).drop("_row", "_named", "_named_place", "_near", "_near_place")


def _places(shown: pl.DataFrame, wanted: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every place of every answer; an item twice in one list counts at the better place."""
    listed = shown.filter(pl.col("item_ids").list.len() > 0)
    places = listed.select(
        "answer_id",
        "user_id",
        "time_s",
        pl.col("item_ids").alias("item_id"),
        pl.int_ranges(0, pl.col("item_ids").list.len()).alias("place"),
    ).explode("item_id", "place")
    if wanted is not None:
        places = places.join(wanted, on=wanted.columns, how="semi", maintain_order="left")
    return places.unique(["answer_id", "item_id"], keep="first", maintain_order=True)


def _nearest(done: pl.DataFrame, shown: pl.DataFrame, window_s: float) -> pl.DataFrame:
    open_events = done.filter(
        pl.col("_named").is_null()
        & pl.col("time_s").is_not_null()
        & pl.col("user_id").is_not_null()
    ).select("_row", "user_id", "item_id", "time_s")
    # Only lists of these people and places of these items: the rest need not be unfolded.
    lists = shown.join(open_events.select("user_id"), on="user_id", how="semi")
    candidates = _places(lists, open_events.select("user_id", "item_id").unique()).select(
        "user_id", "item_id", "time_s",
        pl.col("answer_id").alias("_near"), pl.col("place").alias("_near_place"),
    )  # fmt: skip
    return open_events.sort("time_s").join_asof(
        candidates.sort("time_s"), on="time_s", by=["user_id", "item_id"], strategy="backward",
        tolerance=window_s, check_sortedness=False,
    ).filter(pl.col("_near").is_not_null()).select("_row", "_near", "_near_place")  # fmt: skip
