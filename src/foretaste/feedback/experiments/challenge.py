"""Interleaving where lists are made: a second ranker drafts against the first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretaste.core import Evidence, ItemList, Scorer
from foretaste.feedback.experiments.interleaving import team_draft
from foretaste.recommend.selection import Selection

__all__ = ["Interleaving"]


@dataclass(frozen=True, slots=True, eq=False)
class Interleaving:
    """The pipeline's selection step that interleaves its own ranking with a challenger's.

    Team a is the pipeline's ranking as it comes (variety included), team b the challenger's
    ranking of the same pool. The selection marks team b's places as explored, which is how
    :func:`foretaste.feedback.interleaving_credits` reads them out of the impressions, and it
    carries the exact probability of every place.

    Attributes:
        challenger: The other ranker.
        rng: The coins; see :func:`foretaste.feedback.exploration_rng`.
        depth: Items of the pool: what lies below in the first ranking cannot be drafted.
    """

    challenger: Scorer
    rng: np.random.Generator
    depth: int = 200

    def pool(self, n: int) -> int:
        """How many candidates are needed for a list of ``n``.

        Args:
            n: Length of the list.

        Returns:
            :attr:`depth`, at least twice the list.
        """
        return max(self.depth, 2 * n)

    def __call__(self, evidence: Evidence, items: ItemList, scorer: Scorer, n: int) -> Selection:
        """Draft the list.

        Args:
            evidence: Whoever asks.
            items: Candidates in the first ranker's order.
            scorer: The first ranker; not asked again.
            n: Length of the list.

        Returns:
            The list; its scores are the first ranker's, so they need not fall.
        """
        theirs = self.challenger.score(evidence, items.rows)
        # No more than n of each ranking can be picked.
        first = list(range(min(n, len(items))))
        second = np.argsort(-np.asarray(theirs), kind="stable")[:n].tolist()
        drafted = team_draft(first, second, n, self.rng)
        explored = tuple(team == "b" for team in drafted.teams)
        chosen = items.take(np.array(drafted.items, np.intp))
        return Selection(chosen, drafted.propensities, explored)
