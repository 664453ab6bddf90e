"""Ratings as a mean plus how generous the person and how good the item is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import LinearOperator, cg

from foretaste.core import (
    Attribution,
    Dataset,
    Evidence,
    FloatArray,
    History,
    Rows,
    Settings,
    State,
)
from foretaste.core.errors import DataError
from foretaste.models._scoring import BatchScorer

__all__ = ["Bias", "FittedBias"]

_STEPS = 10_000
_ENOUGH = 1e-10
"""Residual against the target at which the minimum is reached."""


class FittedBias(BatchScorer):
    """``r_ui = theta_0 + b_u + b_i``; ``b_u`` comes from the ratings in the evidence.

    Every rated event counts, dislikes as well as likes; events without a value do not.

    Args:
        mean: ``theta_0``.
        items: ``b_i``, [I].
        person_ridge: Ridge of ``b_u``.
        lowest: Smallest rating of the scale.
        highest: Largest rating of the scale.
    """

    def __init__(
        self, mean: float, items: FloatArray, person_ridge: float, lowest: float, highest: float
    ) -> None:
        self.mean = mean
        self.items = items
        self.person_ridge = person_ridge
        self.lowest = lowest
        self.highest = highest

    def person(self, history: History) -> float:
        """How generous somebody is: ``sum(r - theta_0 - b_i) / (n + ridge)``.

        Args:
            history: Their past; only rated events count.

        Returns:
            ``b_u``; 0 without ratings.
        """
        rated = ~np.isnan(history.values)
        count = int(rated.sum())
        if not count:
            return 0.0
        left = history.values[rated] - self.mean - self.items[history.rows[rated]]
        return float(left.sum() / (count + self.person_ridge))

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Expected ratings, not cut to the scale.

        Args:
            batch: The people.

        Returns:
            Scores [B, I].
        """
        person = np.array([self.person(evidence.history) for evidence in batch])
        scores: FloatArray = self.mean + person[:, None] + self.items[None, :]
        return scores

    def predict(self, evidence: Evidence, rows: Rows) -> FloatArray:
        """Expected ratings, cut to the scale.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            Ratings, [K].
        """
        return np.clip(self.score(evidence, rows), self.lowest, self.highest)

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """The mean and the item are one part, the person's ratings the rest.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution.
        """
        history = evidence.history
        rated = ~np.isnan(history.values)
        past = np.zeros((len(rows), len(history)))
        if rated.any():
            left = history.values[rated] - self.mean - self.items[history.rows[rated]]
            past[:, rated] = left / (rated.sum() + self.person_ridge)
        return Attribution(rows, {"popularity": self.mean + self.items[rows]}, past)

    def state(self) -> State:
        """Plain data."""
        names = ("mean", "person_ridge", "lowest", "highest")
        return State({"items": self.items}, {name: getattr(self, name) for name in names})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The fitted model.
        """
        return cls(items=state.arrays["items"], **state.meta)


class Bias(Settings):
    """``r_ui = theta_0 + b_u + b_i`` by ridge, in closed form: the floor of rating tables.

    Minimises ``sum (r - theta_0 - b_u - b_i)^2 + person_ridge |b_u|^2 + item_ridge |b_i|^2``
    with ``theta_0`` the mean rating (Koren, Bell & Volinsky, "Matrix factorization techniques
    for recommender systems", 2009). The minimum is unique when the ridges are positive, and
    found from the normal equations by conjugate gradients. It ranks all people's items
    alike, so use it to predict ratings, not to choose items; use the taste model's ratings
    when items or people also have words or attributes.

    Attributes:
        person_ridge: Pulls people with few ratings to the mean.
        item_ridge: Pulls items with few ratings to the mean.
    """

    person_ridge: float = Field(default=10.0, ge=0)
    item_ridge: float = Field(default=5.0, ge=0)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FittedBias:
        """Solve.

        Args:
            dataset: Data with ratings.
            rng: Not used.

        Returns:
            The fitted model.

        Raises:
            DataError: If no event has a value.
        """
        every = dataset.histories
        rated = ~np.isnan(every.all.values)
        if not rated.any():
            raise DataError(
                "bias needs ratings",
                expected="events with a value",
                where=dataset.name,
                remedy="Use popularity for data without ratings",
            )
        users = np.repeat(np.arange(dataset.n_users), np.diff(every.starts))[rated]
        values = every.all.values[rated].astype(np.float64)
        mean = float(values.mean())
        shape = (dataset.n_users, dataset.n_items)
        left = csr_matrix((values - mean, (users, every.all.rows[rated])), shape)
        seen = csr_matrix((np.ones(len(values)), (users, every.all.rows[rated])), shape)
        per_person = np.asarray(seen.sum(axis=1)).ravel() + self.person_ridge
        per_item = np.asarray(seen.sum(axis=0)).ravel() + self.item_ridge
        per_person[per_person == 0] = per_item[per_item == 0] = 1.0
        sum_person = np.asarray(left.sum(axis=1)).ravel()
        sum_item = np.asarray(left.sum(axis=0)).ravel()
        items = _solve(seen, per_person, per_item, sum_item - seen.T @ (sum_person / per_person))
        return FittedBias(mean, items, self.person_ridge, float(values.min()), float(values.max()))


def _solve(
    seen: csr_matrix, per_person: FloatArray, per_item: FloatArray, target: FloatArray
) -> FloatArray:
    """The items' half of the normal equations, the people's eliminated (Schur complement).

    By conjugate gradients: plain alternation crawls when the ridges are small, because
    lifting all items and lowering all people alike then costs next to nothing.
    """
    size = len(per_item)
    system = LinearOperator(
        (size, size),
        matvec=lambda b: per_item * b - seen.T @ ((seen @ b) / per_person),
        dtype=np.float64,
    )
    scale = LinearOperator((size, size), matvec=lambda b: b / per_item, dtype=np.float64)
    items, failed = cg(system, target, rtol=_ENOUGH, atol=0.0, maxiter=_STEPS, M=scale)
    if failed:
        raise DataError(
            "the bias model did not converge",
            expected=f"at most {_STEPS} steps",
            remedy="Use a larger item_ridge and person_ridge",
        )
    found: FloatArray = items
    return found
