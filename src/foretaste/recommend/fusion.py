"""Joining rankings of several sources without training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from foretaste.core import FloatArray, ItemList, Settings, top

__all__ = ["ReciprocalRankFusion"]


class ReciprocalRankFusion(Settings):
    """Reciprocal rank fusion: ``score(i) = sum_s w_s / (k + rank_s(i))``.

    Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet and
    individual rank learning methods", SIGIR 2009, whose ``k = 60`` is the default. It uses
    ranks only, so sources need no common scale; the price is that its score is no longer a
    sum of evidence. Answers made by it say ``fusion``, and their reasons name each source.
    Use the additive taste score when exact reasons matter more than breadth of sources.

    Attributes:
        k: Damps the weight of first places; larger is flatter.
    """

    k: float = Field(60.0, ge=0)

    def fuse(
        self, lists: Sequence[ItemList], n: int, weights: Sequence[float] | None = None
    ) -> ItemList:
        """Join ranked lists.

        Args:
            lists: Rankings, best first.
            n: Length of the result at most.
            weights: One per list; all 1 when left out.

        Returns:
            The joint ranking with columns ``score`` and, for each list ``s``, ``rank_s``
            (1-based; 0 where that list does not hold the item).
        """
        given = [1.0] * len(lists) if weights is None else list(weights)
        everything = [items.rows for items in lists]
        rows = np.unique(np.concatenate(everything)) if everything else np.empty(0, np.int32)
        scores: FloatArray = np.zeros(len(rows))
        ranks: dict[str, np.ndarray] = {}
        for position, (items, weight) in enumerate(zip(lists, given, strict=True)):
            rank = np.zeros(len(rows), np.int32)
            rank[np.searchsorted(rows, items.rows)] = np.arange(1, len(items) + 1)
            scores = scores + np.where(rank > 0, weight / (self.k + rank), 0.0)
            ranks[f"rank_{position}"] = rank
        best = top(scores, n)
        return ItemList.of(rows, score=scores, **ranks).take(best)
