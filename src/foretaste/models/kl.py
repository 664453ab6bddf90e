"""Distribution matching: an item whose attributes are mixed as the person's are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix
from scipy.special import entr

from foretaste.core import Attribution, Dataset, Evidence, FloatArray, Rows, Settings, State
from foretaste.core.errors import DataError
from foretaste.models._scoring import BatchScorer, once
from foretaste.sums import PeopleSums, likes_of

__all__ = ["KL", "FittedKL", "divergences"]


def divergences(
    people: FloatArray, items: FloatArray, smoothing: float, uniform: FloatArray
) -> FloatArray:
    """``KL(P_u || (1 - e) P_o + e uniform)`` of every person and item, the plain way.

    Args:
        people: Attribute distributions, [B, A]; a row of zeros gives 0 everywhere.
        items: Attribute distributions, [I, A].
        smoothing: ``e``, > 0.
        uniform: What smooths, [A].

    Returns:
        Divergences in nats, [B, I].
    """
    smooth = (1.0 - smoothing) * items + smoothing * uniform
    found: FloatArray = -entr(people).sum(axis=1)[:, None] - people @ np.log(smooth).T
    return found


class FittedKL(BatchScorer):
    """``score(u, o) = -KL(P_u || smoothed P_o) [+ log P(o)]``.

    ``log`` of the smoothed item is a constant except where the item has the attribute, so a
    score is that constant plus a sparse, never negative lift. Somebody of whom nothing is
    known scores 0 (or ``log P(o)``) everywhere.

    Args:
        items: Attribute distributions of items, sparse [I, A]; empty rows for bare items.
        smoothing: ``e``.
        log_prior: ``log P(o)``, [I], or zeros.
    """

    def __init__(self, items: csr_matrix, smoothing: float, log_prior: FloatArray) -> None:
        self.items = items
        self.smoothing = smoothing
        self.log_prior = log_prior
        self._floor = np.log(smoothing / max(items.shape[1], 1))
        lifted = np.log((1 - smoothing) * items.data + np.exp(self._floor)) - self._floor
        self._lift = csr_matrix((lifted, items.indices, items.indptr), items.shape)

    def _shares(self, evidence: Evidence) -> tuple[np.ndarray, FloatArray]:
        """Positions that count, and the share of each in ``P_u``."""
        history = evidence.history
        places = once(history)
        places = places[np.diff(self.items.indptr)[history.rows[places]] > 0]
        values = history.values[places].astype(np.float64)
        weights = np.maximum(np.where(np.isnan(values), history.signals[places], values), 0.0)
        total = weights.sum()
        if total <= 0:
            return places[:0], weights[:0]
        return places, weights / total

    def distribution(self, evidence: Evidence) -> FloatArray:
        """A person's mix: each liked item's rating spread evenly over its attributes.

        Args:
            evidence: The person; an event without a value weighs its signal. Dislikes and
                items without attributes do not count.

        Returns:
            ``P_u``, [A], summing to 1 (or to 0 when nothing is known).
        """
        places, shares = self._shares(evidence)
        return np.asarray(self.items[evidence.history.rows[places]].T @ shares).ravel()

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Negative divergences.

        Args:
            batch: The people.

        Returns:
            Scores [B, I].
        """
        mixes = [self.distribution(one) for one in batch]
        people = np.array(mixes).reshape(len(batch), self.items.shape[1])
        scores: FloatArray = (self._lift @ people.T).T + self._base(people)[:, None]
        return scores + self.log_prior

    def _base(self, people: FloatArray) -> FloatArray:
        """The score of an item that shares nothing, [B]."""
        found: FloatArray = people.sum(axis=1) * self._floor + entr(people).sum(axis=1)
        return found

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """Each liked item's share is the lift of the attributes it has in common.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution; ``base`` is the score of an item that shares nothing.
        """
        places, shares = self._shares(evidence)
        mine = self.items[evidence.history.rows[places]]
        common = (self._lift[rows] @ mine.T).toarray()
        past = np.zeros((len(rows), len(evidence.history)))
        past[:, places] = common * shares
        base = float(self._base(self.distribution(evidence)[None, :])[0])
        parts: dict[str, FloatArray] = {"base": np.full(len(rows), base)}
        if self.log_prior.any():
            parts["popularity"] = self.log_prior[rows]
        return Attribution(rows, parts, past, blocks={"attributes": past})

    def state(self) -> State:
        """Plain data."""
        m = self.items
        arrays = {
            "data": m.data,
            "indices": m.indices,
            "indptr": m.indptr,
            "log_prior": self.log_prior,
        }
        return State(arrays, {"smoothing": self.smoothing, "shape": list(m.shape)})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The fitted model.
        """
        a = state.arrays
        items = csr_matrix((a["data"], a["indices"], a["indptr"]), tuple(state.meta["shape"]))
        return cls(items, state.meta["smoothing"], a["log_prior"])


class KL(Settings):
    """Matches a person's attribute mix with each item's by Kullback-Leibler divergence.

    Every value of every ``category`` and ``categories`` attribute is one attribute. Explains
    itself and needs no other people; knows nothing beyond attributes. Use ``content`` when
    items have prose, the taste model when there are other people.

    Attributes:
        smoothing: ``e``: share of the uniform distribution mixed into every item.
        popularity: Adds ``log P(o)``, the share of likes an item has (add-one).
    """

    smoothing: float = Field(default=0.1, gt=0, lt=1)
    popularity: bool = False

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FittedKL:
        """Collect attributes.

        Args:
            dataset: Data whose items have categories.
            rng: Not used.

        Returns:
            The fitted model.

        Raises:
            DataError: If no item has a category.
        """
        return self.fit_from(PeopleSums(dataset), rng=rng)

    def fit_from(self, sums: PeopleSums, *, rng: np.random.Generator) -> FittedKL:
        """Collect attributes; of people only how many like each item is needed, if that.

        Args:
            sums: The data, as sums over people.
            rng: Not used.

        Returns:
            The fitted model.

        Raises:
            DataError: If no item has a category.
        """
        dataset = sums.items
        names = [n for n, r in dataset.item_roles.items() if r in ("category", "categories")]
        columns = [dataset.items[name].to_list() for name in names]
        code: dict[tuple[str, str], int] = {}
        indices: list[int] = []
        starts = [0]
        for row in range(dataset.n_items):
            mine = {
                code.setdefault((name, value), len(code))
                for name, column in zip(names, columns, strict=True)
                for value in _values(column[row])
            }
            indices += sorted(mine)
            starts.append(len(indices))
        if not code:
            raise DataError(
                "kl needs attributes",
                expected="an item column with categories",
                where=dataset.name,
                remedy="Add one such as genres, or use content or popularity",
            )
        many = np.diff(starts)
        data = np.repeat(1.0 / np.maximum(many, 1), many)
        shape = (dataset.n_items, len(code))
        items = csr_matrix((data, np.array(indices), np.array(starts)), shape)
        prior: FloatArray = np.zeros(dataset.n_items)
        if self.popularity:
            counts = likes_of(sums).first + 1.0
            prior = np.log(counts / counts.sum())
        return FittedKL(items, self.smoothing, prior)


def _values(cell: str | list[str] | None) -> list[str]:
    if cell is None:
        return []
    return [cell] if isinstance(cell, str) else cell
