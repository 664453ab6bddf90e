"""Additive statistics and the solvers on them: no model, only sums and linear algebra."""

from foretaste.sums.additive import Additive, PeopleSums
from foretaste.sums.likes import Likes
from foretaste.sums.moments import PairSums, weighted_gram
from foretaste.sums.sequences import Sequences, Windows
from foretaste.sums.solve import leave_one_out_weights, positive_solve, ridge
from foretaste.sums.spectrum import covariance_factors, leading, pair_factors, principal_axes
from foretaste.sums.steps import StepSums
from foretaste.sums.taking import MOST_PAIRED, likes_of, pairs_of, steps_of

__all__ = [
    "MOST_PAIRED",
    "Additive",
    "Likes",
    "PairSums",
    "PeopleSums",
    "Sequences",
    "StepSums",
    "Windows",
    "covariance_factors",
    "leading",
    "leave_one_out_weights",
    "likes_of",
    "pair_factors",
    "pairs_of",
    "positive_solve",
    "principal_axes",
    "ridge",
    "steps_of",
    "weighted_gram",
]
