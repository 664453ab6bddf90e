"""Conditioning a Gaussian taste on observations, in whichever form is cheaper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretaste.core import FloatArray

__all__ = ["Posterior", "condition", "condition_many"]


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """``w ~ N(shift, Sigma)`` about the prior mean, after ``n`` observations.

    Prior ``w ~ N(0, I)``; observation ``r_j = phi_j . w + e_j`` with variance ``s2_j``.

    Attributes:
        features: ``Phi_h``, float64 [n, D].
        residuals: ``r``, [n].
        noise: ``s2``, [n].
        gain: ``M`` [D, n] with ``shift = M r``: what one unit of each residual adds.
        shift: Posterior mean, [D].
    """

    features: FloatArray
    residuals: FloatArray
    noise: FloatArray
    gain: FloatArray
    shift: FloatArray

    def shares(self, rows: FloatArray, block: slice | None = None) -> FloatArray:
        """What each observation adds to ``phi_i . w``; sums to it exactly.

        Args:
            rows: ``phi_i``, [K, D].
            block: Count only the kernel of these features of the item: the shares of all
                blocks sum to the whole.

        Returns:
            [K, n].
        """
        part = slice(None) if block is None else block
        found: FloatArray = (rows[:, part].astype(np.float64) @ self.gain[part]) * self.residuals
        return found

    def deletion(self, rows: FloatArray) -> FloatArray:
        """How much ``phi_i . w`` falls when an observation is deleted, exactly.

        ``a_ij alpha_j / [A^-1]_jj`` with ``alpha = A^-1 r`` (leave-one-out residual over
        noise; Rasmussen & Williams 2006, 5.4.2).

        Args:
            rows: ``phi_i``, [K, D].

        Returns:
            [K, n].
        """
        # A^-1 = (I - Phi_h M) / s2, row by row.
        inverse = -(self.features @ self.gain) / self.noise[:, None]
        places = np.arange(len(self.noise))
        inverse[places, places] += 1.0 / self.noise
        alpha = inverse @ self.residuals
        scale = alpha / np.maximum(inverse[places, places], 1e-300)
        found: FloatArray = (rows.astype(np.float64) @ self.gain) * scale
        return found

    def variance(self, rows: FloatArray) -> FloatArray:
        """``phi' Sigma phi``, with ``Sigma = I - M Phi_h``.

        Args:
            rows: ``phi_i``, [K, D].

        Returns:
            [K], not negative.
        """
        wide = rows.astype(np.float64)
        known = np.einsum("kn,kn->k", wide @ self.gain, wide @ self.features.T)
        found: FloatArray = np.maximum(np.einsum("kd,kd->k", wide, wide) - known, 0.0)
        return found

    def covariance(self) -> FloatArray:
        """``Sigma``, [D, D]."""
        size = self.features.shape[1]
        found: FloatArray = np.eye(size) - self.gain @ self.features
        return (found + found.T) / 2


def condition(
    features: FloatArray, residuals: FloatArray, noise: FloatArray, form: str = "auto"
) -> Posterior:
    """Condition ``w ~ N(0, I)`` on ``r = Phi_h w + e``.

    n x n: ``M = Phi_h' (Phi_h Phi_h' + diag(s2))^-1``; D x D:
    ``M = (I + Phi_h' diag(1/s2) Phi_h)^-1 Phi_h' diag(1/s2)``. Equal by the matrix inversion
    lemma; the smaller system is solved.

    Args:
        features: ``Phi_h``, [n, D].
        residuals: ``r``, [n].
        noise: ``s2``, [n], positive.
        form: ``auto``, ``events`` (n x n) or ``features`` (D x D).

    Returns:
        The posterior.
    """
    wide = features.astype(np.float64)
    count, size = wide.shape
    if form == "events" or (form == "auto" and count <= size):
        system = wide @ wide.T
        system[np.arange(count), np.arange(count)] += noise
        gain = _solve(system, wide).T
    else:
        scaled = wide / np.asarray(noise)[:, None]
        system = wide.T @ scaled
        system[np.arange(size), np.arange(size)] += 1.0
        gain = _solve(system, scaled.T)
    return Posterior(wide, residuals, noise, gain, gain @ residuals)


def condition_many(features: FloatArray, residuals: FloatArray, noise: FloatArray) -> FloatArray:
    """Posterior means for many people with equally many observations.

    Args:
        features: ``Phi_h``, float32 [B, n, D].
        residuals: ``r``, float32 [B, n].
        noise: ``s2``, float32 [B, n].

    Returns:
        Shifts, float32 [B, D].
    """
    _, count, size = features.shape
    turned = features.transpose(0, 2, 1)
    if count <= size:
        system = features @ turned
        system[:, np.arange(count), np.arange(count)] += noise
        weights = np.linalg.solve(system, residuals[..., None])
        found: FloatArray = (turned @ weights)[..., 0]
        return found
    scaled = turned / noise[:, None, :]
    system = scaled @ features
    system[:, np.arange(size), np.arange(size)] += 1.0
    found = np.linalg.solve(system, scaled @ residuals[..., None])[..., 0]
    return found


def _solve(system: FloatArray, right: FloatArray) -> FloatArray:
    # NumPy's LAPACK, not SciPy's: each brings a pool of BLAS threads of its own, and calls that
    # alternate between the two wait for each other (10 ms instead of .2 ms a person, measured).
    found: FloatArray = np.linalg.solve(system, right)
    return found
