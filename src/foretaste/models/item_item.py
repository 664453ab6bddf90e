"""The fitted form of every item-to-item model: a score is the sum of what liked items say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import Attribution, Evidence, FloatArray, Rows, State
from foretaste.models._scoring import BatchScorer, history_matrix, once, past_only

__all__ = ["FittedItemItem"]


class FittedItemItem(BatchScorer):
    """``score(u, i) = sum_{j liked by u} W[j, i]``, each liked item counted once.

    Somebody who likes nothing scores 0 everywhere. Dislikes are not used.

    Args:
        weights: ``W``, float32 [I, I], dense or sparse.
    """

    def __init__(self, weights: FloatArray | csr_matrix) -> None:
        self.weights = weights

    def score(self, evidence: Evidence, rows: Rows | None = None) -> FloatArray:
        """Scores for one person: the sum of L rows, no matrix is built.

        Args:
            evidence: Whoever asks.
            rows: Which items; all when ``None``.

        Returns:
            Scores aligned with ``rows``, or [I].
        """
        liked = evidence.history.rows[once(evidence.history)]
        scores: FloatArray
        if isinstance(self.weights, csr_matrix):
            lines = self.weights[liked]
            total = np.bincount(lines.indices, lines.data, minlength=self.weights.shape[1])
            scores = total.astype(np.float32)
            return scores if rows is None else scores[rows]
        if rows is None:
            # A product with ones lets BLAS do the sum.
            scores = np.ones(len(liked), np.float32) @ self.weights[liked]
        else:
            scores = self.weights[liked[:, None], rows].sum(axis=0)
        return scores

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Scores of all items for many people.

        Args:
            batch: The people.

        Returns:
            Scores [B, I].
        """
        liked = history_matrix(batch, self.weights.shape[0])
        scores = liked @ self.weights
        return np.asarray(scores.toarray() if isinstance(scores, csr_matrix) else scores)

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """One exact share per liked item, which is also what deleting it takes away.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution.
        """
        places = once(evidence.history)
        block = self.weights[evidence.history.rows[places]][:, rows]
        dense = block.toarray() if isinstance(block, csr_matrix) else block
        return past_only(rows, evidence.history, places, dense.T)

    def similar(self, row: int) -> FloatArray:
        """What liking one item says about all others.

        Args:
            row: The item.

        Returns:
            Scores [I]; its own is 0.
        """
        line = self.weights[row]
        dense = line.toarray() if isinstance(line, csr_matrix) else line
        return np.array(dense, dtype=np.float32).ravel()

    def state(self) -> State:
        """Weights as plain data."""
        if isinstance(self.weights, csr_matrix):
            w = self.weights
            arrays = {"data": w.data, "indices": w.indices, "indptr": w.indptr}
            return State(arrays, {"n_items": int(w.shape[0])})
        return State({"weights": self.weights}, {})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The fitted model.
        """
        a = state.arrays
        if "weights" in a:
            return cls(a["weights"])
        n = state.meta["n_items"]
        return cls(csr_matrix((a["data"], a["indices"], a["indptr"]), (n, n)))
