"""Additive statistics and the solvers on them: no model, only sums and linear algebra."""

from foretaste.sums.moments import PairSums, weighted_gram
from foretaste.sums.sequences import Sequences, Windows
from foretaste.sums.solve import leave_one_out_weights, positive_solve, ridge
from foretaste.sums.spectrum import covariance_factors, leading, principal_axes

__all__ = [
    "PairSums",
    "Sequences",
    "Windows",
    "covariance_factors",
    "leading",
    "leave_one_out_weights",
    "positive_solve",
    "principal_axes",
    "ridge",
    "weighted_gram",
]
