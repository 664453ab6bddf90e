"""Showing now and then what might be better than what we believe is best, with exact odds."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from pydantic import Field

from foretaste.core import Evidence, FloatArray, ItemList, Query, Scorer, Settings, stream
from foretaste.feedback.beliefs import (
    Places,
    best_of_draws,
    best_of_optimism,
    boltzmann,
    score_covariance,
)
from foretaste.feedback.policy import Policy, Slot, certain
from foretaste.recommend.selection import Selection

__all__ = ["Exploration", "Explorer", "exploration_rng"]

_LOG = logging.getLogger("foretaste.feedback")
_SPARE = 4
"""Alternatives wanted for each open place of a long list."""


class Exploration(Settings):
    """How much is left to chance, and by which rule. Off unless asked for.

    A list of ``n`` has ``ceil(share n)`` open places, spread evenly over it; the others show
    what they would show anyway. Each open place is explored with one probability, such that
    ``share n`` places are explored on average and never more than are open. An open place
    has candidates of its own: the item that belongs there, and its part of the pool beyond
    the list, dealt out in turn. Places are therefore independent, no item can be drawn twice,
    and the probability of every item at every place is known exactly:

    ``p(i at place) = (1 - e) [i belongs there] + e ((1 - floor) q_i + floor / candidates)``

    with ``e`` the probability that the place is explored and ``q`` of the rule: ``thompson``
    (how probable it is that ``i`` is the best candidate; Chapelle & Li 2011) or ``ucb`` (the
    candidate with the highest optimistic score; Li et al. 2010). Use ``thompson`` unless you
    want few, stubborn trials: its probabilities support off-policy estimates, those of ``ucb``
    only through ``floor``. A scorer without a posterior follows ``fallback``.
    """

    kind: Literal["none", "thompson", "ucb"] = Field(
        "none", description="rule by which explored places are filled; none explores nothing"
    )
    share: float = Field(
        0.1, ge=0, le=1, description="share of places explored, on average over lists"
    )
    pool: int = Field(
        60,
        ge=2,
        le=2_000,
        description="items considered, best by score; more where the list is long",
    )
    draws: int = Field(
        256, ge=16, le=10_000, description="posterior draws behind the odds of thompson"
    )
    width: float = Field(1.5, ge=0, le=10, description="standard deviations of optimism of ucb")
    floor: float = Field(
        0.1, ge=0, le=1, description="part of an explored place's odds that is spread evenly"
    )
    fallback: Literal["softmax", "none"] = Field(
        "softmax", description="rule for a scorer without a posterior: softmax of scores, or none"
    )
    temperature: float = Field(
        0.5, gt=0, le=100, description="of the softmax, in standard deviations of the scores"
    )

    @property
    def active(self) -> bool:
        """Whether anything is left to chance."""
        return self.kind != "none" and self.share > 0

    def open_places(self, n: int) -> int:
        """How many places of a list may be explored at most.

        Args:
            n: Length of the list.

        Returns:
            ``ceil(share n)``.
        """
        return math.ceil(self.share * n - 1e-9) if self.active else 0

    def select(self, rng: np.random.Generator) -> Explorer:
        """What chooses the list of one answer.

        Args:
            rng: Whose chance it is; see :func:`exploration_rng`.

        Returns:
            A selection step for the pipeline.
        """
        return Explorer(self, rng)

    def policy(self, evidence: Evidence, items: ItemList, scorer: Scorer, n: int) -> Policy:
        """The odds of every candidate at every place, before anything is drawn.

        Args:
            evidence: Whoever asks.
            items: Candidates with scores, in the order they would be shown.
            scorer: Who scored them; its posterior is used if it has one.
            n: Length of the list.

        Returns:
            The odds.
        """
        count = min(n, len(items))
        many = self.open_places(count)
        spare = np.arange(count, len(items))
        if not many or not len(spare):
            return certain(count)
        places = [int((j + 0.5) * count / many) for j in range(many)]
        groups = [np.concatenate([[place], spare[j::many]]) for j, place in enumerate(places)]
        odds = self._odds(evidence, items, scorer, groups)
        if odds is None:
            return certain(count)
        rate = self.share * count / many
        slots = list(certain(count).slots)
        for place, group, share in zip(places, groups, odds, strict=True):
            even = (1 - self.floor) * share + self.floor / len(group)
            slots[place] = Slot(group, even, rate)
        return Policy(tuple(slots))

    def _odds(
        self, evidence: Evidence, items: ItemList, scorer: Scorer, groups: list[Places]
    ) -> list[FloatArray] | None:
        # Only what may come to an open place is looked at; groups are renumbered within it.
        used = np.concatenate(groups)
        ends = np.cumsum([len(group) for group in groups])
        groups = np.split(np.arange(len(used)), ends[:-1])
        scores = np.asarray(items.scores, np.float64)[used]
        covariance = score_covariance(scorer, evidence, items.rows[used])
        if covariance is not None:
            if self.kind == "ucb":
                return best_of_optimism(scores, covariance, groups, self.width)
            return best_of_draws(scores, covariance, groups, self.draws)
        _say_once(type(scorer).__name__, self.fallback)
        return boltzmann(scores, groups, self.temperature) if self.fallback == "softmax" else None


@dataclass(frozen=True, slots=True, eq=False)
class Explorer:
    """Fills one list by :class:`Exploration`; the pipeline's selection step.

    Attributes:
        settings: The rule.
        rng: Whose chance it is; used up as lists are drawn.
    """

    settings: Exploration
    rng: np.random.Generator

    def pool(self, n: int) -> int:
        """How many candidates are needed for a list of ``n``.

        Args:
            n: Length of the list.

        Returns:
            ``n`` when nothing is explored; else the pool, and in a long list at least a few
            alternatives for each open place.
        """
        if not self.settings.active:
            return n
        return max(self.settings.pool, n + _SPARE * self.settings.open_places(n))

    def __call__(self, evidence: Evidence, items: ItemList, scorer: Scorer, n: int) -> Selection:
        """Draw the list.

        Args:
            evidence: Whoever asks.
            items: Candidates with scores, in the order they would be shown.
            scorer: Who scored them.
            n: Length of the list.

        Returns:
            The list, with the probability of each item at its place.
        """
        policy = self.settings.policy(evidence, items, scorer, n)
        drawn = policy.draw(self.rng)
        if not policy.open:
            return Selection(items.take(drawn.positions), None, ())
        return Selection(
            items.take(drawn.positions),
            tuple(drawn.propensities.tolist()),
            tuple(drawn.explored.tolist()),
        )


@lru_cache(maxsize=64)
def _say_once(name: str, fallback: str) -> None:
    instead = "nothing is explored" if fallback == "none" else "softmax of its scores instead"
    _LOG.warning("%s has no posterior to explore by: %s", name, instead)


def exploration_rng(query: Query, *names: str | int) -> np.random.Generator:
    """The chance that belongs to one person's query: order and parallel work do not matter.

    Args:
        query: Its seed and person count. Two equal queries get equal lists, so that a page can
            be drawn again.
        *names: Whatever else should change the draw: a service passes the number or time of
            the request, else one person would be shown the same draw for ever.

    Returns:
        The random stream.
    """
    return stream(query.seed, "exploration", query.user_id or "", *names)
