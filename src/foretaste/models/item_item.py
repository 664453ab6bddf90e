"""Item-to-item models: a person's score is the sum of what each liked item says.

:class:`Ease` is the stronger one on dense data up to some 20,000 items; :class:`ItemKNN`
is lighter, keeps few neighbours, and goes on beyond that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

from foretaste.core import Attribution, Dataset, Evidence, FloatArray, Rows, Settings, State
from foretaste.core.errors import LimitError
from foretaste.models._scoring import BatchScorer, history_matrix, once, past_only

__all__ = ["Ease", "FittedItemItem", "ItemKNN", "ease_weights"]


class FittedItemItem(BatchScorer):
    """``score(u, i) = sum_{j liked by u} W[j, i]``, each liked item counted once.

    Args:
        weights: ``W``, [I, I], dense or sparse.
    """

    def __init__(self, weights: FloatArray | csr_matrix) -> None:
        self.weights = weights

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Sum the rows of what each person liked; see the base class."""
        liked = history_matrix(batch, self.weights.shape[0])
        scores = liked @ self.weights
        return np.asarray(scores.todense() if isinstance(scores, csr_matrix) else scores)

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """One exact share per liked item.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution.
        """
        places = once(evidence.history)
        block = self.weights[evidence.history.rows[places]][:, rows]
        dense = np.asarray(block.todense()) if isinstance(block, csr_matrix) else block
        return past_only(rows, evidence.history, places, dense.T)

    def similar(self, row: int) -> FloatArray:
        """What liking one item says about all others.

        Args:
            row: The item.

        Returns:
            Scores [I]; its own is 0.
        """
        line = self.weights[row]
        dense = line.todense() if isinstance(line, csr_matrix) else line
        return np.asarray(dense, dtype=np.float32).ravel()

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


def ease_weights(gram: FloatArray, ridge: float) -> FloatArray:
    """Weights of EASE from item co-counts.

    ``P = (X'X + ridge I)^-1``, ``W_ij = -P_ij / P_jj``, ``W_ii = 0``: the exact minimiser of
    ``|X - XW|^2 + ridge |W|^2`` subject to a zero diagonal (Steck, "Embarrassingly shallow
    autoencoders for sparse data", WWW 2019).

    Args:
        gram: ``X'X``, [I, I].
        ridge: Regularisation, > 0.

    Returns:
        ``W``, float32 [I, I].
    """
    regular = np.array(gram, dtype=np.float64)
    np.fill_diagonal(regular, regular.diagonal() + ridge)
    precision = cho_solve(
        cho_factor(regular, lower=True, overwrite_a=True), np.eye(len(regular)), overwrite_b=True
    )
    weights = precision / -precision.diagonal()[None, :]
    np.fill_diagonal(weights, 0.0)
    return weights.astype(np.float32)


class Ease(Settings):
    """EASE: a linear autoencoder whose weights have a closed form.

    See :func:`ease_weights`. Costs ``I^3 / 3`` once and ``4 I^2`` bytes; near the best of
    all models on dense data. It knows neither order nor words: use the taste model for
    those, :class:`ItemKNN` for very large catalogues.

    Attributes:
        ridge: Regularisation; 100-1000 is usual, more on sparser data.
        max_items: Refuse catalogues whose weights would not fit in memory.
    """

    ridge: float = Field(default=300.0, gt=0)
    max_items: int = Field(default=30_000, gt=0)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FittedItemItem:
        """Invert the co-counts.

        Args:
            dataset: The data.
            rng: Not used: the solution is unique.

        Returns:
            The fitted model.

        Raises:
            LimitError: If there are more than ``max_items`` items.
        """
        if dataset.n_items > self.max_items:
            raise LimitError(
                "the catalogue is too large for ease",
                expected=f"at most {self.max_items} items",
                got=str(dataset.n_items),
                remedy="Use itemknn or ials, or raise max_items (memory: 16 bytes x items^2)",
            )
        x = dataset.liked
        return FittedItemItem(ease_weights((x.T @ x).toarray(), self.ridge))


class ItemKNN(Settings):
    """Nearest neighbours between items by shrunk cosine.

    ``W_ij = c_ij / (sqrt(n_i n_j) + shrink)`` for the ``k`` largest per item ``i``'s column
    (Deshpande & Karypis, "Item-based top-N recommendation algorithms", TOIS 2004; shrinkage
    as in Dacrema et al., RecSys 2019).

    Attributes:
        k: Neighbours kept per item.
        shrink: Pulls similarities that rest on few people towards 0.
    """

    k: int = Field(default=100, gt=0)
    shrink: float = Field(default=10.0, ge=0)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FittedItemItem:
        """Count together, scale, keep the best.

        Args:
            dataset: The data.
            rng: Not used.

        Returns:
            The fitted model with sparse weights.
        """
        x = dataset.liked.tocsc()
        norms = np.sqrt(np.asarray(x.sum(axis=0)).ravel())
        data, indices, starts = [], [], [0]
        for start in range(0, dataset.n_items, 1_000):
            stop = min(start + 1_000, dataset.n_items)
            together = (x[:, start:stop].T @ x).tocsr()
            for row in range(start, stop):
                line = slice(together.indptr[row - start], together.indptr[row - start + 1])
                others, counts = together.indices[line], together.data[line]
                keep = others != row
                others, counts = others[keep], counts[keep]
                values = counts / (norms[row] * norms[others] + self.shrink)
                if len(values) > self.k:
                    best = np.argpartition(-values, self.k)[: self.k]
                    others, values = others[best], values[best]
                data.append(values)
                indices.append(others)
                starts.append(starts[-1] + len(values))
        shape = (dataset.n_items, dataset.n_items)
        by_target = csr_matrix(
            (np.concatenate(data).astype(np.float32), np.concatenate(indices), starts), shape
        )
        return FittedItemItem(by_target.T.tocsr())
