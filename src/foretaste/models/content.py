"""Text similarity: items that read like what the person liked or asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field

from foretaste.core import Attribution, Dataset, Evidence, FloatArray, Rows, Settings, State
from foretaste.core.errors import DataError
from foretaste.models._scoring import BatchScorer, history_matrix, once
from foretaste.sums import PeopleSums

__all__ = ["Content", "FittedContent"]


class FittedContent(BatchScorer):
    """``score(u, i) = mean_j cos(t_i, t_j) + wish_weight cos(t_i, wish) + ...``.

    The mean over liked items ``j`` is weighted by ``recency^(newer liked items)``; the last
    term is ``profile_weight cos(t_i, profile)``. Dislikes are not used. An item without a
    text is like nothing: it scores 0.

    Args:
        vectors: Unit text vectors, float32 [I, D].
        settings: What it was fitted with.
    """

    reads_wishes = True

    def __init__(self, vectors: FloatArray, settings: Content) -> None:
        self.vectors = vectors
        self.settings = settings

    def _weights(self, count: int) -> FloatArray:
        weights = self.settings.recency ** np.arange(count - 1.0, -1.0, -1.0)
        shares: FloatArray = weights / weights.sum() if count else weights
        return shares

    def _words(self, evidence: Evidence) -> dict[str, FloatArray]:
        """What words ask for, by the name of the part, scaled; each [D]."""
        found: dict[str, FloatArray] = {}
        if evidence.wish is not None and evidence.wish.vector is not None:
            found["words"] = self.settings.wish_weight * evidence.wish.vector
        if evidence.profile_vector is not None:
            found["profile"] = self.settings.profile_weight * evidence.profile_vector
        return found

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Likeness to the weighted past and the words.

        Args:
            batch: The people.

        Returns:
            Scores float32 [B, I].
        """
        weights = [self._weights(len(once(one.history))) for one in batch]
        wanted = history_matrix(batch, len(self.vectors), weights) @ self.vectors
        for row, evidence in enumerate(batch):
            for vector in self._words(evidence).values():
                wanted[row] += vector
        scores: FloatArray = wanted @ self.vectors.T
        return scores

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """One exact share per liked item, and one each for wish and profile.

        The weights sum to 1, so deleting an event moves weight to the others: the effect is
        the score less the weighted mean of what is left.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution.
        """
        history = evidence.history
        places = once(history)
        asked = self.vectors[rows].astype(np.float64)
        near = asked @ self.vectors[history.rows[places]].T
        weights = self._weights(len(places))
        past = np.zeros((len(rows), len(history)))
        past[:, places] = near * weights
        effect = np.zeros_like(past)
        if len(places):
            mean = past.sum(axis=1, keepdims=True)
            effect[:, places] = mean - _mean_without(near, weights, self.settings.recency)
        parts = {name: asked @ vector for name, vector in self._words(evidence).items()}
        return Attribution(rows, parts, past, effect, {"content": past})

    def state(self) -> State:
        """Plain data."""
        return State({"vectors": self.vectors}, self.settings.model_dump())

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The fitted model.
        """
        return cls(state.arrays["vectors"], Content.of(dict(state.meta), "content"))


def _mean_without(near: FloatArray, weights: FloatArray, recency: float) -> FloatArray:
    """The weighted mean of ``near`` with each column left out in turn, [K, L].

    What is older than the one left out becomes one step younger.
    """

    def without(values: FloatArray) -> FloatArray:
        older = np.cumsum(values, axis=-1) - values
        newer = values.sum(axis=-1, keepdims=True) - older - values
        left: FloatArray = older / recency + newer
        return left

    alone = near.shape[1] == 1
    total = np.ones(1) if alone else without(weights)
    mean: FloatArray = without(near * weights) / total
    return np.zeros_like(mean) if alone else mean


class Content(Settings):
    """Ranks by likeness of descriptions; needs no other people.

    The peer that new items are measured against. Use the taste model, which *learns* how
    text becomes taste, as soon as there are a few hundred people.

    Attributes:
        vectors: Which of ``Dataset.vectors`` to use.
        recency: Weight of a liked item against the next newer one; 1 weighs all alike.
        wish_weight: Weight of a wish in words against the whole history.
        profile_weight: Weight of a profile in words against the whole history.
        centre: Take the mean vector off first: what all descriptions share says nothing.
    """

    vectors: str = "text"
    centre: bool = True
    recency: float = Field(default=0.95, gt=0, le=1)
    wish_weight: float = Field(default=2.0, ge=0)
    profile_weight: float = Field(default=1.0, ge=0)

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
        return self.fit_from(PeopleSums(dataset), rng=rng)

    def fit_from(self, sums: PeopleSums, *, rng: np.random.Generator) -> FittedContent:
        """Take the vectors; of people nothing is needed.

        Args:
            sums: The data.
            rng: Not used.

        Returns:
            The fitted model.

        Raises:
            DataError: If there are no such vectors.
        """
        dataset = sums.items
        found = dataset.vectors.get(self.vectors)
        if found is None:
            raise DataError(
                f"there are no {self.vectors!r} vectors",
                expected="items encoded first",
                where=dataset.name,
                remedy="Give the items a text or title column and an encoder",
            )
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if self.centre and (lengths > 0).sum() > 1:
            found = np.where(lengths > 0, found - found[lengths[:, 0] > 0].mean(axis=0), 0.0)
            lengths = np.linalg.norm(found, axis=1, keepdims=True)
        unit = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)
        return FittedContent(unit.astype(np.float32), self)
