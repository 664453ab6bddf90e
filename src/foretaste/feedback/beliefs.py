"""What exploration draws from: how likely each item of a pool is the best of its group."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol, TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

from foretaste.core import Evidence, FloatArray, Rows, Scorer, stream

__all__ = [
    "HasPosterior",
    "Places",
    "best_of_draws",
    "best_of_optimism",
    "boltzmann",
    "score_covariance",
]

Places: TypeAlias = NDArray[np.intp]
"""Positions in a pool of items."""


class _Prior(Protocol):
    @property
    def features(self) -> FloatArray: ...


class HasPosterior(Protocol):
    """A scorer that believes ``w ~ N(mean, covariance)`` and scores by ``lift_i phi_i . w``.

    :class:`foretaste.taste.FittedTaste` is one.
    """

    @property
    def prior(self) -> _Prior:
        """Whatever carries ``phi`` as ``features``, [I, D]."""
        ...

    @property
    def lift(self) -> FloatArray:
        """Stretch of each item's score, [I]."""
        ...

    def posterior(self, evidence: Evidence) -> tuple[FloatArray, FloatArray]:
        """Mean [D] and covariance [D, D] of ``w``."""
        ...


def score_covariance(scorer: Scorer, evidence: Evidence, rows: Rows) -> FloatArray | None:
    """Posterior covariance of the scores of some items.

    ``C = (l phi) Sigma (l phi)'``.

    Args:
        scorer: What scored them.
        evidence: Whoever asks.
        rows: The items, [K].

    Returns:
        [K, K]; ``None`` for a scorer without a posterior.
    """
    if not _has_posterior(scorer):
        return None
    _, covariance = scorer.posterior(evidence)
    lifted = scorer.prior.features[rows].astype(np.float64) * scorer.lift[rows][:, None]
    found: FloatArray = lifted @ covariance @ lifted.T
    return found


def best_of_draws(
    scores: FloatArray, covariance: FloatArray, groups: list[Places], draws: int
) -> list[FloatArray]:
    """Thompson's rule as probabilities: how often each item is the best of its group.

    Score vectors are drawn from ``N(scores, covariance)``; an item's probability is the share
    of draws in which it leads its group (probability matching: Thompson 1933; Chapelle & Li
    2011). The draws are always the same ones, so equal beliefs give equal probabilities, and
    what is left to chance afterwards has a probability that is known exactly.

    Args:
        scores: Posterior mean, [K].
        covariance: Posterior covariance, [K, K].
        groups: Positions of each group's items.
        draws: How many score vectors.

    Returns:
        Probabilities of each group's items, aligned with ``groups``.
    """
    root = _root(covariance)
    drawn = scores + _normals(draws, len(scores)) @ root.T
    found: list[FloatArray] = []
    for group in groups:
        leader = drawn[:, group].argmax(axis=1)
        found.append(np.bincount(leader, minlength=len(group)) / draws)
    return found


def best_of_optimism(
    scores: FloatArray, covariance: FloatArray, groups: list[Places], width: float
) -> list[FloatArray]:
    """Upper confidence bounds: all of a group's probability on the most hopeful item.

    ``argmax_i m_i + width sd_i`` (LinUCB: Li et al. 2010).

    Args:
        scores: Posterior mean, [K].
        covariance: Posterior covariance, [K, K].
        groups: Positions of each group's items.
        width: How many standard deviations of hope.

    Returns:
        Probabilities of each group's items, aligned with ``groups``.
    """
    hope = scores + width * np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    found: list[FloatArray] = []
    for group in groups:
        found.append(np.eye(len(group))[hope[group].argmax()])
    return found


def boltzmann(scores: FloatArray, groups: list[Places], temperature: float) -> list[FloatArray]:
    """Softmax of scores in units of their spread: what is left to a scorer without a posterior.

    ``p_i ~ exp(s_i / (temperature sd(s)))`` within the group; even where all scores are equal.

    Args:
        scores: Scores, [K].
        groups: Positions of each group's items.
        temperature: Near 0 the best alone, large even.

    Returns:
        Probabilities of each group's items, aligned with ``groups``.
    """
    spread = float(np.std(scores)) * temperature
    found: list[FloatArray] = []
    for group in groups:
        part = scores[group].astype(np.float64)
        weights = np.exp((part - part.max()) / spread) if spread > 0 else np.ones(len(part))
        found.append(weights / weights.sum())
    return found


def _has_posterior(scorer: object) -> TypeGuard[HasPosterior]:
    return all(hasattr(scorer, name) for name in ("posterior", "prior", "lift"))


def _root(covariance: FloatArray) -> FloatArray:
    """``R`` with ``R R' = covariance``; a hair is added, since K may exceed D."""
    size = len(covariance)
    hair = 1e-9 * (float(np.trace(covariance)) / max(size, 1)) + 1e-15
    try:
        found: FloatArray = np.linalg.cholesky(covariance + hair * np.eye(size))
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        found = vectors * np.sqrt(np.maximum(values, 0.0))
    return found


@lru_cache(maxsize=16)
def _normals(draws: int, size: int) -> FloatArray:
    return stream(0, "exploration draws", draws, size).standard_normal((draws, size))
