"""Distribution matching: an item whose attributes are mixed as the person's are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix

from foretaste.core import Dataset, Evidence, FloatArray, Settings, State
from foretaste.core.errors import DataError
from foretaste.models._scoring import BatchScorer, once

__all__ = ["KL", "FittedKL", "divergences"]


def divergences(
    people: FloatArray, items: FloatArray, smoothing: float, uniform: FloatArray
) -> FloatArray:
    """``KL(P_u || (1 - e) P_o + e uniform)`` of every person and item.

    Args:
        people: Attribute distributions, [B, A]; a row of zeros gives 0 everywhere.
        items: Attribute distributions, [I, A].
        smoothing: ``e``, > 0.
        uniform: What smooths, [A].

    Returns:
        Divergences in nats, [B, I].
    """
    smooth = (1.0 - smoothing) * items + smoothing * uniform
    entropy = np.sum(np.where(people > 0, people * np.log(np.where(people > 0, people, 1)), 0), 1)
    found: FloatArray = entropy[:, None] - people @ np.log(smooth).T
    return found


class FittedKL(BatchScorer):
    """``score(u, o) = -KL(P_u || smoothed P_o) [+ log P(o)]``.

    Args:
        items: Attribute distributions of items, sparse [I, A]; empty rows for bare items.
        smoothing: ``e``.
        log_prior: ``log P(o)``, [I], or zeros.
    """

    def __init__(self, items: csr_matrix, smoothing: float, log_prior: FloatArray) -> None:
        self.items = items
        self.smoothing = smoothing
        self.log_prior = log_prior

    def distribution(self, evidence: Evidence) -> FloatArray:
        """A person's mix: each liked item's rating spread evenly over its attributes.

        Args:
            evidence: The person; an event without a value weighs its signal.

        Returns:
            ``P_u``, [A], summing to 1 (or to 0 when nothing is known).
        """
        history = evidence.history
        places = once(history)
        values = history.values[places]
        weights = np.where(np.isnan(values), history.signals[places], values)
        mix = np.asarray(self.items[history.rows[places]].T @ weights).ravel()
        total = mix.sum()
        return mix / total if total > 0 else mix

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Negative divergences; see the base class."""
        n_attributes = self.items.shape[1]
        people = np.stack([self.distribution(evidence) for evidence in batch])
        uniform = np.full(n_attributes, 1.0 / max(n_attributes, 1))
        floor = np.log(self.smoothing * uniform)
        entropy = np.sum(
            np.where(people > 0, people * np.log(np.where(people > 0, people, 1)), 0), axis=1
        )
        # log of the smoothed item is the floor except where the item has the attribute
        lifted = self.items.copy().astype(np.float64)
        lifted.data = (
            np.log((1 - self.smoothing) * lifted.data + self.smoothing * uniform[lifted.indices])
            - floor[lifted.indices]
        )
        cross = people @ floor
        known = (people.sum(axis=1) > 0)[:, None]
        scores = (lifted @ people.T).T + (cross - entropy)[:, None]
        found: FloatArray = np.where(known, scores, 0.0) + self.log_prior
        return found

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
            DataError: If no item attribute is a category.
        """
        names = [n for n, r in dataset.item_roles.items() if r in ("category", "categories")]
        code: dict[tuple[str, str], int] = {}
        indices, data, starts = [], [], [0]
        columns = [dataset.items[name].to_list() for name in names]
        for row in range(dataset.n_items):
            mine = set()
            for name, column in zip(names, columns, strict=True):
                cell = column[row]
                for value in [cell] if isinstance(cell, str) else cell or []:
                    mine.add(code.setdefault((name, value), len(code)))
            indices += sorted(mine)
            data += [1.0 / len(mine)] * len(mine)
            starts.append(len(indices))
        if not code:
            raise DataError(
                "kl needs attributes",
                expected="an item column with categories",
                where=dataset.name,
                remedy="Add one such as genres, or use content or popularity",
            )
        items = csr_matrix((data, indices, starts), (dataset.n_items, len(code)))
        likes = np.asarray(dataset.liked.sum(axis=0)).ravel().astype(np.float64) + 1.0
        prior = np.log(likes / likes.sum()) if self.popularity else np.zeros(dataset.n_items)
        return FittedKL(items, self.smoothing, prior)
