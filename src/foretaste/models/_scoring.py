"""What the models of this room share: scores of chosen rows, and each liked item once."""

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


def once(history: History, *, positive: bool = True) -> np.ndarray:
    """Positions of the events that count when every item counts once: its newest.

    Args:
        history: Somebody's past.
        positive: Count only events with a positive signal.

    Returns:
        Positions into the history, ascending.
    """
    places = np.flatnonzero(history.signals > 0) if positive else np.arange(len(history))
    backwards = places[::-1]
    _, first = np.unique(history.rows[backwards], return_index=True)
    return np.sort(backwards[first])


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
    starts = np.concatenate([[0], np.cumsum([len(one) for one in rows])])
    items = np.concatenate(rows) if rows else np.empty(0, np.int32)
    values = (
        np.ones(len(items), np.float32)
        if weights is None
        else np.concatenate(list(weights)).astype(np.float32)
    )
    return csr_matrix((values, items, starts), (len(batch), n_items))


def past_only(rows: Rows, history: History, places: np.ndarray, shares: FloatArray) -> Attribution:
    """Attribution of a score that is a sum over liked items.

    Args:
        rows: The items explained, [K].
        history: The whole history.
        places: The positions that count, as :func:`once` gives them.
        shares: Their shares, [K, number of places].

    Returns:
        The attribution, with zeros for events that do not count.
    """
    past = np.zeros((len(rows), len(history)))
    past[:, places] = shares
    return Attribution(rows, {}, past)
