"""Events as rows and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from sys import intern
from typing import Any

from foretaste.core import Event
from foretaste.core.errors import InputError
from foretaste.store.records import KeptEvent
from foretaste.store.text import from_db, from_json, to_db, to_json

__all__ = ["EVENT_TYPES", "READ_COLUMNS", "event_key", "event_row", "kept_event"]

EVENT_TYPES = {
    "event_key": "bigint",
    "user_id": "text",
    "item_id": "text",
    "kind": "text",
    "value": "float8",
    "time_s": "float8",
    "words": "text",
    "context": "text",
    "answer_id": "text",
    "given_key": "text",
    "kept_s": "float8",
}
"""What :func:`event_row` gives, in order, with PostgreSQL's types."""

READ_COLUMNS = (
    "position, user_id, item_id, kind, value, time_s, words, context, answer_id, given_key, kept_s"
)
"""What :func:`kept_event` reads, in order."""


def event_key(event: Event) -> int:
    """What tells this event from others of its workspace.

    The same fields as :attr:`foretaste.core.Event.key`, ten times faster and as the 64-bit
    number that the index holds: among 100 million events the chance that any two are mistaken
    for one is 3 in 10,000. Numbers are compared as numbers: 4 is 4.0.

    Args:
        event: The event.

    Returns:
        A signed 64-bit number.
    """
    if event.idempotency_key is not None:
        parts: list[Any] = ["given", event.user_id, event.idempotency_key]
    else:
        parts = [
            event.user_id, event.item_id, event.kind, _number(event.value), _number(event.time_s),
            event.words, event.answer_id,
        ]  # fmt: skip
    digest = blake2b(to_json(parts, "event").encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def event_row(event: Event, kept_s: float) -> tuple[Any, ...]:
    """An event as the columns of :data:`EVENT_TYPES`.

    Args:
        event: The event.
        kept_s: When it is kept.

    Returns:
        Values that both drivers accept.

    Raises:
        InputError: If a field is of the wrong type or a number is not finite.
    """
    try:
        return (
            event_key(event),
            None if event.user_id is None else to_db(event.user_id),
            to_db(event.item_id),
            to_db(event.kind),
            _number(event.value),
            _number(event.time_s),
            None if event.words is None else to_db(event.words),
            to_json(event.context, "context") if event.context else None,
            None if event.answer_id is None else to_db(event.answer_id),
            None if event.idempotency_key is None else to_db(event.idempotency_key),
            kept_s,
        )
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            "an event has a field of the wrong type",
            expected="strings for ids, kind and words, numbers for value and time_s",
            got=repr(event),
        ) from None


_NOTHING: Mapping[str, Any] = {}
"""The context of events that have none: one for all, since many events stay in memory."""


def kept_event(row: Sequence[Any]) -> KeptEvent:
    """An event out of the columns of :data:`READ_COLUMNS`; equal ids are one string in memory.

    Args:
        row: The values.

    Returns:
        The event with its position.
    """
    position, user_id, item_id, kind, value, time_s, words, context, answer_id, given, kept_s = row
    return KeptEvent(
        position,
        Event(
            intern(from_db(item_id)),
            intern(from_db(kind)),
            value,
            time_s,
            None if user_id is None else intern(from_db(user_id)),
            None if words is None else from_db(words),
            _NOTHING if context is None else from_json(context),
            None if answer_id is None else from_db(answer_id),
            None if given is None else from_db(given),
        ),
        kept_s,
    )


def _number(value: float | None) -> float | None:
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number):
        raise InputError("a number of an event is not finite", got=repr(value))
    return number + 0.0  # no -0.0: SQLite keeps 0.0, and a key follows from the row
