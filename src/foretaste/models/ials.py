"""Implicit alternating least squares with frequency-scaled regularisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np
from pydantic import Field
from scipy.linalg import cho_factor, cho_solve, lapack
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from foretaste.core import Attribution, Dataset, Evidence, FloatArray, Rows, Settings, State
from foretaste.models._scoring import BatchScorer, history_matrix, once, past_only

__all__ = ["IALS", "FittedIALS", "ials_loss"]


class FittedIALS(BatchScorer):
    """``score(u, i) = w_u . v_i``; ``w_u`` is solved from the history in the evidence.

    Somebody who likes nothing scores 0 everywhere. Dislikes are not used.

    Args:
        items: ``v_i``, float32 [I, D].
        settings: What it was fitted with.
    """

    def __init__(self, items: FloatArray, settings: IALS) -> None:
        self.items = items
        self.settings = settings
        exact = items.astype(np.float64)
        self._gram = settings.absence * (exact.T @ exact)

    def person(self, batch: Sequence[Evidence]) -> FloatArray:
        """Fold people in.

        Args:
            batch: The people.

        Returns:
            ``w_u``, float64 [B, D]; zeros for an empty history.
        """
        liked = history_matrix(batch, len(self.items))
        ridge = self.settings.scaled_ridge(np.diff(liked.indptr), len(self.items))
        return _solve_rows(liked, self.items, self.settings.absence, ridge, self._gram)

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Scores of all items for many people.

        Args:
            batch: The people.

        Returns:
            Scores float32 [B, I].
        """
        scores: FloatArray = self.person(batch).astype(np.float32) @ self.items.T
        return scores

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """``w_u`` is a sum over liked items, so the score is too (Hu et al. 2008, section 5).

        With ``A`` the system solved for ``w_u`` and ``u_j = A^-1 v_j``, item ``j``'s share is
        ``v_i . u_j``. Deleting ``j`` also takes its term out of ``A`` (a
        rank-one step) and shortens the history that the regularisation scales with; both are
        in the effect, which is exact.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution.
        """
        places = once(evidence.history)
        mine = self.items[evidence.history.rows[places]].astype(np.float64)
        asked = self.items[rows].astype(np.float64)
        if not len(places):
            return past_only(rows, evidence.history, places, np.zeros((len(rows), 0)))
        shares = asked @ self._smoothed(mine, len(places))
        smoothed = self._smoothed(mine, len(places) - 1)
        person = smoothed.sum(axis=1)
        leverage = np.einsum("ld,dl->l", mine, smoothed)
        step = (1.0 - mine @ person) / (1.0 - leverage)
        without = (asked @ person)[:, None] - (asked @ smoothed) * step
        effect = shares.sum(axis=1, keepdims=True) - without
        return past_only(rows, evidence.history, places, shares, effect)

    def _smoothed(self, mine: FloatArray, count: int) -> FloatArray:
        """``A^-1 mine'``, [D, L], with the regularisation of a history of ``count`` items."""
        system = self._gram + mine.T @ mine
        ridge = self.settings.scaled_ridge(np.array([count]), len(self.items))
        system[np.diag_indices_from(system)] += ridge[0]
        found: FloatArray = cho_solve(cho_factor(system, lower=True), mine.T)
        return found

    def state(self) -> State:
        """Plain data."""
        return State({"items": self.items}, self.settings.model_dump())

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The fitted model.
        """
        return cls(state.arrays["items"], IALS.of(dict(state.meta), "ials"))


class IALS(Settings):
    """Matrix factorisation of what was liked, absence being weak evidence against.

    Minimises ``sum_{liked} (w_u.v_i - 1)^2 + absence sum_{all} (w_u.v_i)^2 + sum_u r_u |w_u|^2
    + sum_i r_i |v_i|^2`` with ``r_u = ridge (n_u + absence I)^frequency`` (Hu, Koren & Volinsky,
    ICDM 2008; scaling after Rendle, Krichene, Zhang & Koren, "Revisiting the performance of
    iALS", RecSys 2022), each side solved exactly in turn. A liked entry so carries weight
    ``1 + absence`` and target ``1 / (1 + absence)``; Hu et al. keep the target at 1, which is
    the same model with ``w_u`` scaled. Defaults found in the wild are poor; see
    :data:`foretaste.models.GRIDS`. Use ``ease`` on catalogues under 20k items.

    Attributes:
        embedding_size: ``D``.
        ridge: Regularisation.
        absence: Weight of the entries nobody touched.
        frequency: 0 regularises everybody alike, 1 in proportion to their events.
        sweeps: Alternations.
    """

    embedding_size: int = Field(default=128, gt=0)
    ridge: float = Field(default=0.015, gt=0)
    absence: float = Field(default=0.1, gt=0)
    frequency: float = Field(default=1.0, ge=0, le=1)
    sweeps: int = Field(default=10, gt=0)

    trace: ClassVar[str] = (
        "item vectors come from alternating over everybody's likes: a trace of theirs stays in "
        "them until this part is fitted again"
    )

    def scaled_ridge(self, counts: np.ndarray, n_others: int) -> FloatArray:
        """Regularisation of each row.

        Args:
            counts: Events of each row.
            n_others: Rows on the other side.

        Returns:
            ``ridge (counts + absence n_others)^frequency``.
        """
        scaled: FloatArray = self.ridge * (counts + self.absence * n_others) ** self.frequency
        return scaled

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FittedIALS:
        """Alternate.

        Args:
            dataset: The data; likes count, everything else does not.
            rng: Draws the starting point.

        Returns:
            The fitted model.
        """
        liked = dataset.liked
        reverse = liked.T.tocsr()
        spread = 0.1 / np.sqrt(self.embedding_size)
        items = rng.normal(0.0, spread, (dataset.n_items, self.embedding_size)).astype(np.float32)
        per_person = self.scaled_ridge(np.diff(liked.indptr), dataset.n_items)
        per_item = self.scaled_ridge(np.diff(reverse.indptr), dataset.n_users)
        # Thousands of small systems: waking several BLAS threads for each costs more than it
        # gives.
        with threadpool_limits(limits=1, user_api="blas"):
            for _ in range(self.sweeps):
                people = _solve_rows(liked, items, self.absence, per_person)
                items = _solve_rows(reverse, people, self.absence, per_item)
        return FittedIALS(items, self)


def ials_loss(settings: IALS, liked: csr_matrix, people: FloatArray, items: FloatArray) -> float:
    """What :class:`IALS` minimises.

    Args:
        settings: Its settings.
        liked: 0/1, [U, I].
        people: ``w_u``, [U, D].
        items: ``v_i``, [I, D].

    Returns:
        The loss.
    """
    people, items = people.astype(np.float64), items.astype(np.float64)
    rows = np.repeat(np.arange(liked.shape[0]), np.diff(liked.indptr))
    fit = np.einsum("nd,nd->n", people[rows], items[liked.indices]) - 1.0
    per_person = settings.scaled_ridge(np.diff(liked.indptr), len(items))
    per_item = settings.scaled_ridge(np.bincount(liked.indices, minlength=len(items)), len(people))
    everything = np.sum((people.T @ people) * (items.T @ items))
    return float(
        fit @ fit
        + settings.absence * everything
        + per_person @ np.square(people).sum(axis=1)
        + per_item @ np.square(items).sum(axis=1)
    )


def _solve_rows(
    liked: csr_matrix,
    other: FloatArray,
    absence: float,
    ridge: FloatArray,
    gram: FloatArray | None = None,
) -> FloatArray:
    """Best factors of one side, the other held: one small solve per row.

    In the precision of ``gram`` (that of ``other`` when it is left out).
    """
    gram = absence * (other.T @ other) if gram is None else gram
    dtype = gram.dtype
    solve = lapack.sposv if dtype == np.float32 else lapack.dposv
    size = other.shape[1]
    targets = liked.astype(dtype) @ other
    factors = np.zeros((liked.shape[0], size), dtype)
    diagonal = np.arange(size)
    for row in np.flatnonzero(np.diff(liked.indptr)):
        mine = other[liked.indices[liked.indptr[row] : liked.indptr[row + 1]]].astype(dtype)
        system = mine.T @ mine
        system += gram
        system[diagonal, diagonal] += ridge[row]
        # Symmetric, so its transpose is itself, and is what LAPACK overwrites without a copy.
        factors[row] = solve(system.T, targets[row], lower=1, overwrite_a=1)[1]
    return factors
