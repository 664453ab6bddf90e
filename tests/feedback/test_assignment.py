"""Assignment never changes, follows its weights, and a broken split is noticed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest

from foretaste.core.errors import InputError
from foretaste.feedback import assign, bucket, srm_check, weights_of


@dataclass(frozen=True)
class Arm:
    weight: float


@dataclass(frozen=True)
class Experiment:
    salt: str
    arms: dict[str, Arm]


def experiment(salt: str = "salt", **weights: float) -> Experiment:
    return Experiment(salt, {name: Arm(weight) for name, weight in weights.items()})


def test_the_hash_is_written_in_stone() -> None:
    # A change here would move people of running experiments into other arms.
    assert [round(bucket("exp", name), 9) for name in ("ann", "bob", "日本")] == [
        0.34292411,
        0.892919158,
        0.671169903,
    ]


def test_people_are_spread_evenly_and_salts_are_independent() -> None:
    one = np.array([bucket("one", f"person {n}") for n in range(20_000)])
    two = np.array([bucket("two", f"person {n}") for n in range(20_000)])
    assert kstest(one, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.03
    table = np.histogram2d(one, two, bins=4)[0]
    assert chisquare(table.ravel()).pvalue > 0.001


def test_weights_are_followed() -> None:
    trial = experiment(a=1, b=2, c=1, never=0)
    counts = Counter(assign(trial, f"person {n}") for n in range(20_000))
    assert set(counts) == {"a", "b", "c"}
    assert not srm_check(counts, {"a": 1, "b": 2, "c": 1}).mismatch


@given(st.text(), st.text(), st.randoms())
def test_the_same_arm_at_every_call_whatever_the_order_of_arms(
    salt: str, user_id: str, random: object
) -> None:
    names = ["a", "b", "c"]
    random.shuffle(names)  # type: ignore[attr-defined]
    arms = {name: Arm(weight) for name, weight in {"a": 1.0, "b": 3.0, "c": 2.0}.items()}
    first = assign(Experiment(salt, arms), user_id)
    again = assign(Experiment(salt, {name: arms[name] for name in names}), user_id)
    assert first == again in arms


def test_salt_and_id_do_not_run_into_one_another() -> None:
    assert bucket("ab", "c") != bucket("a", "bc")


def test_growing_an_arm_moves_only_those_who_must_move() -> None:
    people = [f"person {n}" for n in range(5_000)]
    before = [assign(experiment(a=1, b=1), one) for one in people]
    after = [assign(experiment(a=6, b=4), one) for one in people]
    moved = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert set(moved) == {("b", "a")} and len(moved) / len(people) == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("weights", [{}, {"a": 0.0}, {"a": -1.0, "b": 2.0}, {"a": float("nan")}])
def test_weights_that_cannot_be_used(weights: dict[str, float]) -> None:
    with pytest.raises(InputError):
        weights_of(experiment(**weights))


def test_a_mismatch_is_found_and_a_fair_split_is_not_accused() -> None:
    found = srm_check({"a": 5_000, "b": 5_400}, {"a": 1, "b": 1})
    # (5000 - 5200)^2 / 5200 * 2 = 15.3846
    assert found.chi2 == pytest.approx(15.384615) and found.p == pytest.approx(8.76e-5, rel=0.01)
    assert found.mismatch and found.expected == {"a": 5_200, "b": 5_200}
    rng = np.random.default_rng(0)
    alarms = [
        srm_check({"a": n, "b": 2_000 - n}, {"a": 1, "b": 3}, level=0.05).mismatch
        for n in rng.binomial(2_000, 0.25, 2_000)
    ]
    assert 0.03 < np.mean(alarms) < 0.07
    assert not srm_check({}, {"a": 1, "b": 1}).mismatch
    with pytest.raises(InputError):
        srm_check({"ghost": 3}, {"a": 1})
