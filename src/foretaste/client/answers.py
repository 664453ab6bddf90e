"""Answers as the client gives them: small frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from foretaste.client.reading import known

__all__ = ["Answer", "Explained", "Listed", "Listing", "Recommended", "Why", "whys"]


@dataclass(frozen=True, slots=True)
class Why:
    """One thing that moved a score.

    Attributes:
        kind: What sort of thing: ``past``, ``words``, ``popularity`` ...
        text: One sentence.
        weight: Signed share of the score.
        evidence: Ids behind it.
        source: The scorer whose score this explains.
    """

    kind: str
    text: str
    weight: float
    evidence: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Recommended:
    """One item of a recommendation.

    Attributes:
        item_id: The item.
        title: Its title.
        rank: Its place, from 1.
        score: Higher is better.
        uncertainty: Standard deviation of the score, if there is one.
        propensity: Chance of standing here; ``None`` when nothing was left to chance.
        explored: Whether exploration chose it.
        reasons: Strongest first.
    """

    item_id: str
    title: str
    rank: int
    score: float
    uncertainty: float | None = None
    propensity: float | None = None
    explored: bool | None = None
    reasons: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A recommendation.

    Attributes:
        answer_id: Name it in feedback, and the feedback is attributed.
        bundle_digest: What was fitted.
        source: Who ranked.
        user_id: Who asked.
        items: Best first.
        warnings: What was ignored or fallen back from.
        timings_ms: Milliseconds by stage.
        arms: Arm of each running experiment.
    """

    answer_id: str
    bundle_digest: str
    source: str
    user_id: str | None
    items: tuple[Recommended, ...]
    warnings: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    arms: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Read a reply.

        Args:
            values: JSON.

        Returns:
            The answer.
        """
        items = tuple(
            known(Recommended, {**one, "reasons": whys(one.get("reasons") or ())})
            for one in values["items"]
        )
        return known(cls, {**values, "items": items, "warnings": tuple(values["warnings"])})

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The list."""
        return tuple(item.item_id for item in self.items)


@dataclass(frozen=True, slots=True)
class Listed:
    """One item of a list that is the same for everybody.

    Attributes:
        item_id: The item.
        title: Its title.
        rank: Its place, from 1.
        score: What it was ranked by.
        attributes: What the catalogue says of it.
    """

    item_id: str
    title: str
    rank: int
    score: float
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that is the same for everybody: similar, search, latest ...

    Attributes:
        answer_id: Name it in feedback.
        bundle_digest: What was fitted.
        source: Who ranked.
        items: Best first.
        cursor: Ask for the next page with it; ``None`` at the end.
    """

    answer_id: str
    bundle_digest: str
    source: str
    items: tuple[Listed, ...]
    cursor: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Read a reply.

        Args:
            values: JSON.

        Returns:
            The list.
        """
        return known(cls, {**values, "items": tuple(known(Listed, one) for one in values["items"])})


@dataclass(frozen=True, slots=True)
class Explained:
    """Why one item scores as it does.

    Attributes:
        item_id: The item.
        reasons: Strongest first.
    """

    item_id: str
    reasons: tuple[Why, ...]


def whys(values: Any) -> tuple[Why, ...]:
    """Reasons of a reply.

    Args:
        values: JSON.

    Returns:
        Reasons.
    """
    return tuple(known(Why, {**one, "evidence": tuple(one["evidence"])}) for one in values)
