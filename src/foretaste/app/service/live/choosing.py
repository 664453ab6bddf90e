"""What is tried on whoever asks: arms of experiments and exploration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foretaste.core import Query, Scorer
from foretaste.feedback import Exploration, Interleaving, assign, exploration_rng
from foretaste.recommend import Select

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside
    from foretaste.app.service.live.serving import Serving

__all__ = ["Choice", "choose"]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """How one answer is made, besides the question.

    Attributes:
        select: Exploration, if any.
        source: Who ranks, if not the first that can.
        diversity: Variety, where an arm says so.
        arms: Arm of each experiment the person is in.
    """

    select: Select | None = None
    source: str | None = None
    diversity: float | None = None
    arms: Mapping[str, str] = field(default_factory=dict)


def choose(
    inside: Inside,
    serving: Serving,
    query: Query,
    user_id: str | None,
    explore: float | None,
    source: str | None,
) -> Choice:
    """Find the arms somebody is in, and what follows from them.

    What the request says itself goes before what an arm says: a request with a source of its
    own, say, is answered by that source whatever the arm.

    Args:
        inside: The workspace.
        serving: What answers.
        query: The question.
        user_id: Who asks; nobody in particular is in no experiment.
        explore: Share of places left to chance, if the request says so.
        source: Who ranks, if the request says so.

    Returns:
        The choice.
    """
    tried = inside.trying
    arms: dict[str, str] = {}
    exploration, diversity = tried.exploration, None
    if user_id is not None:
        for experiment in tried.running:
            arms[experiment.name] = name = assign(experiment, user_id)
            said = experiment.arms[name].settings
            if source is None:
                source = said.get("source")
            if "diversity" in said and query.diversity == 0.0:
                diversity = float(said["diversity"])
            if "explore" in said:
                exploration = _shared(exploration, float(said["explore"]))
    if explore is not None:
        exploration = _shared(exploration, explore)
    select: Select | None = None
    mixed = tried.interleaving
    if mixed is not None and user_id is not None and explore is None and source is None:
        first, second = (mixed.arms[name].settings.get("source") for name in sorted(mixed.arms))
        challenger = _scorer(serving, second)
        if challenger is not None:
            arms[mixed.name] = "interleaved"
            rng = exploration_rng(query, mixed.salt, inside.next_draw())
            return Choice(Interleaving(challenger, rng), first, diversity, arms)
    if exploration.active:
        select = exploration.select(exploration_rng(query, inside.next_draw()))
    return Choice(select, source, diversity, arms)


def _scorer(serving: Serving, name: str | None) -> Scorer | None:
    sources = serving.recommender.pipeline.sources
    if name is None:
        return sources[0].scorer
    return next((one.scorer for one in sources if one.name == name), None)


def _shared(exploration: Exploration, share: float) -> Exploration:
    kind = exploration.kind if exploration.kind != "none" else "thompson"
    return Exploration.of({**exploration.model_dump(), "kind": kind, "share": share}, "explore")
