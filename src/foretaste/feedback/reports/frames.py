"""Impressions and events as frames: the columns that reports read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import polars as pl

from foretaste.core import Event, Impression
from foretaste.core.errors import DataError

__all__ = [
    "EVENT_COLUMNS",
    "IMPRESSION_COLUMNS",
    "Events",
    "Impressions",
    "arms_of",
    "events_frame",
    "impressions_frame",
]

IMPRESSION_COLUMNS: Mapping[str, Any] = {
    "answer_id": pl.String,
    "user_id": pl.String,
    "item_ids": pl.List(pl.String),
    "propensities": pl.List(pl.Float64),
    "explored": pl.List(pl.Boolean),
    "source": pl.String,
    "bundle_digest": pl.String,
    "arms": pl.String,
    "time_s": pl.Float64,
}
"""Columns of a frame of impressions. ``arms`` is JSON, ``{"experiment": "arm"}`` (a struct will
do); ``time_s`` is seconds since 1970 UTC."""

EVENT_COLUMNS: Mapping[str, Any] = {
    "user_id": pl.String,
    "item_id": pl.String,
    "kind": pl.String,
    "value": pl.Float64,
    "time_s": pl.Float64,
    "words": pl.String,
    "context": pl.String,
    "answer_id": pl.String,
    "position": pl.Int64,
}
"""Columns of a frame of events. ``context`` is JSON; ``position`` is the place in the log."""

Impressions: TypeAlias = pl.DataFrame | Iterable[Impression]
Events: TypeAlias = pl.DataFrame | Iterable[Event]

_NEEDED_SHOWN = ("answer_id", "user_id", "item_ids", "time_s")
_NEEDED_DONE = ("user_id", "item_id", "kind", "time_s")


def impressions_frame(impressions: Impressions) -> pl.DataFrame:
    """Impressions as a frame, one row an answer; an answer told twice counts once.

    Args:
        impressions: Values, or a frame with at least answer, person, items and time.

    Returns:
        All of :data:`IMPRESSION_COLUMNS`; what was missing is null.

    Raises:
        DataError: If a column that is needed is missing.
    """
    if isinstance(impressions, pl.DataFrame):
        frame = _full(impressions, IMPRESSION_COLUMNS, _NEEDED_SHOWN, "impressions")
    else:
        frame = pl.DataFrame(
            [
                (one.answer_id, one.user_id, list(one.item_ids), list(one.propensities),
                 list(one.explored), one.source, one.bundle_digest, json.dumps(dict(one.arms)),
                 one.time_s)
                for one in impressions
            ],
            schema=dict(IMPRESSION_COLUMNS), orient="row",
        )  # fmt: skip
    return frame.unique("answer_id", keep="first", maintain_order=True)


def events_frame(events: Events) -> pl.DataFrame:
    """Events as a frame, one row an event.

    Args:
        events: Values, in the order of the log, or a frame with at least person, item, kind
            and time.

    Returns:
        All of :data:`EVENT_COLUMNS`; what was missing is null, positions count from 1.

    Raises:
        DataError: If a column that is needed is missing.
    """
    if isinstance(events, pl.DataFrame):
        frame = _full(events, EVENT_COLUMNS, _NEEDED_DONE, "events")
        if "position" not in events.columns:
            frame = frame.with_columns(position=pl.int_range(1, pl.len() + 1))
        return frame
    return pl.DataFrame(
        [
            (one.user_id, one.item_id, one.kind, one.value, one.time_s, one.words,
             json.dumps(dict(one.context), default=str), one.answer_id, place)
            for place, one in enumerate(events, start=1)
        ],
        schema=dict(EVENT_COLUMNS), orient="row",
    )  # fmt: skip


def arms_of(impressions: pl.DataFrame) -> pl.DataFrame:
    """The arms of answers, one row an answer and experiment.

    Args:
        impressions: A frame as made by :func:`impressions_frame`.

    Returns:
        ``answer_id, experiment, arm``.
    """
    # Few different texts stand in many answers.
    rows = [
        (text, str(experiment), str(arm))
        for text in impressions["arms"].drop_nulls().unique(maintain_order=True)
        for experiment, arm in (json.loads(text) if text else {}).items()
        if arm is not None
    ]
    names = dict.fromkeys(("arms", "experiment", "arm"), pl.String)
    table = pl.DataFrame(rows, schema=names, orient="row")
    return impressions.select("answer_id", "arms").join(table, on="arms").drop("arms")


def _full(
    frame: pl.DataFrame, columns: Mapping[str, Any], needed: tuple[str, ...], what: str
) -> pl.DataFrame:
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise DataError(
            f"a frame of {what} lacks columns", expected=", ".join(columns), got=", ".join(missing)
        )
    if "arms" in frame.columns and isinstance(frame.schema["arms"], pl.Struct):
        frame = frame.with_columns(pl.col("arms").struct.json_encode())
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in columns.items()
    )
