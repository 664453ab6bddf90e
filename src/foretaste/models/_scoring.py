"""What the models of this room share: each liked item once, and shares of a sum over them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import Attribution, Evidence, FloatArray, History, Rows

__all__ = ["BatchScorer", "history_matrix", "once", "past_only"]


class BatchScorer(ABC):
    """A scorer written once, for a batch; one person is a batch of one."""

    @abstractmethod
    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Scores of all items for many people.

        Args:
            batch: The people.

        Returns:
            Scores [B, I].
        """

    def score(self, evidence: Evidence, rows: Rows | None = None) -> FloatArray:
        """Scores for one person.

        Args:
            evidence: Whoever asks.
            rows: Which items; all when ``None``.

        Returns:
            Scores aligned with ``rows``, or [I].
        """
        scores: FloatArray = self.score_batch([evidence])[0]
        return scores if rows is None else scores[rows]


def once(history: History) -> np.ndarray:
    """Positions of the events that count when every item counts once.

    Of each item the newest event that says anything (signal not 0) decides; it counts if
    it is positive. So a like that was taken back does not count, and a dislike never does.

    Args:
        history: Somebody's past.

    Returns:
        Positions into the history, ascending.
    """
    signals = history.signals
    places = np.flatnonzero(signals)[::-1]
    _, newest = np.unique(history.rows[places], return_index=True)
    deciding = places[newest]
    return np.sort(deciding[signals[deciding] > 0])


def history_matrix(
    batch: Sequence[Evidence], n_items: int, weights: Sequence[FloatArray] | None = None
) -> csr_matrix:
    """What each person liked, as a sparse matrix.

    Args:
        batch: The people.
        n_items: Size of the catalogue.
        weights: One weight for each position that :func:`once` gives; 1 when left out.

    Returns:
        float32 [B, I].
    """
    rows = [evidence.history.rows[once(evidence.history)] for evidence in batch]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in rows], dtype=np.int64)])
    items = np.concatenate(rows) if rows else np.empty(0, np.int32)
    values: FloatArray = np.ones(len(items), np.float32)
    if weights:
        values = np.concatenate(list(weights)).astype(np.float32)
    return csr_matrix((values, items, starts), (len(batch), n_items))


def past_only(
    rows: Rows,
    history: History,
    places: np.ndarray,
    shares: FloatArray,
    effect: FloatArray | None = None,
) -> Attribution:
    """Attribution of a score that is a sum over liked items.

    Args:
        rows: The items explained, [K].
        history: The whole history.
        places: The positions that count, as :func:`once` gives them.
        shares: Their shares, [K, number of places].
        effect: How much the score falls without each, likewise; ``None`` if by its share.

    Returns:
        The attribution, with zeros for events that do not count.
    """
    past = np.zeros((len(rows), len(history)))
    past[:, places] = shares
    if effect is None:
        return Attribution(rows, {}, past)
    without = np.zeros_like(past)
    without[:, places] = effect
    return Attribution(rows, {}, past, without)
