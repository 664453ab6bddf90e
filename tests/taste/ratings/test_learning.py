"""The pieces of the fit against brute force and planted answers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.sparse import csr_matrix

from foretaste.core import History, stream
from foretaste.taste.ratings.learning import calibrate as calibration
from foretaste.taste.ratings.learning.content_prior import content_map
from foretaste.taste.ratings.learning.factors import Problem, fit_factors
from foretaste.taste.ratings.learning.moments import Belief, Moments, posterior, sums
from foretaste.taste.ratings.learning.table import RatingTable, newest_ratings, rating_kind, tasks
from foretaste.taste.ratings.response import Response, Trials


def beliefs(rng: np.random.Generator, count: int, size: int) -> Belief:
    roots = rng.normal(0, 0.4, (count, size, size))
    return Belief(rng.normal(size=(count, size)), roots @ roots.transpose(0, 2, 1))


def test_sums_are_expectations_under_the_other_sides_belief() -> None:
    rng = np.random.default_rng(1)
    items, people = beliefs(rng, 3, 3), beliefs(rng, 1, 3)
    ratings = csr_matrix(np.array([[0.5, 0.0, -1.0]]))
    ratings = csr_matrix((np.array([0.5, 0.0, -1.0]), ([0, 0, 0], [0, 1, 2])), (1, 3))
    ones = csr_matrix((np.ones(3), ([0, 0, 0], [0, 1, 2])), (1, 3))
    said = sums(ratings, ones, Moments.of(items))
    error = said.expected_error(people)
    draws = 200_000
    total = 0.0
    z = rng.multivariate_normal(people.mean[0], people.covariance[0], draws)
    for item, rating in enumerate([0.5, 0.0, -1.0]):
        v = rng.multivariate_normal(items.mean[item], items.covariance[item], draws)
        guess = v[:, 0] + z[:, 0] + (v[:, 1:] * z[:, 1:]).sum(axis=1)
        total += ((rating - guess) ** 2).mean()
    assert error == pytest.approx(total, rel=0.02)


def test_the_posterior_of_certain_items_is_ridge_regression() -> None:
    rng = np.random.default_rng(2)
    n, size = 12, 3
    items = Belief(rng.normal(size=(n, size)), np.zeros((n, size, size)))
    y = rng.normal(size=n)
    pattern = (np.zeros(n, int), np.arange(n))
    said = sums(
        csr_matrix((y, pattern), (1, n)), csr_matrix((np.ones(n), pattern), (1, n)),
        Moments.of(items),
    )  # fmt: skip
    prior, noise, mean = np.diag([0.5, 1.0, 2.0]), 0.3, rng.normal(size=(1, size))
    found = posterior(said, mean, prior, noise)
    design = items.mean.copy()
    design[:, 0] = 1.0
    precision = np.linalg.inv(prior) + design.T @ design / noise
    left = y - items.mean[:, 0] - design @ mean[0]
    np.testing.assert_allclose(
        found.mean[0], mean[0] + np.linalg.solve(precision, design.T @ left / noise)
    )
    np.testing.assert_allclose(found.covariance[0], np.linalg.inv(precision))


def planted_problem(seed: int, content: bool) -> tuple[Problem, np.ndarray]:
    rng = np.random.default_rng(seed)
    n_people, n_items, size = 300, 80, 2
    features = rng.normal(size=(n_items, 6)) / np.sqrt(6)
    quality = features @ rng.normal(size=6) * 0.8
    loadings = features @ rng.normal(size=(6, size)) + rng.normal(0, 0.2, (n_items, size))
    taste = rng.normal(size=(n_people, size))
    truth = rng.normal(0, 0.5, (n_people, 1)) + quality + taste @ loadings.T
    seen = rng.random(truth.shape) < 0.4
    seen[:, -15:] = False  # new items
    users, items = np.nonzero(seen)
    y = truth[users, items] + rng.normal(0, 0.3, len(users))
    ratings = csr_matrix((y - y.mean(), (users, items)), truth.shape)
    shown = features if content else np.zeros((n_items, 0))
    return Problem(ratings, np.ones((n_people, 1)), shown, float(y.var())), quality


@pytest.mark.parametrize("content", [True, False])
def test_em_finds_the_noise_and_the_qualities_of_a_planted_world(content: bool) -> None:
    problem, quality = planted_problem(0, content)
    found = fit_factors(problem, 3, 15, np.random.default_rng(0))
    assert found.noise == pytest.approx(0.09, rel=0.35)
    learned = found.items.mean[:, 0]
    assert np.corrcoef(learned[:-15], quality[:-15])[0, 1] > 0.95
    if content:
        assert np.corrcoef(learned[-15:], quality[-15:])[0, 1] > 0.9
        assert found.shares[0] > 0.5
    else:
        np.testing.assert_allclose(learned[-15:], learned[-1])
    # An item nobody has rated is less certain than one that many have.
    spread = found.items.covariance[:, 0, 0]
    assert spread[-15:].min() > 5 * spread[:-15].max()


def test_content_that_says_nothing_is_given_no_share() -> None:
    rng = np.random.default_rng(3)
    n, size = 400, 2
    content, values = rng.normal(size=(n, 10)), rng.normal(size=(n, size))
    flat = np.zeros((n, size))
    found = content_map(content, np.ones(n, bool), values, flat, flat, np.ones(size))
    assert found.shares.max() <= 0.1
    np.testing.assert_allclose(found.own, 1.0, rtol=0.25)


def test_content_learns_only_from_what_ratings_say() -> None:
    # Half of the items have said nothing yet: their belief is still what content said before.
    rng = np.random.default_rng(4)
    n = 600
    content = rng.normal(size=(n, 3))
    truth = content @ np.array([1.0, -1.0, 0.5])
    before = np.full((n, 1), 5.0)
    silent = np.arange(n) % 2 == 0
    values = np.where(silent, 5.0, truth)[:, None]
    spreads = np.where(silent, 1.0, 0.0)[:, None]
    found = content_map(content, np.ones(n, bool), values, spreads, before, np.ones(1))
    np.testing.assert_allclose(found.mean[:, 0], truth, atol=0.6)


def test_the_pull_towards_the_prior_is_undone() -> None:
    rng = np.random.default_rng(9)
    content = rng.normal(size=(500, 2))
    truth = content @ np.array([1.0, -1.0])
    before = np.full((500, 1), 3.0)
    half_way = before + 0.5 * (truth[:, None] - before)
    spreads = np.full((500, 1), 0.5)
    found = content_map(content, np.ones(500, bool), half_way, spreads, before, np.ones(1))
    np.testing.assert_allclose(found.mean[:, 0], truth, atol=0.5)


def trials(rng: np.random.Generator, count: int, cuts: np.ndarray) -> tuple[Trials, np.ndarray]:
    mean = rng.normal(3, 1, count)
    new = rng.random(count) < 0.4
    spread = np.where(new, 1.4, 0.7)
    levels = np.searchsorted(cuts, mean + spread * rng.normal(size=count))
    person = np.arange(count) % 50
    made = Trials(mean, np.ones(count), new, person, np.zeros((50, len(cuts) + 1)), np.zeros(50))
    return made, levels


def test_calibration_finds_cut_points_and_scales() -> None:
    cuts = np.array([1.2, 2.6, 3.1, 4.4])
    asked, levels = trials(np.random.default_rng(5), 6_000, cuts)
    start = Response(np.array([1.5, 2.5, 3.5, 4.5]), np.full(5, 0.2))
    found = calibration.calibrate(start, asked, levels)
    np.testing.assert_allclose(found.cuts, cuts, atol=0.12)
    assert found.known_scale == pytest.approx(0.49, rel=0.15)
    assert found.new_scale == pytest.approx(1.96, rel=0.2)
    before, after = (calibration.log_loss(r, asked, levels) for r in (start, found))
    assert after < before


def test_calibration_with_three_ratings_stays_near_the_start() -> None:
    asked, levels = trials(np.random.default_rng(6), 3, np.array([1.2, 2.6, 3.1, 4.4]))
    start = Response(np.array([1.5, 2.5, 3.5, 4.5]), np.full(5, 0.2))
    found = calibration.calibrate(start, asked, levels)
    assert np.abs(found.cuts - start.cuts).max() < 0.5


def test_the_slope_of_the_cut_point_loss_is_right() -> None:
    rng = np.random.default_rng(7)
    cuts = np.array([1.2, 2.6, 3.1, 4.4])
    asked, levels = trials(rng, 40, cuts)
    spread = rng.uniform(0.5, 1.5, 40)

    def loss(point: np.ndarray) -> float:
        return calibration._cut_loss(point[:4], asked.mean, spread * np.exp(point[4]), levels)[0]

    point = np.concatenate([cuts, [0.0]])
    _, by_cut, by_spread = calibration._cut_loss(cuts, asked.mean, spread, levels)
    numeric = approx_fprime(point, loss, 1e-6)
    np.testing.assert_allclose(np.concatenate([by_cut, [by_spread.sum()]]), numeric, atol=1e-3)


def test_probabilities_sum_to_one_and_follow_the_mean_and_the_habit() -> None:
    response = Response(np.array([1.5, 2.5, 3.5, 4.5]), np.full(5, 0.2), tilt=0.5)
    counts = np.array([[0, 0, 0, 0, 0], [0, 0, 30, 0, 0]], float)
    asked = Trials(
        np.array([2.0, 4.0, 2.0]), np.ones(3), np.zeros(3, bool), np.array([0, 0, 1]), counts,
        np.zeros(2),
    )  # fmt: skip
    found = response.probabilities(asked)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    assert found[1] @ np.arange(5) > found[0] @ np.arange(5)
    assert found[2, 2] > found[0, 2]  # this one always says three


def test_the_newest_rating_of_an_item_counts_and_zeros_stay_ratings() -> None:
    history = History.of([4, 2, 4, 1], values=[1.0, np.nan, 5.0, 3.0], kinds=[0, 0, 0, 1])
    assert newest_ratings(history, -1).tolist() == [2, 3]
    assert newest_ratings(history, 1).tolist() == [3]
    assert rating_kind(("view", "rate")) == 1
    assert rating_kind(("rate",)) == rating_kind(("view",)) == -1
    rows = np.arange(3)
    table = RatingTable(np.array([0, 0, 2]), np.array([1, 2, 2]), np.zeros(3), rows, (3, 4))
    assert table.matrix(table.values).nnz == 3
    small = table.active()
    assert (small.people.tolist(), small.users.tolist()) == ([0, 2], [0, 0, 1])
    assert table.unrated().tolist() == [True, False, False, True]


def test_tasks_never_ask_what_they_tell() -> None:
    rng = np.random.default_rng(8)
    users = np.sort(rng.integers(0, 20, 200))
    table = RatingTable(users, np.arange(200), np.ones(200), np.arange(20), (20, 200))
    for task in tasks(table, np.arange(20), stream(0, "tasks"), 10):
        assert not set(task.support) & set(task.query)
        assert 0 < len(task.query) <= 10
        assert (users[np.concatenate([task.support, task.query])] == task.user).all()
