"""Intervals cover, pairs are paired, and several comparisons are paid for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretaste.measure import compare, holm, interval, resampled_means


def test_same_seed_same_interval_and_another_seed_another() -> None:
    values = np.random.default_rng(0).random(100)
    assert interval(values, seed=3) == interval(values, seed=3)
    assert interval(values, seed=3) != interval(values, seed=4)


def test_an_interval_is_as_wide_as_the_normal_one() -> None:
    values = np.random.default_rng(1).normal(2.0, 3.0, 900)
    found = interval(values)
    half = 1.96 * values.std() / 30
    assert found.mean == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(2 * half, rel=0.1)
    assert found.n == 900


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    draws = [interval(rng.exponential(1.0, 80), resamples=400, seed=s) for s in range(200)]
    covered = np.mean([one.low <= 1.0 <= one.high for one in draws])
    assert 0.88 <= covered <= 0.99


def test_missing_people_are_not_zeros() -> None:
    found = interval(np.array([1.0, np.nan, 3.0]))
    assert (found.mean, found.n) == (2.0, 2)
    nobody = interval(np.array([np.nan]))
    assert nobody.n == 0
    assert np.isnan(nobody.mean)


def test_chunks_do_not_change_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(50.0)
    whole = resampled_means(values, 100, 0)
    monkeypatch.setattr("foretaste.measure.intervals._CHUNK", 500)
    np.testing.assert_array_equal(resampled_means(values, 100, 0), whole)


def test_pairing_sees_what_two_intervals_would_not() -> None:
    rng = np.random.default_rng(3)
    people = rng.random(300)
    first, second = people + 0.01, people + rng.normal(0, 0.01, 300)
    assert interval(first).low < interval(second).high
    found = compare(first, second)
    assert not found.tie
    assert found.p < 0.01
    assert found.mean == pytest.approx((first - second).mean())
    assert found.relative == pytest.approx(found.mean / second.mean())
    back = compare(second, first)
    assert back.mean == -found.mean


def test_no_difference_is_a_tie_and_rarely_anything_else() -> None:
    same = np.random.default_rng(4).random(50)
    found = compare(same, same)
    assert found.tie
    assert found.p == 1
    rng = np.random.default_rng(5)
    p = [compare(rng.random(60), rng.random(60), resamples=300, seed=s).p for s in range(100)]
    assert np.mean(np.array(p) < 0.05) <= 0.12
    with pytest.raises(ValueError, match="paired"):
        compare(same, same[1:])


def test_holm_known_answer() -> None:
    found = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005, "e": float("nan")})
    expected = {"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06}
    for name, value in expected.items():
        assert found[name] == pytest.approx(value)
    assert np.isnan(found["e"])
    assert list(found) == ["a", "b", "c", "d", "e"]


@settings(deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0, 1), max_size=8))
def test_holm_never_helps_and_keeps_the_order(p_values: dict[str, float]) -> None:
    found = holm(p_values)
    assert all(found[name] >= p for name, p in p_values.items())
    assert all(p <= 1 for p in found.values())
    order = sorted(p_values, key=lambda name: p_values[name])
    assert [found[name] for name in order] == sorted(found.values())
