"""Tests that may be looked at at any time: no more false alarms than promised, and some power."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from foretaste.core.errors import InputError
from foretaste.feedback import bounded_sequence, compare, sequential, sequential_path

PEOPLE, RUNS = 3_000, 400


def stream_of(seed: int, effect: float, kind: str = "normal") -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    first = rng.random(PEOPLE) < 0.5
    values = rng.normal(size=PEOPLE) if kind == "normal" else rng.exponential(size=PEOPLE)
    return values + effect * first, first


@pytest.mark.parametrize("kind", ["normal", "skewed"])
def test_looking_after_every_person_does_not_find_what_is_not_there(kind: str) -> None:
    false, covered, naive = 0, 0, 0
    for seed in range(RUNS):
        values, first = stream_of(seed, 0.0, kind)
        path = sequential_path(values, first, horizon=PEOPLE)
        false += path.p[-1] <= 0.05
        covered += bool(((path.low <= 0) & (path.high >= 0)).all())
        looks = range(200, PEOPLE + 1, 100)
        naive += any(compare(values[:n][first[:n]], values[:n][~first[:n]]).p < 0.05
                     for n in looks) if seed < 60 else 0  # fmt: skip
    # 5 % promised; three standard errors of 400 runs are 3.3 %.
    assert false / RUNS <= 0.05 + 0.033
    assert covered / RUNS >= 0.95 - 0.033
    # The same looks with a test for one look find nothing's effect in every fourth experiment.
    assert naive / 60 > 0.15


def test_it_finds_what_is_there_and_its_interval_holds_it_all_the_time() -> None:
    found, covered, wider = 0, 0, []
    for seed in range(100):
        values, first = stream_of(seed, 0.15)
        path = sequential_path(values, first, horizon=PEOPLE)
        found += path.p[-1] <= 0.05
        covered += bool(((path.low <= 0.15) & (path.high >= 0.15)).all())
        fixed = compare(values[first], values[~first])
        wider.append((path.high[-1] - path.low[-1]) / (fixed.high - fixed.low))
    assert found > 75 and covered >= 90
    # The price of looking at any time, at its best moment: about half as wide again.
    assert 1.3 < np.mean(wider) < 1.8


def test_p_and_interval_say_the_same() -> None:
    values, first = stream_of(7, 0.2)
    path = sequential_path(values, first, horizon=PEOPLE)
    outside = (path.low > 0) | (path.high < 0)
    moment = int(np.argmax(outside))
    assert outside.any()
    assert path.p[moment] <= 0.05 < path.p[moment - 1]
    assert (np.diff(path.p) <= 0).all()
    now = sequential(values, first, horizon=PEOPLE)
    assert now.decided and now.p == path.p[-1]
    assert now.difference == pytest.approx(values[first].mean() - values[~first].mean())
    assert now.n_first + now.n_second == PEOPLE


def test_the_closed_form_is_the_mixture_of_likelihood_ratios() -> None:
    rng = np.random.default_rng(3)
    first = np.arange(400) % 2 == 0
    values = rng.normal(0, 1, 400) + 0.3 * first
    path = sequential_path(values, first, horizon=400, at_least=50)
    # Integrate exp(d delta / s - delta^2 / 2 s) over delta ~ N(0, tau^2), tau got from the width.
    d = path.difference[-1]
    s = values[first].var(ddof=1) / 200 + values[~first].var(ddof=1) / 200
    early = slice(0, 100)
    one, two = values[early][first[early]], values[early][~first[early]]
    spread = (one.var(ddof=1) + two.var(ddof=1)) * 2 / 400
    tau = np.sqrt(spread * 8.2057)  # -W_{-1}(-.05^2 / e) - 1
    grid = np.linspace(-8 * tau, 8 * tau, 200_001)
    terms = np.exp(d * grid / s - grid**2 / (2 * s)) * norm.pdf(grid, 0, tau)
    ratio = float(terms.sum() * (grid[1] - grid[0]))
    assert path.p[-1] <= min(1.0, 1 / ratio) * 1.001
    reach = (path.high[-1] - path.low[-1]) / 2
    expected = np.sqrt(2 * s * (s + tau**2) / tau**2 * np.log(np.sqrt((s + tau**2) / s) / 0.05))
    assert reach == pytest.approx(expected, rel=1e-3)


def test_nothing_is_said_before_there_are_enough() -> None:
    values, first = stream_of(0, 5.0)
    path = sequential_path(values, first, at_least=100)
    early = np.minimum(np.cumsum(first), np.cumsum(~first)) < 100
    assert np.isinf(path.low[early]).all() and (path.p[early] == 1).all()
    nobody = sequential(np.zeros(0), np.zeros(0, bool))
    assert nobody.p == 1.0 and not nobody.decided
    alone = sequential(np.ones(500), np.ones(500, bool))
    assert not alone.decided and np.isnan(alone.difference)
    with pytest.raises(InputError):
        sequential(np.zeros(3), np.zeros(2, bool))


def test_the_bounded_sequence_holds_from_the_first_value_on() -> None:
    rng = np.random.default_rng(0)
    for share in (0.03, 0.5):
        missed, width = 0, []
        for _ in range(300):
            low, high = bounded_sequence((rng.random(1_000) < share).astype(float))
            missed += bool(((low > share) | (high < share)).any())
            width.append(high[-1] - low[-1])
            assert (np.diff(low) >= 0).all() and (np.diff(high) <= 0).all()
        assert missed / 300 <= 0.05
        assert np.mean(width) < 0.2
    values = rng.random(60)
    mean, known, bets, wins, price = 0.5, 0.25, 0.0, 0.0, 0.0
    lower, upper, gathered, spread = 0.0, 1.0, 0.5, 0.25
    found = bounded_sequence(values, level=0.9)
    for t, x in enumerate(values, start=1):  # the theorem, value by value
        bet = min(math.sqrt(2 * math.log(20) / (known * t * math.log(1 + t))), 0.5)
        bets, wins = bets + bet, wins + bet * x
        price += 4 * (x - mean) ** 2 * (-math.log(1 - bet) - bet) / 4
        reach = (math.log(20) + price) / bets
        lower, upper = max(lower, wins / bets - reach), min(upper, wins / bets + reach)
        assert (found[0][t - 1], found[1][t - 1]) == pytest.approx((lower, upper))
        gathered += x
        mean = gathered / (t + 1)
        spread += (x - mean) ** 2
        known = spread / (t + 1)
    low, high = bounded_sequence(np.array([3.0, 4.0, 5.0]), low=1.0, high=5.0)
    assert ((low >= 1) & (high <= 5)).all()
    with pytest.raises(InputError):
        bounded_sequence(np.array([2.0]))
