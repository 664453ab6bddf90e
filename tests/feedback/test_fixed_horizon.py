"""The fixed comparison, CUPED, ratios by person, and planning."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_ind

from foretaste.core.errors import InputError
from foretaste.feedback import (
    adjusted,
    compare,
    linearised,
    minimum_effect,
    needed_people,
    spread_of_share,
)


def test_it_is_welchs_test() -> None:
    rng = np.random.default_rng(0)
    one, two = rng.normal(0.3, 1, 80), rng.normal(0, 3, 50)
    found, known = compare(one, two), ttest_ind(one, two, equal_var=False)
    assert found.p == pytest.approx(known.pvalue)
    interval = known.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.relative == pytest.approx(found.difference / two.mean())
    assert found.significant == (found.p < 0.05)


def test_its_interval_covers_and_its_p_is_uniform_without_an_effect() -> None:
    rng = np.random.default_rng(1)
    found = [compare(rng.exponential(1, 60), rng.exponential(1, 90)) for _ in range(2_000)]
    assert np.mean([one.low <= 0 <= one.high for one in found]) == pytest.approx(0.95, abs=0.02)
    assert np.mean([one.p < 0.1 for one in found]) == pytest.approx(0.1, abs=0.025)


def test_cuped_removes_what_the_past_explains_and_stays_unbiased() -> None:
    rng, rho, effect = np.random.default_rng(2), 0.7, 0.2
    plain, sharp, removed, covered = [], [], [], []
    for _ in range(400):
        before = rng.normal(5, 2, 600)
        noise = rng.normal(0, 1, 600)
        after = rho * (before - 5) / 2 + np.sqrt(1 - rho**2) * noise + 3
        mask = rng.random(600) < 0.5
        one, two = after[mask] + effect, after[~mask]
        plain.append(compare(one, two).difference)
        found = compare(one, two, before_first=before[mask], before_second=before[~mask])
        sharp.append(found.difference)
        removed.append(found.variance_removed)
        covered.append(found.low <= effect <= found.high)
    assert np.var(sharp) / np.var(plain) == pytest.approx(1 - rho**2, abs=0.12)
    assert np.mean(removed) == pytest.approx(rho**2, abs=0.02)
    assert np.mean(sharp) == pytest.approx(effect, abs=4 * np.std(sharp) / 20)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.035)


def test_cuped_without_a_telling_past_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    one, two = rng.normal(size=30), rng.normal(size=40)
    same = adjusted(one, two, np.ones(30), np.ones(40))
    np.testing.assert_allclose(same[0], one)
    unknown = adjusted(one, two, np.full(30, np.nan), np.full(40, np.nan))
    np.testing.assert_allclose(unknown[1], two)
    past = rng.normal(size=30)
    past[3] = np.nan
    found, _ = adjusted(one, two, past, rng.normal(size=40))
    assert found[3] == pytest.approx(one[3])


def test_ratios_by_person_cover_where_ratios_by_place_do_not() -> None:
    rng, people = np.random.default_rng(4), 150

    def arm() -> tuple[np.ndarray, np.ndarray]:
        shown = rng.poisson(rng.gamma(1.0, 20.0, people)) + 1
        return rng.binomial(shown, rng.beta(1, 4, people)), shown

    right, naive = [], []
    for _ in range(500):
        (a, n), (b, m) = arm(), arm()
        found = compare(linearised(a, n), linearised(b, m))
        assert found.difference == pytest.approx(a.sum() / n.sum() - b.sum() / m.sum())
        right.append(found.low <= 0 <= found.high)
        p, q = a.sum() / n.sum(), b.sum() / m.sum()
        error = np.sqrt(p * (1 - p) / n.sum() + q * (1 - q) / m.sum())
        naive.append(abs(p - q) <= 1.96 * error)
    assert np.mean(right) > 0.92 and np.mean(naive) < 0.7


def test_planning_knows_the_textbook_numbers_and_keeps_its_promise() -> None:
    # 5 % against 6 % with 80 % power: about 8,155 people an arm (pooled spread).
    spread = spread_of_share(0.055)
    assert needed_people(0.01, spread) == pytest.approx(2 * 8_158, rel=0.002)
    people = needed_people(0.4, 1.0)
    assert people == 197  # (1.95996 + .84162)^2 * 4 / .16 = 196.2
    assert minimum_effect(1.0, people) == pytest.approx(0.4, rel=0.01)
    assert needed_people(0.4, 1.0, variance_removed=0.5) == pytest.approx(people / 2, abs=1)
    assert needed_people(0.4, 1.0, share=0.1) > people
    rng = np.random.default_rng(5)
    found = [
        compare(rng.normal(0.4, 1, people // 2), rng.normal(0, 1, people // 2)).significant
        for _ in range(1_000)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=0.045)


def test_what_cannot_be_compared_says_so() -> None:
    with pytest.raises(InputError, match="too few"):
        compare(np.ones(1), np.ones(5))
    with pytest.raises(InputError, match="other people"):
        compare(np.ones(3), np.ones(3), before_first=np.ones(2), before_second=np.ones(3))
    with pytest.raises(InputError, match="both arms"):
        compare(np.ones(3), np.ones(3), before_first=np.ones(3))
    with pytest.raises(InputError):
        linearised(np.zeros(3), np.zeros(3))
    with pytest.raises(InputError):
        needed_people(0.0, 1.0)
    with pytest.raises(InputError):
        minimum_effect(1.0, 100, share=1.0)
    same = compare(np.ones(3), np.ones(4))
    assert (same.difference, same.p, same.significant) == (0.0, 1.0, False)
