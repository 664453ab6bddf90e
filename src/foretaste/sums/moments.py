"""Sums over people that can be added, subtracted and merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix, diags

from foretaste.core import FloatArray
from foretaste.core.errors import DataError

__all__ = ["PairSums", "weighted_gram"]


def weighted_gram(rows: csr_matrix, weights: FloatArray | None = None) -> FloatArray:
    """``X' diag(w) X``, dense.

    Use :func:`foretaste.sums.covariance_factors` where ``I x I`` numbers do not fit.

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
    """Who liked what, as the sums ``U``, ``X'1`` and ``X'X``.

    A person's share is additive, so the sums of two groups are their sum, and a person is
    forgotten by subtracting their share: exactly (0/1 rows give whole numbers).

    Attributes:
        people: ``U``.
        first: ``X'1``, float64 [I].
        second: ``X'X``, float64 [I, I].
    """

    people: int
    first: FloatArray
    second: FloatArray

    @classmethod
    def of(cls, liked: csr_matrix) -> Self:
        """Sum over people.

        Args:
            liked: ``X``, sparse 0/1 [U, I].

        Returns:
            Their sums.
        """
        exact = liked.astype(np.float64)
        first = np.asarray(exact.sum(axis=0)).ravel()
        return cls(liked.shape[0], first, (exact.T @ exact).toarray())

    def plus(self, other: PairSums) -> PairSums:
        """Sums over both groups of people.

        Args:
            other: Sums of people who are not in this group, over the same items.

        Returns:
            The sums.

        Raises:
            DataError: If the items differ in number.
        """
        self._check(other)
        return PairSums(
            self.people + other.people, self.first + other.first, self.second + other.second
        )

    def minus(self, other: PairSums) -> PairSums:
        """Sums as if these people had never been there.

        Args:
            other: Sums of people who are in this group.

        Returns:
            The sums.

        Raises:
            DataError: If the items differ in number or more is taken than there is.
        """
        self._check(other)
        left = PairSums(
            self.people - other.people, self.first - other.first, self.second - other.second
        )
        if left.people < 0 or (left.first < 0).any():
            raise DataError(
                "cannot forget people who are not in the sums",
                expected=f"at most {self.people} people",
                got=f"{other.people} people, some with more likes of an item than all together",
            )
        return left

    @property
    def mean(self) -> FloatArray:
        """``mu = X'1 / U``, [I]."""
        mean: FloatArray = self.first / max(self.people, 1)
        return mean

    @property
    def covariance(self) -> FloatArray:
        """``C = X'X / U - mu mu'``, [I, I]."""
        covariance: FloatArray = self.second / max(self.people, 1)
        return covariance - np.outer(self.mean, self.mean)

    def _check(self, other: PairSums) -> None:
        if len(self.first) != len(other.first):
            raise DataError(
                "sums over different catalogues",
                expected=f"{len(self.first)} items",
                got=len(other.first),
            )
