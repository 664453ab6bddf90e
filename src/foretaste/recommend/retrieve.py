"""Proposing a few items out of many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretaste.core import BoolArray, Evidence, FloatArray, ItemList, Scorer, top

__all__ = ["FullScan"]


@dataclass(frozen=True, slots=True, eq=False)
class FullScan:
    """Scores every item and keeps the best: exact, and fast enough to some 100,000 items.

    A scorer that gives all items one score has nothing to say (item-to-item models about
    somebody without a past); it then proposes nothing, unless it is told to answer anyway.

    Attributes:
        scorer: What scores.
        anyway: Propose items even when all scores are equal: for the last fallback.
    """

    scorer: Scorer
    anyway: bool = True

    def retrieve(self, evidence: Evidence, n: int, mask: BoolArray | None = None) -> ItemList:
        """The best items that may be shown.

        Args:
            evidence: Whoever asks.
            n: How many at most.
            mask: Which items may be shown, [I]; all when ``None``.

        Returns:
            Items with a ``score`` column, best first; empty when there is nothing to say.
        """
        scores: FloatArray = self.scorer.score(evidence)
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        if not (self.anyway or _says_something(scores)):
            return ItemList.of([], score=np.zeros(0))
        best = top(scores, n)
        return ItemList.of(best, score=scores[best])


def _says_something(scores: FloatArray) -> bool:
    finite = scores[np.isfinite(scores)]
    return len(finite) == 1 or (len(finite) > 1 and float(np.ptp(finite)) > 0.0)
