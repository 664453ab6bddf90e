"""Errors of single predictions against known answers and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretaste.measure import (
    Truth,
    accuracy,
    auc,
    confusion,
    errors_by_person,
    logloss,
    mae,
    rank_auc,
    rmse,
)

ACTUAL = np.array([5.0, 3.0, 1.0, 4.0])
PREDICTED = np.array([4.6, 3.0, 2.6, 4.4])


def test_known_answers() -> None:
    assert mae(ACTUAL, PREDICTED) == pytest.approx((0.4 + 0 + 1.6 + 0.4) / 4)
    assert rmse(ACTUAL, PREDICTED) == pytest.approx(np.sqrt((0.16 + 2.56 + 0.16) / 4))
    # 4.6 goes to 5 and 4.4 to 4; 2.6 goes to 3, which is wrong
    assert accuracy(ACTUAL, PREDICTED, np.arange(1, 6)) == 3 / 4
    # half-way goes up
    assert accuracy(np.array([3.0]), np.array([2.5]), np.arange(1, 6)) == 1
    expected = -(np.log(0.8) + np.log(1 - 0.3)) / 2
    assert logloss(np.array([1, 0]), np.array([0.8, 0.3])) == pytest.approx(expected)
    assert np.isfinite(logloss(np.array([1]), np.array([0.0])))


def test_auc_counts_ties_half_and_says_when_there_is_nothing_to_tell_apart() -> None:
    assert auc(np.array([1, 0]), np.array([2.0, 1.0])) == 1
    assert auc(np.array([1, 0]), np.array([1.0, 1.0])) == 0.5
    assert auc(np.array([1, 1, 0, 0]), np.array([4.0, 1.0, 3.0, 2.0])) == 0.5
    assert np.isnan(auc(np.array([1, 1]), np.array([1.0, 2.0])))


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_against_scikit_learn(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(seed)
    right = np.append(rng.random(50) < 0.3, [True, False])
    scores = rng.integers(0, 8, 52).astype(float)
    assert auc(right, scores) == pytest.approx(metrics.roc_auc_score(right, scores))
    chance = rng.uniform(0.01, 0.99, 52)
    assert logloss(right, chance) == pytest.approx(metrics.log_loss(right, chance))
    actual = rng.integers(1, 6, 52).astype(float)
    predicted = rng.uniform(0, 6, 52)
    rounded = np.clip(np.floor(predicted + 0.5), 1, 5)
    _, counts = confusion(actual, predicted, np.arange(1.0, 6))
    theirs = metrics.confusion_matrix(actual, rounded, labels=np.arange(1.0, 6))
    np.testing.assert_array_equal(counts, theirs)
    assert accuracy(actual, predicted, np.arange(1.0, 6)) == pytest.approx(
        metrics.accuracy_score(actual, rounded)
    )


def test_table_of_actual_against_predicted() -> None:
    scale, counts = confusion(ACTUAL, PREDICTED, np.arange(1.0, 6))
    assert scale.tolist() == [1, 2, 3, 4, 5]
    assert counts.sum() == 4
    assert counts[0, 2] == counts[2, 2] == counts[3, 3] == counts[4, 4] == 1


def test_whole_ranking_ignores_what_may_not_be_shown() -> None:
    scores = np.array([[3.0, 2.0, 1.0, -np.inf], [1.0, 2.0, 3.0, 4.0]])
    found = rank_auc(scores, Truth.of([[0], []]))
    assert found[0] == 1
    assert np.isnan(found[1])


def test_people_are_averaged_not_ratings() -> None:
    starts = np.array([0, 3, 3, 4])
    errors = errors_by_person("mae", ACTUAL, PREDICTED, starts)
    np.testing.assert_allclose(errors, [(0.4 + 1.6) / 3, np.nan, 0.4])
    np.testing.assert_allclose(
        errors_by_person("accuracy", ACTUAL, PREDICTED, starts), [2 / 3, np.nan, 1]
    )
