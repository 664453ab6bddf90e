"""What lists are beyond right or wrong: known answers and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from foretaste.measure import (
    calibration,
    counts_of,
    coverage,
    exposure_ratio,
    gini,
    group_gap,
    intra_list_distance,
    list_change,
    mix,
    novelty,
    tail_share,
)

LISTS = np.array([[0, 1], [0, -1]], np.int32)


def test_width_and_evenness() -> None:
    assert coverage(LISTS, 4) == 0.5
    assert counts_of(LISTS, 4).tolist() == [2, 1, 0, 0]
    assert gini(np.ones(5)) == 0
    assert gini(np.array([0, 0, 0, 1])) == pytest.approx(3 / 4)
    assert gini(np.array([1, 3])) == pytest.approx(1 / 4)
    assert gini(np.zeros(3)) == 0


@settings(deadline=None)
@given(st.lists(st.floats(0, 100), min_size=2, max_size=30))
def test_gini_is_the_mean_absolute_difference_and_has_no_scale(amounts: list[float]) -> None:
    x = np.array(amounts)
    if x.sum() > 1e-6:
        plain = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
        assert gini(x) == pytest.approx(plain, abs=1e-9)
        assert gini(7 * x) == pytest.approx(gini(x), abs=1e-9)


def test_tail_and_novelty() -> None:
    likes = np.array([9.0, 3.0, 1.0, 0.0, 0.0])
    np.testing.assert_allclose(tail_share(LISTS, likes), [1 / 2, 0])
    bits = -np.log2((likes + 1) / 11)
    np.testing.assert_allclose(novelty(LISTS, likes, 10), [bits[:2].mean(), bits[0]])
    assert np.isnan(novelty(np.array([[-1]], np.int32), likes, 10)[0])


def test_distance_inside_a_list() -> None:
    vectors = np.array([[0.0, 0], [3, 4], [6, 8]])
    lists = np.array([[0, 1, 2], [1, 2, -1], [0, -1, -1]], np.int32)
    found = intra_list_distance(lists, vectors)
    np.testing.assert_allclose(found, [(5 + 10 + 5) / 3, 5, np.nan])
    found = intra_list_distance(lists, vectors, "cosine")
    np.testing.assert_allclose(found, [(1 + 1 + 0) / 3, 0, np.nan], atol=1e-12)
    with pytest.raises(ValueError, match="cosine"):
        intra_list_distance(lists, vectors, "manhattan")


def test_mix_and_calibration() -> None:
    attributes = csr_matrix(np.array([[1, 0], [0, 1], [1, 1], [0, 0]], float))
    np.testing.assert_allclose(mix(np.array([0, 2]), attributes), [0.75, 0.25])
    assert mix(np.array([3]), attributes).sum() == 0
    lists = np.array([[0, 1], [0, -1], [3, -1]], np.int32)
    past = [np.array([2]), np.array([2]), np.array([2])]
    found = calibration(lists, past, attributes, smoothing=0.01)
    # the past is half and half: a mixed list is calibrated, a list of one kind is not
    expected = 0.5 * np.log(0.5 / (0.99 + 0.005)) + 0.5 * np.log(0.5 / 0.005)
    np.testing.assert_allclose(found, [0, expected, np.nan], atol=1e-12)


def test_gap_between_groups_leaves_out_the_unknown() -> None:
    values = np.array([0.2, 0.4, 0.9, np.nan, 0.5])
    gap, table = group_gap(values, ["f", "f", "m", "m", None])
    assert gap == pytest.approx(0.6)
    assert table == {"f": (pytest.approx(0.3), 2), "m": (0.9, 1)}
    assert np.isnan(group_gap(values, ["f"] * 5)[0])


def test_exposure_is_proportional_or_not() -> None:
    members = np.array([True, False, False, False])
    assert exposure_ratio(np.array([[0]], np.int32), members, 4) == 4
    assert exposure_ratio(np.array([[0], [1], [2], [3]], np.int32), members, 4) == 1
    second = exposure_ratio(np.array([[1, 0]], np.int32), members, 4)
    assert second == pytest.approx(4 * (1 / np.log2(3)) / (1 + 1 / np.log2(3)))
    assert np.isnan(exposure_ratio(LISTS, np.zeros(4, bool), 4))


def test_counterfactual_change_of_lists() -> None:
    lists = np.array([[1, 2], [1, 2], [1, 2], [-1, -1]], np.int32)
    others = np.array([[2, 1], [1, 3], [4, 5], [-1, -1]], np.int32)
    np.testing.assert_allclose(list_change(lists, others), [0, 2 / 3, 1, 0])
