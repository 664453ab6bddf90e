"""What happened, and what was shown: the values the event log keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from foretaste.core.digest import digest_of

__all__ = ["KIND_SIGNALS", "Event", "Impression"]

KIND_SIGNALS: Mapping[str, float] = {
    "interaction": 1.0,
    "view": 0.3,
    "click": 0.5,
    "search": 0.3,
    "play": 0.7,
    "read": 0.7,
    "complete": 1.0,
    "cart": 0.8,
    "comment": 0.5,
    "bookmark": 0.8,
    "share": 1.0,
    "like": 1.0,
    "buy": 1.0,
    "rate": 0.0,
    "skip": -0.3,
    "return": -0.5,
    "dislike": -1.0,
}
"""What an event of each kind says when it carries no value of its own: +1 liked .. -1 disliked.

The order is a convention (a purchase says more than a look); how *reliable* each kind is, is
learned from the data (noise per kind), not written here. A ``rate`` speaks through its value.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody did something with an item.

    Attributes:
        item_id: The item; empty for an event without one, such as a search.
        kind: What was done: ``view``, ``click``, ``like``, ``rate`` ...
        value: Stars, seconds, price ...; ``None`` when the kind says it all.
        time_s: When, seconds since 1970 UTC; ``None`` when unknown.
        user_id: Who; ``None`` inside a query about one person.
        words: What they typed or said: a search, a comment.
        context: Device, place ...
        answer_id: The answer it is a reaction to.
        idempotency_key: A name the sender gave this event; two events of one person with the
            same name are one event. ``None`` compares what happened instead.
    """

    item_id: str
    kind: str = "interaction"
    value: float | None = None
    time_s: float | None = None
    user_id: str | None = None
    words: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    answer_id: str | None = None
    idempotency_key: str | None = None

    @property
    def key(self) -> str:
        """Idempotency key: the same event sent twice has the same key."""
        if self.idempotency_key is not None:
            return digest_of("given", self.user_id, self.idempotency_key)
        return digest_of(
            self.user_id, self.item_id, self.kind, self.value, self.time_s, self.words,
            self.answer_id,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Impression:
    """What was shown in one answer.

    Attributes:
        answer_id: The answer.
        user_id: Who saw it.
        item_ids: The list as shown, best first.
        propensities: Probability that each item was shown at its place.
        time_s: When, seconds since 1970 UTC.
        features: Feature values as seen by the ranker then, by name.
        explored: Whether exploration chose the item at that place; empty when nothing was.
        source: Who ranked.
        bundle_digest: What was fitted.
        arms: Arm of each running experiment the person is in, by experiment.
    """

    answer_id: str
    user_id: str | None
    item_ids: tuple[str, ...]
    propensities: tuple[float, ...]
    time_s: float
    features: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    explored: tuple[bool, ...] = ()
    source: str = ""
    bundle_digest: str = ""
    arms: Mapping[str, str] = field(default_factory=dict)
