"""One person: the posterior over their taste, and what each of their ratings did to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Person", "TastePrior"]

_Array = NDArray[np.float64]
_Rows = NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class TastePrior:
    """All that a posterior needs: items as features, and the prior over tastes.

    A rating is ``quality_i + phi_i . w + noise``, ``w ~ N(m, S)``. ``phi`` is 1 (for
    generosity), E - 1 uncertain loadings, and fixed content directions.

    Attributes:
        quality: Expected rating of each item, mean rating included, [I].
        features: ``phi``, [I, D].
        uncertain: Variances of (quality, loadings) of each item, [I, E].
        person_map: Prior mean of ``w`` from profile indicators, [F, D].
        prior: ``S``, [D, D].
        noise: Variance of a rating around its expectation.
    """

    quality: _Array
    features: _Array
    uncertain: _Array
    person_map: _Array
    prior: _Array
    noise: float

    def item_noise(self, rows: _Rows, mean: _Array, covariance: _Array) -> _Array:
        """Extra variance of ratings because the items are not known exactly.

        Args:
            rows: The items, [K].
            mean: Mean of ``w``, [D].
            covariance: Covariance of ``w``, [D, D].

        Returns:
            ``var(c_i) + sum_d var(v_id) E[w_d^2]``, [K].
        """
        size = self.uncertain.shape[1]
        weight = mean[:size] ** 2 + np.diag(covariance)[:size]
        weight[0] = 1.0  # column 0 is the quality itself, not a loading
        extra: _Array = self.uncertain[rows] @ weight
        return extra

    def condition(self, rows: _Rows, ratings: _Array, profile: _Array) -> Person:
        """Posterior of somebody's taste after their ratings.

        ``Lambda = S^-1 + sum_j phi_j phi_j' / s2_j``, ``w = m + Lambda^-1 sum_j phi_j r_j /
        s2_j`` with ``r = ratings - quality - phi m``: the D x D form (D is about 25, so it is
        the cheaper one from a few ratings on; equal to the n x n form).

        Args:
            rows: Rated items, [L].
            ratings: Latent ratings, [L].
            profile: Profile indicators, [F].

        Returns:
            The posterior.
        """
        mean = profile @ self.person_map
        design = self.features[rows].astype(np.float64)
        noise = self.noise + self.item_noise(rows, mean, self.prior)
        weighted = design / noise[:, None]
        precision = np.linalg.inv(self.prior) + weighted.T @ design
        covariance = np.asarray(np.linalg.inv(precision), np.float64)
        residual = ratings - self.quality[rows] - design @ mean
        taste = mean + covariance @ (weighted.T @ residual)
        return Person(mean, taste, covariance, design, noise, residual)

    def predict(self, person: Person, rows: _Rows) -> tuple[_Array, _Array]:
        """Latent expectation and variance of ratings to come.

        Args:
            person: The posterior.
            rows: The items, [K].

        Returns:
            Means [K] and variances [K], the noise of a rating included.
        """
        features = self.features[rows].astype(np.float64)
        mean = self.quality[rows] + features @ person.mean
        taste = np.einsum("kd,de,ke->k", features, person.covariance, features)
        item = self.item_noise(rows, person.mean, person.covariance)
        return mean, taste + item + self.noise


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody's posterior, with the evidence it came from.

    Attributes:
        prior_mean: What their profile says, [D].
        mean: Posterior mean of ``w``, [D].
        covariance: Posterior covariance, [D, D].
        design: Features of what they rated, [L, D].
        noise: Variance of each of their ratings, [L].
        residual: Ratings minus what the prior expected, [L].
    """

    prior_mean: _Array
    mean: _Array
    covariance: _Array
    design: _Array
    noise: _Array
    residual: _Array

    @property
    def _left(self) -> tuple[_Array, _Array]:
        # alpha = A^-1 r and diag(A^-1) for A = K + diag(noise), through the D x D posterior.
        inner = np.einsum("ld,de,le->l", self.design, self.covariance, self.design)
        alpha = (self.residual - self.design @ (self.mean - self.prior_mean)) / self.noise
        return alpha, np.maximum((1.0 - inner / self.noise) / self.noise, 1e-12)

    @property
    def surprise(self) -> _Array:
        """Squared leave-one-out error of each rating over its variance, [L]; 1 is expected."""
        alpha, precision = self._left
        return alpha**2 / precision

    def shares(self, features: _Array, block: slice = slice(None)) -> _Array:
        """What each past rating adds to the expectation of other items; exact.

        Args:
            features: ``phi`` of the items, [K, D].
            block: Which columns of ``phi``; the shares of all blocks add up.

        Returns:
            [K, L], whose rows sum to ``phi . (mean - prior_mean)``.
        """
        gain = features[:, block] @ self.covariance[block] @ self.design.T
        moved: _Array = gain * (self.residual / self.noise)
        return moved

    def effects(self, features: _Array) -> _Array:
        """How much each expectation would fall if that rating had not been given.

        Args:
            features: ``phi`` of the items, [K, D].

        Returns:
            ``a_ij alpha_j / [A^-1]_jj``, [K, L].
        """
        alpha, precision = self._left
        gain = features @ self.covariance @ self.design.T / self.noise
        effect: _Array = gain * (alpha / precision)
        return effect
