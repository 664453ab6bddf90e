"""Learning cut-points and the use of the scale from people and items held out of the fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from foretaste.taste.ratings.response import Response, Trials, between

__all__ = ["calibrate", "log_loss"]

_STEADINESS = (5.0, 10.0, 20.0, 50.0, 1e6)
_TILTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
_PATIENCE = (3.0, 10.0, 30.0)
_PRIOR_STRENGTH = 20.0
_ROUNDS = 2

_Array = NDArray[np.float64]
_Levels = NDArray[np.intp]


def log_loss(response: Response, trials: Trials, levels: _Levels) -> float:
    """Mean negative log-probability of what was rated.

    Args:
        response: The response.
        trials: Predictions.
        levels: What came, as positions on the scale, [N].

    Returns:
        Nats per rating.
    """
    chosen = response.probabilities(trials)[np.arange(len(levels)), levels]
    return float(-np.log(chosen).mean())


def calibrate(response: Response, trials: Trials, levels: _Levels) -> Response:
    """Maximum a posteriori cut-points and scales, then the person settings on a grid.

    The starting response is the prior, worth twenty ratings: with little held-out data the
    answer stays near it.

    Args:
        response: Where to start: cut-points at the scale's own borders.
        trials: Predictions for held-out people.
        levels: What they rated, as positions on the scale, [N].

    Returns:
        The calibrated response; the given one without trials or with fewer than two levels.
    """
    if not len(levels) or not len(response.cuts):
        return response
    start = response
    for _ in range(_ROUNDS):
        response = _fit_cuts(response, start, trials, levels)
        options = [replace(response, steadiness=choice) for choice in _STEADINESS]
        response = min(options, key=lambda option: log_loss(option, trials, levels))
        options = [
            replace(response, tilt=tilt, patience=patience)
            for tilt in _TILTS
            for patience in _PATIENCE
        ]
        response = min(options, key=lambda option: log_loss(option, trials, levels))
    return response


def _fit_cuts(response: Response, start: Response, trials: Trials, levels: _Levels) -> Response:
    """Cut-points and the two item scales by L-BFGS on the untilted likelihood."""
    plain = replace(response, known_scale=1.0, new_scale=1.0).spread(trials)
    # In units of the typical spread, so that the prior does not depend on the scale's units.
    unit = float(np.sqrt((plain**2).mean()))
    mean, plain = trials.mean / unit, plain / unit
    centre = _pack(start, unit)

    def loss(point: _Array) -> tuple[float, _Array]:
        cuts, known, new = _unpack(point)
        spread = plain * np.exp(np.where(trials.new, new, known) / 2)
        value, by_cut, by_spread = _cut_loss(cuts, mean, spread, levels)
        # First parameter moves all cuts, each later one the gap before it and all after.
        tail = np.cumsum(by_cut[::-1])[::-1]
        gradient = np.concatenate([tail * np.concatenate([[1.0], np.diff(cuts)]), [0.0, 0.0]])
        gradient[-2] = by_spread[~trials.new].sum() / 2
        gradient[-1] = by_spread[trials.new].sum() / 2
        away = point - centre
        penalty = _PRIOR_STRENGTH / 2 * float(away @ away)
        return value + penalty, gradient + _PRIOR_STRENGTH * away

    found = minimize(loss, _pack(response, unit), jac=True, method="L-BFGS-B").x
    cuts, known, new = _unpack(found)
    return replace(
        response, cuts=cuts * unit, known_scale=float(np.exp(known)), new_scale=float(np.exp(new))
    )


def _cut_loss(
    cuts: _Array, mean: _Array, spread: _Array, levels: _Levels
) -> tuple[float, _Array, _Array]:
    """Negative log-likelihood, its slope along each cut and along each log spread."""
    chosen = np.maximum(between(cuts, mean, spread)[np.arange(len(levels)), levels], 1e-12)
    edges = np.concatenate([[-np.inf], cuts, [np.inf]])
    by_cut, by_spread = np.zeros(len(cuts)), np.zeros(len(mean))
    for edge, sign in ((levels + 1, 1.0), (levels, -1.0)):
        u = (edges[edge] - mean) / spread
        inside = np.isfinite(u)
        density = np.exp(-0.5 * u[inside] ** 2) / np.sqrt(2 * np.pi) / chosen[inside]
        by_cut -= sign * np.bincount(
            edge[inside] - 1, density / spread[inside], minlength=len(cuts)
        )
        by_spread[inside] += sign * density * u[inside]
    return float(-np.log(chosen).sum()), by_cut, by_spread


def _pack(response: Response, unit: float) -> _Array:
    gaps = np.log(np.maximum(np.diff(response.cuts / unit), 1e-6))
    scales = np.log([response.known_scale, response.new_scale])
    return np.concatenate([response.cuts[:1] / unit, gaps, scales])


def _unpack(point: _Array) -> tuple[_Array, float, float]:
    gaps = np.exp(point[1:-2])
    cuts = point[0] + np.concatenate([[0.0], np.cumsum(gaps)])
    return cuts, float(point[-2]), float(point[-1])
