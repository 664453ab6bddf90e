"""The event log as values: pages, kept events, what became of an append."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from foretaste.core import Event, Impression

__all__ = [
    "CaughtUp",
    "Kept",
    "KeptEvent",
    "KeptImpression",
    "Page",
    "Revision",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a longer list.

    Attributes:
        items: This page.
        cursor: What to ask the next page with; ``None`` at the end.
    """

    items: list[T]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of events that were appended.

    Attributes:
        new: How many were kept.
        duplicates: How many were there already, or twice in the same call.
        position: Whoever has read the log up to here has seen all of them.
    """

    new: int
    duplicates: int
    position: int


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """One event of the log.

    Attributes:
        position: Its place in the log; later events have larger ones.
        event: What happened.
        kept_s: When it was kept.
    """

    position: int
    event: Event
    kept_s: float


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What happened since a position, and whether anything before it was taken out.

    Attributes:
        events: New events, in the order of their positions.
        removals: How often events of this workspace were deleted, moved to another person or
            erased. A reader that keeps events in memory forgets them when this number changes.
    """

    events: list[KeptEvent]
    removals: int


@dataclass(frozen=True, slots=True)
class KeptImpression:
    """One impression as kept.

    Attributes:
        position: Its place among the impressions; later ones have larger positions.
        impression: What was shown.
    """

    position: int
    impression: Impression


@dataclass(frozen=True, slots=True)
class Revision:
    """How often each part of a workspace has changed: readers poll this and compare.

    Attributes:
        items: Changes of the catalogue.
        people: Changes of people's attributes.
        facts: Changes of named facts.
        events: Removals from the event log (deleted, moved or erased; appending is no change).
    """

    items: int = 0
    people: int = 0
    facts: int = 0
    events: int = 0
