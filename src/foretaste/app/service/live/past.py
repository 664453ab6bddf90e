"""A person's past while serving: what the bundle has on record, and the log's newer events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from foretaste.app.recommender import Recommender
from foretaste.app.service.log.controls import STRUCK, is_mark
from foretaste.app.service.log.tails import Tail
from foretaste.core import EMPTY_HISTORY, Event, History
from foretaste.recommend.translate import MAX_HISTORY

__all__ = ["history_of", "with_events"]


def history_of(
    recommender: Recommender, user_id: str, tail: Tail, *, after: int = 0, on_record: bool = True
) -> History:
    """Everything that counts about a person now, oldest first.

    The same history a model fitted at this moment would have of them: ordered by time, unknown
    times first, events of items that the catalogue does not have left out.

    Args:
        recommender: Whose items, kinds and records.
        user_id: The person.
        tail: What the log says.
        after: What the bundle has read of it; earlier events are on record.
        on_record: Whether what the bundle has on record counts; not after forgetting.

    Returns:
        At most the newest :data:`~foretaste.recommend.translate.MAX_HISTORY` events.
    """
    base = _recorded(recommender, user_id) if on_record else EMPTY_HISTORY
    happened: list[Event] = []
    for one in tail.kept:
        event = one.event
        if one.position <= after:
            continue
        if event.kind == STRUCK:
            base = _struck(base, recommender, event)
        elif not is_mark(event):
            happened.append(event)
    happened.extend(event for event in tail.waiting if not is_mark(event))
    return with_events(recommender, base, happened)


def with_events(recommender: Recommender, base: History, events: Sequence[Event]) -> History:
    """A history with further events put where they belong in time.

    Args:
        recommender: Whose items, kinds and signals.
        base: What was before.
        events: What happened; items unknown to the catalogue are left out.

    Returns:
        The joined history, bounded.
    """
    item_ids = recommender.dataset.item_ids
    rows = [item_ids.get(event.item_id) for event in events]
    known = [(event, row) for event, row in zip(events, rows, strict=True) if row is not None]
    if known:
        base = _ordered(_stacked(base, _translated(recommender, known)))
        if recommender.settings.signals.duplicates == "last":
            base = _last_ratings(base, recommender.dataset.kinds, events)
    return base.take(slice(-MAX_HISTORY, None)) if len(base) > MAX_HISTORY else base


def _recorded(recommender: Recommender, user_id: str) -> History:
    row = recommender.dataset.user_ids.get(user_id)
    return EMPTY_HISTORY if row is None else recommender.dataset.histories.of(row)


def _translated(recommender: Recommender, known: Sequence[tuple[Event, int]]) -> History:
    codes: Mapping[str, int] = {name: code for code, name in enumerate(recommender.dataset.kinds)}
    signal_of = recommender.pipeline.translator.signal_of
    nan = float("nan")
    columns: tuple[Any, ...] = (
        [row for _, row in known],
        [signal_of(event.kind, event.value) for event, _ in known],
        [nan if event.value is None else event.value for event, _ in known],
        [nan if event.time_s is None else event.time_s for event, _ in known],
        [codes.get(event.kind, 255) for event, _ in known],
    )
    return History.of(*columns)


def _stacked(first: History, then: History) -> History:
    if not len(first):
        return then
    return History(
        np.concatenate([first.rows, then.rows]),
        np.concatenate([first.signals, then.signals]),
        np.concatenate([first.values, then.values]),
        np.concatenate([first.times_s, then.times_s]),
        np.concatenate([first.kinds, then.kinds]),
    )


def _ordered(history: History) -> History:
    times = np.where(np.isnan(history.times_s), -np.inf, history.times_s)
    if bool((times[1:] >= times[:-1]).all()):
        return history
    return history.take(np.argsort(times, kind="stable"))


def _struck(base: History, recommender: Recommender, event: Event) -> History:
    row = recommender.dataset.item_ids.get(event.context.get("item", ""))
    if row is None or not len(base):
        return base
    gone = base.rows == row
    kind = event.context.get("kind")
    if kind is not None:
        kinds = recommender.dataset.kinds
        gone &= base.kinds == (kinds.index(kind) if kind in kinds else 255)
    return base.take(~gone) if gone.any() else base


def _last_ratings(history: History, kinds: Sequence[str], fresh: Sequence[Event]) -> History:
    """Of several ratings of one item the newest alone, as when the data are read."""
    if "rate" not in kinds or not any(event.kind == "rate" for event in fresh):
        return history
    rated = np.flatnonzero(history.kinds == kinds.index("rate"))
    rows = history.rows[rated]
    _, newest = np.unique(rows[::-1], return_index=True)
    if len(newest) == len(rows):
        return history
    keep = np.ones(len(history), bool)
    keep[rated] = False
    keep[rated[::-1][newest]] = True
    return history.take(keep)
