"""The posterior is Bayes' rule, whichever way it is computed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretaste.core import stream
from foretaste.taste.posterior import condition, condition_many
from foretaste.testing import gaussian_tastes


def problem(count: int, size: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = stream(seed, "posterior")
    features = rng.normal(size=(count, size))
    return features, rng.normal(size=count), rng.uniform(0.05, 2.0, count)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 12), st.integers(1, 9), st.integers(0, 9))
def test_both_forms_are_equal(count: int, size: int, seed: int) -> None:
    features, residuals, noise = problem(count, size, seed)
    items = stream(seed, "items").normal(size=(5, size))
    events = condition(features, residuals, noise, "events")
    dense = condition(features, residuals, noise, "features")
    np.testing.assert_allclose(events.shift, dense.shift, atol=1e-9)
    np.testing.assert_allclose(events.shares(items), dense.shares(items), atol=1e-9)
    np.testing.assert_allclose(events.variance(items), dense.variance(items), atol=1e-9)
    np.testing.assert_allclose(events.deletion(items), dense.deletion(items), atol=1e-8)


def test_it_is_the_known_answer_of_a_world_drawn_from_the_prior() -> None:
    world = gaussian_tastes()
    root = np.linalg.cholesky(world.covariance)
    for user_row in range(5):
        history = world.dataset.histories.of(user_row)
        mean, covariance = world.posterior(history)
        features = (world.features @ root)[history.rows]
        left = (
            history.values
            - world.popularity[history.rows]
            - world.features[history.rows] @ world.mean
        )
        found = condition(features, left, np.full(len(left), world.noise))
        np.testing.assert_allclose(world.mean + root @ found.shift, mean, atol=1e-6)
        np.testing.assert_allclose(root @ found.covariance() @ root.T, covariance, atol=1e-8)


def test_shares_sum_to_the_score_and_blocks_to_the_shares() -> None:
    features, residuals, noise = problem(6, 8, 3)
    items = stream(3, "items").normal(size=(4, 8))
    found = condition(features, residuals, noise)
    shares = found.shares(items)
    np.testing.assert_allclose(shares.sum(axis=1), items @ found.shift)
    blocks = [found.shares(items, slice(0, 3)), found.shares(items, slice(3, 8))]
    np.testing.assert_allclose(sum(blocks), shares)


@pytest.mark.parametrize("form", ["events", "features"])
def test_deletion_is_the_difference_to_never_having_seen(form: str) -> None:
    features, residuals, noise = problem(7, 5, 4)
    items = stream(4, "items").normal(size=(3, 5))
    found = condition(features, residuals, noise, form)
    for place in range(7):
        rest = np.delete(np.arange(7), place)
        without = condition(features[rest], residuals[rest], noise[rest])
        expected = items @ (found.shift - without.shift)
        np.testing.assert_allclose(found.deletion(items)[:, place], expected, atol=1e-9)


def test_many_at_once_equal_one_by_one() -> None:
    for count, size in ((3, 8), (8, 3), (1, 4)):
        rng = stream(count, "many")
        features = rng.normal(size=(5, count, size))
        residuals = rng.normal(size=(5, count))
        noise = rng.uniform(0.1, 1.0, (5, count))
        found = condition_many(features, residuals, noise)
        for person in range(5):
            alone = condition(features[person], residuals[person], noise[person])
            np.testing.assert_allclose(found[person], alone.shift, atol=1e-9)


def test_more_evidence_is_never_less_certain() -> None:
    features, residuals, noise = problem(9, 6, 5)
    items = stream(5, "items").normal(size=(4, 6))
    before = np.full(4, np.inf)
    for count in range(10):
        now = condition(features[:count], residuals[:count], noise[:count]).variance(items)
        assert (now <= before + 1e-12).all()
        before = now
