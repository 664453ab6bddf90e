"""Feedback: what people did, and what became of the news."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from foretaste.core import Event
from foretaste.serve.wire.asking import Kind, Time
from foretaste.serve.wire.base import Attributes, Cursor, Id, Number, Text, Wire, WireOut

__all__ = [
    "MAX_EVENTS",
    "DeletedOut",
    "EventIn",
    "EventOut",
    "EventPage",
    "EventsIn",
    "RecordedOut",
    "StreamedOut",
]

MAX_EVENTS = 10_000
"""Events that one batch may carry."""
Durability = Literal["durable", "fast"]


def _one_of(*names: str) -> dict[str, Any]:
    return {
        "anyOf": [{"required": [name], "properties": {name: {"type": "string"}}} for name in names]
    }


class EventIn(Wire):
    """Somebody did something: with an item, or in words (a search)."""

    model_config = ConfigDict(
        json_schema_extra={"allOf": [_one_of("user_id", "session_id"), _one_of("item_id", "words")]}
    )

    user_id: Id | None = Field(None, description="Who; or name a session instead.")
    session_id: Id | None = Field(None, description="An anonymous visit.")
    item_id: Id | None = Field(None, description="With what; null for a search.")
    kind: Kind = Field("interaction", description="What they did.")
    value: Number | None = Field(None, description="Stars, seconds, price; null if none.")
    time_s: Time | None = Field(None, description="When, seconds since 1970 UTC; null is now.")
    words: Annotated[Text, Field(min_length=1, max_length=10_000)] | None = Field(
        None, description="What they typed or said."
    )
    context: Attributes = Field(default_factory=dict, description="Device, place ...")
    answer_id: Id | None = Field(None, description="The answer it is a reaction to.")
    idempotency_key: Id | None = Field(
        None, description="Two events of one person with the same name are one event."
    )

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if self.item_id is None and self.words is None:
            raise ValueError("an event names an item, or words")
        if self.user_id is None and self.session_id is None:
            raise ValueError("an event names a person, or a session")
        return self

    def event(self, key: str | None = None) -> Event:
        """The event it stands for.

        Args:
            key: Its idempotency key, unless it names one itself.

        Returns:
            A core event.
        """
        return Event(
            self.item_id or "",
            self.kind,
            self.value,
            self.time_s,
            self.user_id,
            self.words,
            self.context,
            self.answer_id,
            self.idempotency_key or key,
        )


class EventsIn(Wire):
    """Many events, kept together or not at all."""

    events: Annotated[list[EventIn], Field(min_length=1, max_length=MAX_EVENTS)]
    durability: Durability | None = Field(
        None,
        description="`durable`: acknowledged once on disk, outlives a power cut; `fast`: outlives"
        " a killed process; null: as the service is set.",
    )


class RecordedOut(WireOut):
    """What became of events."""

    accepted: int = Field(ge=0, description="New and kept.")
    duplicates: int = Field(ge=0, description="Kept before, so not again.")
    ignored: int = Field(ge=0, description="Not kept: the person does not consent.")
    spooled: bool = Field(description="Whether they wait on disk until the database is back.")
    position: int = Field(ge=0, description="The log holds them up to here.")


class RefusedLine(WireOut):
    """A line that is no event."""

    line: int = Field(ge=1)
    problem: str


class StreamedOut(RecordedOut):
    """What became of a stream of events."""

    lines: int = Field(ge=0, description="Lines read.")
    refused: int = Field(ge=0, description="Lines that are no events; the others are kept.")
    refusals: list[RefusedLine] = Field(description="The first hundred of them.")


class EventOut(WireOut):
    """An event of the log."""

    position: int
    user_id: str | None
    item_id: str | None
    kind: str
    value: float | None
    time_s: float | None
    words: str | None
    context: dict[str, Any]
    answer_id: str | None
    kept_s: float


class EventPage(WireOut):
    """Some events, newest first."""

    events: list[EventOut]
    cursor: Cursor = None


class DeletedOut(WireOut):
    """How much is gone."""

    deleted: int = Field(ge=0)
