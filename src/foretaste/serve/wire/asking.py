"""Questions: who asks for what, how many, and under which conditions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from foretaste.core import KIND_SIGNALS, Event, Query
from foretaste.serve.wire.base import MAX_LIST, WHOLE, Attributes, Id, Number, Text, Wire

__all__ = ["MAX_N", "Asking", "Count", "Explaining", "Filter", "Kind", "Past", "Searching", "Wish"]

MAX_N = 1_000
"""The longest list one answer gives."""
MAX_PAST = 1_000
"""The longest history one request gives."""

# The names are written out for the type checker; a test holds them against the core's table.
Kind = Literal[
    "interaction", "view", "click", "search", "play", "read", "complete", "cart", "comment",
    "bookmark", "share", "like", "buy", "rate", "skip", "return", "dislike",
]  # fmt: skip
assert set(Kind.__args__) == set(KIND_SIGNALS)  # type: ignore[attr-defined]

Count = Annotated[int, Field(ge=1, le=MAX_N, description="Length of the list."), WHOLE]
Wish = Annotated[Text, Field(min_length=1, max_length=2_000, description="In plain words.")]
Filter = Annotated[
    Text,
    Field(min_length=1, max_length=2_000),
    # Its grammar is not one that a schema could say; the format names it.
    WithJsonSchema(
        {
            "type": "string",
            "format": "item-filter",
            "description": "An expression over item attributes, such as"
            ' `year >= 1990 and "Drama" in genres`.',
        }
    ),
]
_Ids = Annotated[list[Id], Field(max_length=MAX_LIST)]
Time = Annotated[float, Field(ge=0, le=1e11, description="Seconds since 1970, UTC.")]


class Past(Wire):
    """One past event given with a question."""

    item_id: Id
    kind: Kind = "interaction"
    value: Number | None = Field(None, description="Stars, seconds, price; null when it says all.")
    time_s: Time | None = None

    def event(self) -> Event:
        """The event it stands for.

        Returns:
            A core event without a person.
        """
        return Event(self.item_id, self.kind, self.value, self.time_s)


class Asking(Wire):
    """A question. Everything may be left out: nobody in particular gets what most people like."""

    user_id: Id | None = Field(None, description="A person on record, or anybody's id.")
    session_id: Id | None = Field(None, description="An anonymous session, instead of a person.")
    history: Annotated[list[Id | Past], Field(max_length=MAX_PAST)] = Field(
        default_factory=list,
        description="Past events, oldest first: ids (liked) or events;"
        " added after what is on record.",
    )
    wish: Wish | None = None
    profile: Attributes = Field(
        default_factory=dict, description='Attributes, or `{"text": ...}`, about the person.'
    )
    context: Attributes = Field(
        default_factory=dict, description="Device, place, occasion: kept with what was shown."
    )
    n: Count = 10
    candidates: _Ids | None = Field(None, description="Score and rank only these.")
    filter: Filter | None = None
    allow: _Ids | None = Field(None, description="Only these may be shown.")
    deny: _Ids = Field(default_factory=list, description="These may not be shown.")
    filter_seen: bool = Field(True, description="Leave out what the person has met already.")
    time_s: Time | None = Field(None, description="Answer as of then; null is now.")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1), WHOLE] = Field(
        0, description="Seed of anything random."
    )
    diversity: float = Field(0.0, ge=0, le=1, description="0 none to 1 variety alone.")
    explore: float | None = Field(
        None, ge=0, le=1, description="Largest share of explored places; null is the setting."
    )
    reasons: bool = Field(True, description="Say why.")
    record: bool = Field(True, description="Keep what was shown, so that feedback can name it.")

    def query(self) -> Query:
        """The question as the core knows it.

        Returns:
            A core query.
        """
        return Query(
            user_id=self.user_id,
            history=tuple(one if isinstance(one, str) else one.event() for one in self.history),
            wish=self.wish,
            profile=self.profile,
            context=self.context,
            n=self.n,
            candidates=None if self.candidates is None else tuple(self.candidates),
            filter=self.filter,
            allow=None if self.allow is None else tuple(self.allow),
            deny=tuple(self.deny),
            filter_seen=self.filter_seen,
            time_s=self.time_s,
            seed=self.seed,
            diversity=self.diversity,
        )


class Explaining(Asking):
    """A question about given items: why they score as they do, recommended or not."""

    item_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]


class Searching(Wire):
    """Words to search the catalogue for."""

    text: Wish
    n: Count = 10
    filter: Filter | None = None
