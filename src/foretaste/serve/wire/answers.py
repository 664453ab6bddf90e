"""Answers: lists with reasons, and what made them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from foretaste.core import Answer, Reason
from foretaste.serve.wire.base import WireOut

__all__ = [
    "AnswerOut",
    "AudienceOut",
    "ExplainedOut",
    "ItemOut",
    "ListedOut",
    "ListingOut",
    "Made",
    "PersonScore",
    "ReasonOut",
    "answer_payload",
    "reason_payload",
]

Score = Annotated[float, Field(description="Higher is better; compare within one answer only.")]


class ReasonOut(WireOut):
    """One thing that moved a score."""

    kind: Literal["past", "attribute", "path", "words", "popularity", "profile", "context"]
    text: str = Field(description="One sentence that says no more than the number does.")
    weight: float = Field(description="Signed share of the score.")
    evidence: list[str] = Field(description="Ids behind it: past items or attribute values.")
    source: str = Field(description="The scorer whose score this explains.")


class ItemOut(WireOut):
    """One item of a list."""

    item_id: str
    title: str
    rank: int = Field(ge=1, description="Place in the list, from 1.")
    score: Score
    uncertainty: float | None = Field(None, description="Standard deviation of the score.")
    propensity: float | None = Field(
        None, ge=0, le=1, description="Chance of being shown here; null when nothing was chance."
    )
    explored: bool | None = Field(None, description="Whether exploration chose it.")
    reasons: list[ReasonOut] | None = Field(None, description="Strongest first.")


class Made(WireOut):
    """What every answer says about how it came about."""

    answer_id: str = Field(description="Name this in feedback, and the feedback is attributed.")
    bundle_digest: str = Field(description="What was fitted.")
    source: str = Field(description="Who ranked, or which fallback had to.")
    timings_ms: dict[str, float] = Field(description="Milliseconds by stage.")
    warnings: list[str] = Field(description="What was ignored or fallen back from.")


class AnswerOut(Made):
    """A list with reasons."""

    user_id: str | None
    items: list[ItemOut]
    arms: dict[str, str] = Field(description="Arm of each running experiment, by experiment.")


class ListedOut(WireOut):
    """One item of a list that is the same for everybody."""

    item_id: str
    title: str
    rank: int = Field(ge=1)
    score: Score
    attributes: dict[str, Any]


class ListingOut(Made):
    """A list that is the same for everybody."""

    items: list[ListedOut]
    cursor: str | None = Field(None, description="Ask for the next page with it; null at the end.")


class WhyOut(WireOut):
    """Why one item scores as it does."""

    item_id: str
    reasons: list[ReasonOut]


class ExplainedOut(Made):
    """Why items score as they do."""

    user_id: str | None
    items: list[WhyOut]


class PersonScore(WireOut):
    """One person who would like an item."""

    user_id: str
    score: Score


class AudienceOut(Made):
    """The people who would like an item most."""

    item_id: str
    people: list[PersonScore]


def reason_payload(reason: Reason) -> dict[str, Any]:
    """A reason as plain values.

    Args:
        reason: The reason.

    Returns:
        The fields of :class:`ReasonOut`.
    """
    return {
        "kind": reason.kind,
        "text": reason.text,
        "weight": reason.weight,
        "evidence": reason.evidence,
        "source": reason.source,
    }


def answer_payload(answer: Answer, user_id: str | None, reasons: bool) -> dict[str, Any]:
    """An answer as plain values, built by hand: this is the busiest path of the service.

    Args:
        answer: The answer.
        user_id: Who asked.
        reasons: Whether reasons go with it.

    Returns:
        The fields of :class:`AnswerOut`; a test holds them against it.
    """
    items: list[dict[str, Any]] = []
    unsure, chances, explored = answer.uncertainty, answer.propensities, answer.explored
    for row, item_id in enumerate(answer.item_ids):
        item: dict[str, Any] = {
            "item_id": item_id,
            "title": answer.titles[row],
            "rank": row + 1,
            "score": answer.scores[row],
        }
        if unsure is not None:
            item["uncertainty"] = unsure[row]
        if chances is not None:
            item["propensity"] = chances[row]
        if explored:
            item["explored"] = explored[row]
        if reasons:
            item["reasons"] = [
                {
                    "kind": why.kind,
                    "text": why.text,
                    "weight": why.weight,
                    "evidence": why.evidence,
                    "source": why.source,
                }
                for why in answer.reasons[row]
            ]
        items.append(item)
    return {
        "answer_id": answer.answer_id,
        "bundle_digest": answer.bundle_digest,
        "source": answer.source,
        "user_id": user_id,
        "items": items,
        "warnings": answer.warnings,
        "timings_ms": dict(answer.timings_ms),
        "arms": dict(answer.arms),
    }
