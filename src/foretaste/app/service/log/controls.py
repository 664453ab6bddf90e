"""Marks in the event log that say: what you remember of this person is no longer true.

Every process reads the log in its order before it answers. A mark placed there reaches all of
them at their next answer, without another channel that could be late. Marks are events whose
kind begins with ``~``; they never reach a model, a report or a page of events.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from foretaste.core import Event
from foretaste.store import KeptEvent

__all__ = [
    "CONSENT",
    "FORGOTTEN",
    "MARK",
    "MOVED",
    "STRUCK",
    "is_mark",
    "mark",
    "pseudonym",
    "without_marks",
]

MARK = "~"
"""First character of the kind of every mark."""
CONSENT = "~consent"
"""The person's consent changed."""
STRUCK = "~struck"
"""Events of the person with item ``context.item`` (of kind ``context.kind``) were deleted."""
MOVED = "~moved"
"""Events of the person ``words``, a session, were given to somebody else."""
FORGOTTEN = "~forgotten"
"""The person whose pseudonym stands in ``words`` was erased."""


def mark(
    kind: str,
    user_id: str | None,
    time_s: float,
    *,
    words: str | None = None,
    context: Mapping[str, Any] | None = None,
) -> Event:
    """Make a mark.

    Args:
        kind: One of this module's.
        user_id: Whom it concerns; ``None`` when it may not lie among anybody's events.
        time_s: When.
        words: See the kind.
        context: See the kind.

    Returns:
        An event that is equal to no other.
    """
    name = secrets.token_hex(16)
    who = MARK if user_id is None else user_id
    return Event("", kind, None, time_s, who, words, context or {}, idempotency_key=name)


def is_mark(event: Event) -> bool:
    """Whether an event is a mark and not something that happened.

    Args:
        event: Any.

    Returns:
        ``True`` for a mark.
    """
    return event.kind.startswith(MARK)


def without_marks(kept: Iterable[KeptEvent]) -> list[KeptEvent]:
    """Leave marks out.

    Args:
        kept: Events of the log.

    Returns:
        What really happened.
    """
    return [one for one in kept if not one.event.kind.startswith(MARK)]


def pseudonym(salt: str, user_id: str) -> str:
    """A name for a person from which the person cannot be told without the workspace's salt.

    Args:
        salt: The workspace's.
        user_id: The person.

    Returns:
        Thirty-two hexadecimal characters: BLAKE2b keyed with the salt.
    """
    key = salt.encode()[:64]
    return hashlib.blake2b(
        user_id.encode("utf-8", "surrogatepass"), key=key, digest_size=16
    ).hexdigest()
