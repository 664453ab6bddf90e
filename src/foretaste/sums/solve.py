"""Positive definite systems: ridge regression and leave-one-out weights."""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from foretaste.core import FloatArray
from foretaste.core.errors import DataError

__all__ = ["leave_one_out_weights", "positive_solve", "ridge"]

_JITTERS = (0.0, 1e-6, 1e-4, 1e-2)


def positive_solve(system: FloatArray, right: FloatArray) -> FloatArray:
    """Solve ``A X = B`` for a symmetric positive definite ``A`` by Cholesky.

    A matrix that is only just not positive definite (rounding) gets a little added to its
    diagonal, at most one percent of the mean.

    Args:
        system: ``A``, [N, N]; overwritten.
        right: ``B``, [N] or [N, M].

    Returns:
        ``X``, shaped like ``right``.

    Raises:
        DataError: If ``A`` is far from positive definite or not finite.
    """
    size = len(system)
    if size == 0:
        return np.array(right)
    diagonal = np.arange(size)
    mean = float(np.trace(system)) / size
    for jitter in _JITTERS:
        work = system.copy() if jitter < _JITTERS[-1] and size <= 2_000 else system
        work[diagonal, diagonal] += jitter * mean
        try:
            factor = cho_factor(work, lower=True, overwrite_a=work is not system)
            found: FloatArray = cho_solve(factor, right)
        except (LinAlgError, ValueError):
            continue
        return found
    raise DataError(
        "a system of equations has no stable solution",
        expected="a positive definite matrix of finite numbers",
        got=f"{size} x {size} with mean diagonal {mean:g}",
        remedy="Use a larger ridge, or look for NaN in the data",
    )


def ridge(gram: FloatArray, moment: FloatArray, penalty: FloatArray | float) -> FloatArray:
    """``(Z'Z + diag(penalty))^-1 Z'Y``.

    Args:
        gram: ``Z'Z``, [F, F]; left as it is.
        moment: ``Z'Y``, [F, M].
        penalty: One number, or one for each feature [F].

    Returns:
        Coefficients, [F, M].
    """
    system = np.array(gram)
    places = np.arange(len(system))
    system[places, places] += np.asarray(penalty, system.dtype)
    return positive_solve(system, moment)


def leave_one_out_weights(gram: FloatArray, noise: FloatArray | float) -> FloatArray:
    """Predict every item from all the others: ``B_ji = -P_ji / P_ii``, ``B_ii = 0``.

    ``P = (X'X + diag(noise))^-1``: EASE (Steck, WWW 2019) when the noise is one number,
    EDLAE (Steck, NeurIPS 2020) when it grows with how often each item occurs. Seen as a
    Gaussian process it is the leave-one-out posterior mean (Rasmussen & Williams 2006, 5.4.2)
    in which every absent item is evidence, with item ``i``'s noise ``noise_i``.

    Args:
        gram: ``X'X``, [I, I]; left as it is.
        noise: Positive; one number or one per item.

    Returns:
        float32 [I, I]; column ``i`` predicts item ``i``.
    """
    system = np.array(gram)
    places = np.arange(len(system))
    system[places, places] += np.asarray(noise, system.dtype)
    inverse = positive_solve(system, np.eye(len(gram), dtype=system.dtype))
    inverse /= -np.diag(inverse)[None, :].copy()
    inverse[places, places] = 0.0
    weights: FloatArray = inverse.astype(np.float32, copy=False)
    return weights
