"""Variety in a list: each next item is good, and unlike those before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pydantic import Field

from foretaste.core import Evidence, FloatArray, ItemList, Settings

__all__ = ["MMR", "Diversifier"]


class MMR(Settings):
    """Maximal marginal relevance: greedily, the best that says something new.

    ``next = argmax_i (1 - diversity) rel_i - diversity max_{j chosen} cos(v_i, v_j)``
    (Carbonell & Goldstein, "The use of MMR, diversity-based reranking for reordering documents
    and producing summaries", SIGIR 1998). ``rel`` is the score, scaled to 0..1 over the pool, so
    that the weight means the same for every scorer; ``v`` are item vectors less their mean. The
    first item is always the best one. It needs no learning and keeps scores and reasons as they
    are; the list is then no longer in the order of its scores. The pool does not grow with the
    list, so a shorter list is the beginning of a longer one.

    Attributes:
        diversity: Weight of variety; 0 leaves the order, 1 forgets the scores.
        pool: Best items that are reordered; what follows them is by score.
    """

    diversity: float = Field(0.3, ge=0, le=1, description="Weight of variety against score")
    pool: int = Field(200, ge=1, le=2_000, description="Best items that are reordered")

    def over(self, vectors: FloatArray) -> Diversifier:
        """Take the vectors that say how alike items are.

        Args:
            vectors: One row per item, [I, D]; rows of zeros are like nothing.

        Returns:
            What reorders lists.
        """
        return Diversifier(self, vectors)


@dataclass(frozen=True, eq=False)
class Diversifier:
    """Reorders lists by :class:`MMR`.

    Attributes:
        settings: How much variety.
        vectors: One row per item, [I, D].
    """

    settings: MMR
    vectors: FloatArray

    def rerank(
        self,
        evidence: Evidence,
        items: ItemList,
        n: int | None = None,
        diversity: float | None = None,
    ) -> ItemList:
        """The list in its new order.

        Args:
            evidence: Not used: variety is the same for everybody.
            items: A ranking with a ``score`` column, best first.
            n: Keep so many; all when left out.
            diversity: Weight of variety; the settings' when left out.

        Returns:
            The same items with all their columns, the first ``n`` of the new order.
        """
        weight = self.settings.diversity if diversity is None else diversity
        size = len(items) if n is None else min(n, len(items))
        pool = min(len(items), self.settings.pool)
        if weight <= 0 or pool < 2:
            return items.take(slice(0, size))
        order = self._greedy(items.rows[:pool], items.scores[:pool], weight, min(size, pool))
        rest = np.setdiff1d(np.arange(len(items)), order)[: size - len(order)]
        return items.take(np.concatenate([order, rest]))

    def _greedy(self, rows: np.ndarray, scores: FloatArray, weight: float, size: int) -> np.ndarray:
        places = self._places(rows)
        worth = np.asarray(scores, np.float64)
        span = float(worth.max() - worth.min())
        worth = (1.0 - weight) * ((worth - worth.min()) / span if span > 0 else worth * 0.0)
        alike = np.full(len(rows), -np.inf)
        order = np.empty(size, np.int64)
        best = int(np.argmax(scores))
        for step in range(size):
            order[step] = best
            worth[best] = -np.inf
            np.maximum(alike, places @ places[best], out=alike)
            best = int(np.argmax(worth - weight * alike))
        return order

    @cached_property
    def _centre(self) -> FloatArray:
        """Mean of the items that have a vector, [D]."""
        known = int(self.vectors.any(axis=1).sum())
        total: FloatArray = self.vectors.sum(axis=0, dtype=np.float64)
        return total / known if known > 1 else np.zeros(self.vectors.shape[1])

    def _places(self, rows: np.ndarray) -> FloatArray:
        """Unit vectors about the mean of all items, float32 [P, D]."""
        given = self.vectors[rows]
        moved = np.where(given.any(axis=1, keepdims=True), given - self._centre, 0.0)
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        unit: FloatArray = (moved / np.maximum(lengths, 1e-12)).astype(np.float32)
        return unit
