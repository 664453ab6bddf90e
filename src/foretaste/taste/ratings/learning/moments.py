"""One side of the bilinear rating model: its Gaussian belief, and what the other side needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

__all__ = ["Belief", "Moments", "Sums", "posterior", "sums"]

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """Gaussian over (offset, loadings) of each person or of each item.

    Attributes:
        mean: [N, E]; column 0 is the offset (generosity of a person, quality of an item).
        covariance: [N, E, E].
    """

    mean: _Array
    covariance: _Array


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Expectations of one side under its belief, as the other side's regression uses them.

    With offset ``c`` and design row ``a = (1, loadings)``:

    Attributes:
        design: ``E[a]``, [N, E].
        gram: ``E[a a']``, upper triangle, [N, E (E + 1) / 2].
        cross: ``E[c a]``, [N, E].
        square: ``E[c^2]``, [N].
    """

    design: _Array
    gram: _Array
    cross: _Array
    square: _Array

    @classmethod
    def of(cls, belief: Belief) -> Moments:
        """Take the expectations.

        Args:
            belief: One side.

        Returns:
            Its moments.
        """
        design, offset = belief.mean.copy(), belief.mean[:, 0].copy()
        design[:, 0] = 1.0
        upper = np.triu_indices(design.shape[1])
        gram = design[:, upper[0]] * design[:, upper[1]]
        # The leading 1 is no variable: row and column 0 of the covariance are not added.
        gram += np.where(upper[0] > 0, belief.covariance[:, upper[0], upper[1]], 0.0)
        cross = design * offset[:, None]
        cross[:, 1:] += belief.covariance[:, 0, 1:]
        return cls(design, gram, cross, offset**2 + belief.covariance[:, 0, 0])


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What ratings say of each person (or item): additive over the ratings.

    Attributes:
        gram: ``sum_j E[a_j a_j']``, upper triangle, [N, E (E + 1) / 2].
        information: ``sum_j y_j E[a_j] - E[c_j a_j]``, [N, E].
        square: ``sum_j E[(y_j - c_j)^2]``, [N].
    """

    gram: _Array
    information: _Array
    square: _Array

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.gram + other.gram,
            self.information + other.information,
            self.square + other.square,
        )

    def expected_error(self, belief: Belief) -> float:
        """``sum E[(y - c - a.z)^2]`` when ``z`` follows the belief.

        Args:
            belief: The side these sums speak of.

        Returns:
            Expected squared error, summed over all ratings.
        """
        size = belief.mean.shape[1]
        upper = np.triu_indices(size)
        second = belief.mean[:, upper[0]] * belief.mean[:, upper[1]]
        second = second + belief.covariance[:, upper[0], upper[1]]
        twice = np.where(upper[0] == upper[1], 1.0, 2.0)
        quadratic = float(np.einsum("nt,nt,t->", self.gram, second, twice))
        along = float((self.information * belief.mean).sum())
        return float(self.square.sum()) - 2 * along + quadratic


def sums(ratings: csr_matrix, rated: csr_matrix, other: Moments) -> Sums:
    """Collect what the ratings say, given the other side.

    Args:
        ratings: Centred ratings, [N, M].
        rated: The same pattern filled with ones.
        other: Moments of the other side, [M].

    Returns:
        Sums of each of the N.
    """
    squares = ratings.multiply(ratings).sum(axis=1)
    square = np.asarray(squares).ravel() + rated @ other.square
    square -= 2 * (ratings @ other.cross[:, 0])
    information = ratings @ other.design - rated @ other.cross
    return Sums(rated @ other.gram, information, square)


def posterior(found: Sums, prior_mean: _Array, prior: _Array, noise: float) -> Belief:
    """Belief after the ratings: Gaussian prior times Gaussian evidence, in closed form.

    Args:
        found: What the ratings say, [N].
        prior_mean: [N, E].
        prior: Prior covariance, shared, [E, E].
        noise: Variance of a rating around its expectation.

    Returns:
        Means ``Lambda^-1 (S^-1 m + information / noise)`` and covariances ``Lambda^-1``,
        with ``Lambda = S^-1 + gram / noise``.
    """
    size = len(prior)
    upper = np.triu_indices(size)
    square = np.zeros((size, size), np.intp)
    square[upper] = np.arange(len(upper[0]))
    square = np.maximum(square, square.T)
    precision = np.linalg.inv(prior)
    covariance = np.linalg.inv(found.gram[:, square] / noise + precision)
    mean = np.einsum("nef,nf->ne", covariance, found.information / noise + prior_mean @ precision)
    return Belief(mean, covariance)
