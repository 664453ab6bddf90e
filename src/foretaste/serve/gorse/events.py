"""Gorse's feedback and our events.

A feedback type that is one of our kinds is that kind; others mean what the table below says, and
what is not in it is an ``interaction``. The type itself is kept beside the event.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from foretaste.app.service import KeptEvent
from foretaste.core import KIND_SIGNALS, Event
from foretaste.serve.gorse.shapes import FeedbackIn, FeedbackOut
from foretaste.serve.problems import Fault

__all__ = ["TYPE", "event_of", "feedback_of", "kind_of", "seconds_of", "time_of", "type_of"]

TYPE = "FeedbackType"
"""Where an event's context keeps the type it came with."""
_KINDS: Mapping[str, str] = {
    "star": "like",
    "favorite": "like",
    "favourite": "like",
    "thumbs_up": "like",
    "fork": "share",
    "purchase": "buy",
    "order": "buy",
    "add_to_cart": "cart",
    "watch": "play",
    "listen": "play",
    "impression": "view",
    "seen": "view",
    "rating": "rate",
    "hide": "dislike",
    "thumbs_down": "dislike",
}


def kind_of(feedback_type: str) -> str:
    """Our kind of event for a feedback type.

    Args:
        feedback_type: The owner's name for it.

    Returns:
        A kind.
    """
    name = feedback_type.lower()
    return name if name in KIND_SIGNALS else _KINDS.get(name, "interaction")


def type_of(event: Event) -> str:
    """The feedback type of an event.

    Args:
        event: From the log.

    Returns:
        The type it came with, or its kind if it came another way.
    """
    return str(event.context.get(TYPE, event.kind))


def seconds_of(text: str | None) -> float | None:
    """Seconds since 1970 of a timestamp.

    Args:
        text: RFC 3339, a day, or nothing.

    Returns:
        The seconds; ``None`` for nothing.

    Raises:
        Fault: 422 if it is no time.
    """
    if not text:
        return None
    shortened = re.sub(r"(\.\d{6})\d+", r"\1", text.strip().replace("z", "Z"))
    try:
        found = datetime.fromisoformat(shortened)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Fault(
            422, "Timestamp is no time.", expected="RFC 3339, as 2026-01-31T12:00:00Z", got=text
        ) from None


def time_of(seconds: float | None) -> str:
    """A timestamp as Gorse writes it.

    Args:
        seconds: Since 1970 UTC.

    Returns:
        RFC 3339 in UTC; Go's zero time for nothing.
    """
    if seconds is None:
        return "0001-01-01T00:00:00Z"
    found = datetime.fromtimestamp(seconds, UTC)
    return found.isoformat().replace("+00:00", "Z")


def event_of(row: FeedbackIn) -> Event:
    """The event of a row of feedback.

    Args:
        row: As it was sent.

    Returns:
        A core event. A value of 0 is Gorse's way to say there is none. A row that is sent again
        with the same time and value is the same event; two types are never the same.
    """
    kind = kind_of(row.feedback_type)
    time_s = seconds_of(row.timestamp)
    return Event(
        row.item_id,
        kind,
        row.value if row.value or kind == "rate" else None,
        time_s,
        row.user_id,
        row.comment or None,
        {TYPE: row.feedback_type},
        idempotency_key=None
        if time_s is None
        else f"gorse {row.feedback_type!r} {row.item_id!r} {time_s} {row.value}",
    )


def feedback_of(events: Iterable[KeptEvent]) -> list[FeedbackOut]:
    """Rows of feedback, one for each type, person and item, as Gorse keeps them.

    Args:
        events: Of the log, newest first.

    Returns:
        Rows with values added up and the newest time, newest first.
    """
    rows: dict[tuple[str, str, str], FeedbackOut] = {}
    for kept in events:
        event = kept.event
        if not event.item_id:
            continue
        key = (type_of(event), event.user_id or "", event.item_id)
        value = event.value or 0.0
        known = rows.get(key)
        if known is None:
            rows[key] = FeedbackOut(
                feedback_type=key[0],
                user_id=key[1],
                item_id=key[2],
                value=value,
                timestamp=time_of(event.time_s),
                comment=event.words or "",
            )
        else:
            rows[key] = known.model_copy(update={"value": known.value + value})
    return list(rows.values())
