"""What an item's content says about its quality and its loadings, before any rating."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ContentMap", "content_map"]

_SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_LEAST_RELIABLE = 0.02

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ContentMap:
    """Gaussian-process regression from content to each of E item parameters.

    Attributes:
        mean: Prior mean of every item, [I, E].
        variance: Variance of the content part given the rated items, [I, E].
        own: Variance of what is left to the item itself, [E].
        shares: Share of the prior variance that content explains, [E].
    """

    mean: _Array
    variance: _Array
    own: _Array
    shares: _Array


def content_map(
    content: _Array,
    rated: NDArray[np.bool_],
    beliefs: _Array,
    spreads: _Array,
    before: _Array,
    own: _Array,
) -> ContentMap:
    """Learn what content says from items with ratings, each as far as its ratings speak.

    Parameter = level + content part + own part; the prior variances of the last two are in
    the ratio share : 1 - share, and the share is the one with the largest marginal
    likelihood (empirical Bayes; Rasmussen & Williams 2006, section 5.4) on a grid.

    A belief is already pulled towards what content said before; regressed on as it is, it
    would confirm it. With reliability ``rho = 1 - spread / own`` the pull is undone, ``d =
    before + (belief - before) / rho``, and the item weighs ``rho``: the variance of ``d``
    around the content part is ``own / rho``.

    Args:
        content: Features of the catalogue, [I, D]; D may be 0.
        rated: Which items have ratings, bool [I].
        beliefs: Posterior means of all items, [I, E]; only rated ones are used.
        spreads: Their posterior variances, [I, E].
        before: The prior means those beliefs were pulled towards, [I, E].
        own: The prior variances around them, [E].

    Returns:
        Prior mean and variances for the whole catalogue.
    """
    trust = np.clip(1.0 - spreads[rated] / own, _LEAST_RELIABLE, 1.0)
    freed = before[rated] + (beliefs[rated] - before[rated]) / trust
    # The quality of an item is known long before its loadings: two groups of columns.
    groups = [slice(0, 1), slice(1, None)]
    parts = [
        _group(content, rated, freed[:, group], trust[:, group].mean(axis=1))
        for group in groups
        if freed[:, group].shape[1]
    ]
    return ContentMap(
        np.hstack([part.mean for part in parts]),
        np.hstack([part.variance for part in parts]),
        np.concatenate([part.own for part in parts]),
        np.concatenate([part.shares for part in parts]),
    )


def _group(
    content: _Array, rated: NDArray[np.bool_], values: _Array, weights: _Array
) -> ContentMap:
    """Regress columns that share their weights; one eigendecomposition serves all shares."""
    mass = max(float(weights.sum()), 1e-12)
    root = np.sqrt(weights)[:, None]
    level = (weights @ values) / mass
    around = (values - level) * root
    known = content[rated]
    centred = content - (weights @ known) / mass
    design = centred[rated] * root
    powers, vectors = np.linalg.eigh(design.T @ design)
    keep = powers > 1e-9 * max(float(powers.max(initial=0.0)), 1e-300)
    # Directions that no rated item has are unknown: they keep their prior variance.
    unknown = ((centred @ vectors[:, ~keep]) ** 2).sum(axis=1)
    powers, vectors = powers[keep], vectors[:, keep]
    turned = centred @ vectors
    pulled = vectors.T @ (design.T @ around)
    along = pulled / np.sqrt(powers)[:, None]
    total = np.maximum((around**2).sum(axis=0) / mass, 1e-9)
    rest = np.maximum((around**2).sum(axis=0) - (along**2).sum(axis=0), 0.0)
    unit = max(float(powers.sum()) / mass, 1e-12)
    mean = np.tile(level, (len(content), 1))
    variance = np.zeros_like(mean)
    own, shares = total.copy(), np.zeros(len(total))
    for column in range(len(total) if len(powers) else 0):

        def evidence(share: float, column: int = column) -> float:
            noise = total[column] * (1 - share)
            spread = total[column] * share / unit * powers + noise
            within = np.log(spread).sum() + (along[:, column] ** 2 / spread).sum()
            free = max(len(values) - len(powers), 0)
            return -float(within + free * np.log(noise) + rest[column] / noise)

        share = max(_SHARES, key=evidence)
        scale, noise = total[column] * share / unit, total[column] * (1 - share)
        spread = scale * powers + noise
        mean[:, column] += turned @ (scale * pulled[:, column] / spread)
        variance[:, column] = turned**2 @ (scale * noise / spread) + scale * unknown
        own[column], shares[column] = noise, share
    return ContentMap(mean, variance, own, shares)
