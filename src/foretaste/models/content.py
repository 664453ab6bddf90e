"""Text similarity: items that read like what the person liked or asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field

from foretaste.core import Attribution, Dataset, Evidence, FloatArray, Rows, Settings, State
from foretaste.core.errors import DataError
from foretaste.models._scoring import BatchScorer, history_matrix, once

__all__ = ["Content", "FittedContent"]


class FittedContent(BatchScorer):
    """``score(u, i) = mean_j w_j cos(t_i, t_j) + wish_weight cos(t_i, wish)``.

    Args:
        vectors: Unit text vectors, float32 [I, D].
        recency: Weight of a liked item against the next newer one.
        wish_weight: Weight of a wish against the whole history.
    """

    def __init__(self, vectors: FloatArray, recency: float, wish_weight: float) -> None:
        self.vectors = vectors
        self.recency = recency
        self.wish_weight = wish_weight

    def _weights(self, evidence: Evidence) -> FloatArray:
        count = len(once(evidence.history))
        ages = np.arange(count - 1, -1, -1)
        weights = self.recency**ages
        shares: FloatArray = weights / weights.sum() if count else weights
        return shares

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Similarity to the weighted past and the wish; see the base class."""
        liked = history_matrix(batch, len(self.vectors), [self._weights(one) for one in batch])
        wanted = liked @ self.vectors
        for row, evidence in enumerate(batch):
            if evidence.wish is not None and evidence.wish.vector is not None:
                wanted[row] += self.wish_weight * evidence.wish.vector
        scores: FloatArray = wanted @ self.vectors.T
        return scores

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """One exact share per liked item, and one for the wish.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution.
        """
        history = evidence.history
        places = once(history)
        near = self.vectors[rows] @ self.vectors[history.rows[places]].T
        past = np.zeros((len(rows), len(history)))
        past[:, places] = near * self._weights(evidence)
        parts = {}
        if evidence.wish is not None and evidence.wish.vector is not None:
            parts["words"] = self.wish_weight * (self.vectors[rows] @ evidence.wish.vector)
        return Attribution(rows, parts, past, blocks={"content": past})

    def state(self) -> State:
        """Plain data."""
        return State(
            {"vectors": self.vectors}, {"recency": self.recency, "wish_weight": self.wish_weight}
        )

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The fitted model.
        """
        return cls(vectors=state.arrays["vectors"], **state.meta)


class Content(Settings):
    """Ranks by likeness of descriptions; needs no other people.

    The peer that new items are measured against. Use the taste model, which *learns* how
    text becomes taste, as soon as there are a few hundred people.

    Attributes:
        vectors: Which of ``Dataset.vectors`` to use.
        recency: Weight of a liked item against the next newer one; 1 weighs all alike.
        wish_weight: Weight of a wish in words against the whole history.
    """

    vectors: str = "text"
    recency: float = Field(default=0.95, gt=0, le=1)
    wish_weight: float = Field(default=2.0, ge=0)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FittedContent:
        """Take the vectors.

        Args:
            dataset: Data with vectors.
            rng: Not used.

        Returns:
            The fitted model.

        Raises:
            DataError: If there are no such vectors.
        """
        found = dataset.vectors.get(self.vectors)
        if found is None:
            raise DataError(
                f"there are no {self.vectors!r} vectors",
                expected="items encoded first",
                where=dataset.name,
                remedy="Give the items a text or title column and an encoder",
            )
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)
        return FittedContent(unit, self.recency, self.wish_weight)
