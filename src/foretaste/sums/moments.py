"""Sums over people that can be added, subtracted and merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from foretaste.core import Dataset, FloatArray, State
from foretaste.sums.additive import check_items, check_taken, longer
from foretaste.sums.packing import QUANTUM, narrow, square, triangle, whole

__all__ = ["PairSums", "weighted_gram"]


def weighted_gram(rows: csr_matrix, weights: FloatArray | None = None) -> FloatArray:
    """``X' diag(w) X``, dense.

    Use :func:`foretaste.sums.covariance_factors` where ``I x I`` numbers do not fit, and
    :class:`PairSums` where people must be taken out again.

    Args:
        rows: ``X``, sparse [N, I].
        weights: ``w``, [N]; all one when left out.

    Returns:
        float32 [I, I].
    """
    weighted = rows if weights is None else diags(np.asarray(weights, np.float32)) @ rows
    gram: FloatArray = (rows.T @ weighted).toarray().astype(np.float32, copy=False)
    return gram


@dataclass(frozen=True, eq=False)
class PairSums:
    """Who liked what, as the sums ``U``, ``X'w`` and ``X' diag(w) X``.

    A person's share is additive, so the sums of two groups are their sum, and a person is
    forgotten by subtracting their share: exactly, because weights are whole multiples of
    :data:`foretaste.sums.packing.QUANTUM` and whole numbers do not round. Half of the symmetric
    table is kept, in the narrowest type: for 3,700 items 14 MB of counts, 27 MB when weighted.

    Attributes:
        people: ``U``.
        counted: ``X'w`` in quanta, int64 [I].
        half: ``X' diag(w) X`` likewise, its lower triangle row after row.
        softening: ``w = (likes of the person + softening)^-1/2``; ``None``: everybody counts 1.
    """

    people: int
    counted: NDArray[np.int64]
    half: NDArray[Any]
    softening: float | None = None

    @classmethod
    def of(cls, liked: csr_matrix, softening: float | None = None) -> Self:
        """Sum over people.

        Args:
            liked: ``X``, sparse 0/1 [U, I].
            softening: Lets people with many likes count less; see the class.

        Returns:
            Their sums.
        """
        if softening is None:
            first = np.asarray(liked.sum(axis=0)).ravel()
            pairs = liked.T @ liked  # whole numbers under 2^24 are exact in single precision
        else:
            exact = liked.astype(np.float64)
            heavy = diags(whole((np.diff(liked.indptr) + softening) ** -0.5)) @ exact
            first, pairs = np.asarray(heavy.sum(axis=0)).ravel(), exact.T @ heavy
        half = narrow(triangle(pairs))
        return cls(liked.shape[0], np.rint(first).astype(np.int64), half, softening)

    def share(self, dataset: Dataset) -> Self:
        """The same sums over other people who like something.

        Args:
            dataset: The same catalogue, other people.

        Returns:
            Their sums.
        """
        liked = dataset.liked
        return self.of(liked[np.diff(liked.indptr) > 0], self.softening)

    def plus(self, other: Self) -> Self:
        """Sums over both groups of people.

        Args:
            other: Sums of people who are not in this group, over the same items.

        Returns:
            The sums.
        """
        check_items(self.counted, other.counted)
        half = narrow(self.half.astype(np.int64) + other.half)
        people, counted = self.people + other.people, self.counted + other.counted
        return type(self)(people, counted, half, self.softening)

    def minus(self, other: Self) -> Self:
        """Sums as if these people had never been there.

        Args:
            other: Sums of people who are in this group.

        Returns:
            The sums.
        """
        check_items(self.counted, other.counted)
        people, counted = self.people - other.people, self.counted - other.counted
        half = self.half.astype(np.int64) - other.half
        least = np.append(counted, half.min(initial=0))
        check_taken(people, least, of=self.people, taken=other.people)
        return type(self)(people, counted, narrow(half), self.softening)

    def widened(self, n_items: int) -> Self:
        """The same for a catalogue with further items that nobody has met.

        Args:
            n_items: ``I``, not smaller.

        Returns:
            The sums.
        """
        half = longer(self.half, n_items * (n_items + 1) // 2)
        return type(self)(self.people, longer(self.counted, n_items), half, self.softening)

    def holds(self, dataset: Dataset) -> bool:
        """Whether the sums are taken as they would be of a dataset: always.

        Args:
            dataset: The data.

        Returns:
            ``True``.
        """
        return len(self.counted) == dataset.n_items

    @property
    def first(self) -> FloatArray:
        """``X'w``, float64 [I]."""
        found: FloatArray = self.counted * self._unit
        return found

    @property
    def second(self) -> FloatArray:
        """``X' diag(w) X``, float64 [I, I]."""
        return self.table()

    def table(self, dtype: Any = np.float64) -> FloatArray:
        """``X' diag(w) X``.

        Args:
            dtype: Single precision halves the memory.

        Returns:
            [I, I], a new array.
        """
        found = square(self.half, len(self.counted), dtype)
        if self.softening is not None:
            found *= np.asarray(QUANTUM, dtype)
        return found

    @property
    def mean(self) -> FloatArray:
        """``mu = X'w / U``, [I]."""
        mean: FloatArray = self.first / max(self.people, 1)
        return mean

    @property
    def covariance(self) -> FloatArray:
        """``C = X' diag(w) X / U - mu mu'``, [I, I]."""
        covariance: FloatArray = self.second / max(self.people, 1)
        return covariance - np.outer(self.mean, self.mean)

    @property
    def _unit(self) -> float:
        return 1.0 if self.softening is None else QUANTUM

    def state(self) -> State:
        """Plain data."""
        arrays = {"counted": narrow(self.counted), "half": self.half}
        return State(arrays, {"people": self.people, "softening": self.softening})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The sums.
        """
        counted, meta = state.arrays["counted"].astype(np.int64), state.meta
        return cls(int(meta["people"]), counted, state.arrays["half"], meta["softening"])
