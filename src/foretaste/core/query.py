"""A question and its answer, as people outside see them: ids, words, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from foretaste.core.events import Event

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Answer", "Query", "Reason", "ReasonKind"]

ReasonKind = Literal["past", "attribute", "path", "words", "popularity", "profile", "context"]


@dataclass(frozen=True, slots=True)
class Query:
    """Who asks for what. Everything may be left out.

    Attributes:
        user_id: A person of the data, or anybody's id, or ``None`` for nobody in particular.
        history: Past events given with the request: item ids (liked, oldest first) or
            :class:`Event`; added after what is on record for ``user_id``.
        wish: What is wanted, in plain words.
        profile: Attributes or a text (``{"text": ...}``) about the person.
        context: Time, device, place of this request.
        n: Length of the list.
        candidates: Rank only these ids.
        filter: An expression over item attributes, such as
            ``year >= 1990 and "Drama" in genres``.
        allow: Only these ids may be shown.
        deny: These ids may not be shown.
        filter_seen: Leave out what the person has already interacted with.
        time_s: When this is asked (availability, age of events); ``None`` is now.
        seed: Seed of anything random.
        diversity: How much variety counts against score, 0 (none) to 1 (variety alone).
    """

    user_id: str | None = None
    history: tuple[str | Event, ...] = ()
    wish: str | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    n: int = 10
    candidates: tuple[str, ...] | None = None
    filter: str | None = None
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()
    filter_seen: bool = True
    time_s: float | None = None
    seed: int = 0
    diversity: float = 0.0


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that moved a score, in numbers and in words.

    Attributes:
        kind: What sort of thing.
        text: One sentence that says no more than the number does.
        weight: Signed share of the score.
        evidence: Ids behind it: past items, or attribute values for kind ``attribute``.
        source: The scorer whose score this explains.
    """

    kind: ReasonKind
    text: str
    weight: float
    evidence: tuple[str, ...] = ()
    source: str = "taste"


@dataclass(frozen=True, slots=True)
class Answer:
    """A list with its reasons, and what made it.

    Attributes:
        query: What was asked.
        item_ids: The list, best first.
        titles: Titles aligned with it.
        scores: Scores aligned with it.
        uncertainty: Posterior standard deviation of each score, if the scorer has one.
        reasons: Reasons for each item, strongest first.
        source: Who ranked: ``taste``, ``fusion``, or the fallback that had to answer.
        answer_id: Name of this answer; feedback that carries it is attributed.
        bundle_digest: What was fitted.
        warnings: What was ignored or fallen back from, in words.
        timings_ms: Milliseconds by stage.
        propensities: Probability that each item was shown at its place, given everything but
            chance; ``None`` when nothing was left to chance (then each is 1).
        explored: Whether exploration chose the item at that place; empty when nothing was.
        arms: Arm of each running experiment the person is in, by experiment.
    """

    query: Query
    item_ids: tuple[str, ...]
    titles: tuple[str, ...]
    scores: tuple[float, ...]
    reasons: tuple[tuple[Reason, ...], ...]
    source: str
    answer_id: str
    bundle_digest: str
    uncertainty: tuple[float, ...] | None = None
    warnings: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    propensities: tuple[float, ...] | None = None
    explored: tuple[bool, ...] = ()
    arms: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.item_ids)

    def to_frame(self) -> pd.DataFrame:
        """The list as a DataFrame.

        Returns:
            Columns ``user_id, item_id, title, score, rank, reason, source``; rank from 1.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "user_id": [self.query.user_id] * len(self),
                "item_id": list(self.item_ids),
                "title": list(self.titles),
                "score": list(self.scores),
                "rank": list(range(1, len(self) + 1)),
                "reason": [" ".join(r.text for r in reasons[:2]) for reasons in self.reasons],
                "source": [self.source] * len(self),
            }
        )
