"""Fitting the bilinear rating model by closed-form expectation-maximisation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from foretaste.taste.ratings.learning.content_prior import content_map
from foretaste.taste.ratings.learning.moments import Belief, Moments, Sums, posterior, sums

__all__ = ["Factors", "Problem", "fit_factors", "with_own_content"]

_CHUNK = 20_000
_PROFILE_RIDGE = 10.0
_FLOOR = 1e-6
_OWN_CONTENT = 0.02
_OWN_STEPS = 3

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Ratings and what is known besides.

    Attributes:
        ratings: Latent ratings minus their mean, csr [U, I]; absent is unknown.
        profiles: Indicators of the people, [U, F], first column 1.
        content: Features of the items, [I, D].
        variance: Variance of the ratings.
    """

    ratings: csr_matrix
    profiles: _Array
    content: _Array
    variance: float

    def rated(self) -> csr_matrix:
        """Ones where there is a rating."""
        ones = self.ratings.copy()
        ones.data = np.ones_like(ones.data)
        return ones


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """The learned prior: everything but the people.

    Attributes:
        items: Belief about (quality, loadings) of every item, [I, E].
        person_map: Prior mean of (generosity, taste) from profile indicators, [F, E].
        person_prior: Prior covariance of (generosity, taste), [E, E].
        item_mean: What content says of (quality, loadings), [I, E].
        item_prior: Covariance of the items around what content says, [E, E].
        noise: Variance of a rating around its expectation.
        shares: Share of each item parameter that content explains, [E].
    """

    items: Belief
    person_map: _Array
    person_prior: _Array
    item_mean: _Array
    item_prior: _Array
    noise: float
    shares: _Array


def start(problem: Problem, size: int, rng: np.random.Generator) -> Factors:
    """Where the iterations begin: nothing known but the spread of the ratings.

    Args:
        problem: The data.
        size: Number of loadings, E - 1.
        rng: Breaks the symmetry between the loadings.

    Returns:
        Factors with small random loadings.
    """
    n_items, width, v = problem.ratings.shape[1], size + 1, problem.variance
    mean = np.zeros((n_items, width))
    mean[:, 1:] = rng.normal(0.0, 0.1 * np.sqrt(v), (n_items, size))
    spread = np.diag(np.concatenate([[0.1 * v], np.full(size, 0.01 * v)]))
    person = np.diag(np.concatenate([[0.2 * v], np.ones(size)]))
    item = np.diag(np.concatenate([[0.3 * v], np.full(size, 0.05 * v)]))
    items = Belief(mean, np.tile(spread, (n_items, 1, 1)))
    profile_map = np.zeros((problem.profiles.shape[1], width))
    return Factors(items, profile_map, person, np.zeros_like(mean), item, 0.7 * v, np.zeros(width))


def fit_factors(
    problem: Problem,
    size: int,
    iterations: int,
    rng: np.random.Generator,
    warm: Factors | None = None,
) -> Factors:
    """Learn the prior over tastes from ratings.

    ``r = mean + b_u + c_i + v_i . w_u + noise`` with ``(b, w)_u ~ N(B' x_u, S)`` and
    ``(c, v)_i ~ N(A t_i, S_i)``: regression-based latent factors (Agarwal & Chen 2009),
    fitted by variational EM in which both sides keep their full covariance (Lim & Teh
    2007), so nothing has to be tuned against over-fitting. People enter only through sums
    over their own ratings, so the fit can be split over machines that keep their people.

    Args:
        problem: The data.
        size: Number of loadings, E - 1.
        iterations: Sweeps over both sides.
        rng: Breaks the symmetry between the loadings.
        warm: Begin from these factors.

    Returns:
        The factors.
    """
    now = warm or start(problem, size, rng)
    ones = problem.rated()
    counts = np.asarray(ones.sum(axis=0)).ravel()
    for _ in range(iterations):
        now, found = _person_side(problem, ones, now)
        now = _item_side(now, found, problem.content, counts > 0)
    return now


def with_own_content(problem: Problem, factors: Factors, directions: _Array) -> Factors:
    """Let people also have a taste for content itself, beside the learned loadings.

    Adds fixed item features and learns the larger person prior by a few steps of EM over
    people alone; what crowds have not taught (few people, rare content) can still be liked.

    Args:
        problem: The data.
        factors: Fitted factors, E columns.
        directions: Content features of unit variance, [I, Q].

    Returns:
        Factors with E + Q columns, whose last Q loadings are the directions, certain.
    """
    size, extra = len(factors.person_prior), directions.shape[1]
    if not extra:
        return factors
    mean = np.hstack([factors.items.mean, directions])
    covariance = np.pad(factors.items.covariance, ((0, 0), (0, extra), (0, extra)))
    prior = np.pad(factors.person_prior, (0, extra))
    prior[size:, size:] = _OWN_CONTENT * problem.variance * np.eye(extra)
    now = replace(
        factors,
        items=Belief(mean, covariance),
        person_map=np.pad(factors.person_map, ((0, 0), (0, extra))),
        person_prior=prior,
    )
    ones = problem.rated()
    for _ in range(_OWN_STEPS):
        now, _ = _person_side(problem, ones, now, collect=False)
    return now


def _person_side(
    problem: Problem, ones: csr_matrix, now: Factors, *, collect: bool = True
) -> tuple[Factors, Sums]:
    """Beliefs about people, chunk by chunk; their prior, the noise, and the items' sums."""
    size = len(now.person_prior)
    n_users, n_items = problem.ratings.shape
    items = Moments.of(now.items)
    triangle = size * (size + 1) // 2
    found = Sums(np.zeros((n_items, triangle)), np.zeros((n_items, size)), np.zeros(n_items))
    means, spread, error = np.zeros((n_users, size)), np.zeros((size, size)), 0.0
    for low in range(0, n_users, _CHUNK):
        part = slice(low, low + _CHUNK)
        ratings, rated = problem.ratings[part], ones[part]
        said = sums(ratings, rated, items)
        guess = problem.profiles[part] @ now.person_map
        people = posterior(said, guess, now.person_prior, now.noise)
        error += said.expected_error(people)
        means[part] = people.mean
        spread += people.covariance.sum(axis=0)
        if collect:
            found = found + sums(ratings.T.tocsr(), rated.T.tocsr(), Moments.of(people))
    profile_map = profile_regression(problem.profiles, means)
    around = means - problem.profiles @ profile_map
    person_prior = (around.T @ around + spread) / max(n_users, 1)
    noise = max(error / max(problem.ratings.nnz, 1), _FLOOR * problem.variance)
    learned = replace(now, person_map=profile_map, person_prior=person_prior, noise=noise)
    return learned, found


def profile_regression(profiles: _Array, means: _Array) -> _Array:
    """Prior mean of people from their profile, by ridge.

    Args:
        profiles: Indicators, [U, F].
        means: Posterior means, [U, E].

    Returns:
        [F, E].
    """
    gram = profiles.T @ profiles + _PROFILE_RIDGE * np.eye(profiles.shape[1])
    return np.asarray(np.linalg.solve(gram, profiles.T @ means), np.float64)


def _item_side(now: Factors, found: Sums, features: _Array, rated: NDArray[np.bool_]) -> Factors:
    """Beliefs about items, and what content says of them."""
    items = posterior(found, now.item_mean, now.item_prior, now.noise)
    spreads = np.diagonal(items.covariance, axis1=1, axis2=2)
    content = content_map(
        features, rated, items.mean, spreads, now.item_mean, np.diag(now.item_prior)
    )
    around = items.mean[rated] - content.mean[rated]
    spread = items.covariance[rated].sum(axis=0)
    item_prior = (around.T @ around + spread) / max(int(rated.sum()), 1)
    # Around a map learned from the same items they scatter too little; the regression's own
    # estimate of what is left is the lower bound.
    item_prior += np.diag(np.maximum(content.own - np.diag(item_prior), 0.0))
    mean, covariance = items.mean.copy(), items.covariance.copy()
    new = ~rated
    mean[new] = content.mean[new]
    covariance[new] = item_prior
    covariance[new] += content.variance[new][:, :, None] * np.eye(len(item_prior))
    return replace(
        now,
        items=Belief(mean, covariance),
        item_mean=content.mean,
        item_prior=item_prior,
        shares=content.shares,
    )
