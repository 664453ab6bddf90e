"""Off-policy estimates: known answers, unbiasedness, intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.core import Evidence, ItemList, stream
from foretaste.core.errors import InputError
from foretaste.feedback import Exploration, doubly_robust, effective_size, ips, snips


def test_known_answers() -> None:
    rewards, logged, target = np.array([1.0, 0, 1, 0]), np.full(4, 0.5), np.array([1.0, 0, 0.5, 1])
    found = ips(rewards, logged, target)
    assert found.value == pytest.approx((2 + 0 + 1 + 0) / 4)
    assert (found.n, found.largest) == (4, 2.0)
    assert found.effective == pytest.approx(25 / 9)
    assert snips(rewards, logged, target).value == pytest.approx(3 / 5)
    robust = doubly_robust(rewards, logged, target, np.full(4, 0.5), np.full(4, 0.4))
    assert robust.value == pytest.approx(0.4 + (2 * 0.5 + 0 + 0.5 - 2 * 0.5) / 4)
    assert ips(rewards, logged, target, clip=1.0).value == pytest.approx((1 + 0 + 1 + 0) / 4)
    # The policy that was shown gets what was seen.
    for estimate in (ips, snips):
        assert estimate(rewards, logged, logged).value == pytest.approx(0.5)


def test_effective_size() -> None:
    assert effective_size(np.ones(7)) == 7
    assert effective_size(np.array([1.0, 0, 0])) == 1
    assert effective_size(np.zeros(3)) == 0


TRUE = np.array([0.1, 0.5, 0.2, 0.8])
LOGGED = np.array([0.4, 0.3, 0.2, 0.1])
TARGET = np.array([0.1, 0.2, 0.3, 0.4])
GUESS = np.array([0.2, 0.4, 0.3, 0.6])


def test_estimates_are_right_on_average_and_their_intervals_cover() -> None:
    rng, truth = np.random.default_rng(0), float(TARGET @ TRUE)
    found: dict[str, list[tuple[float, bool]]] = {"ips": [], "snips": [], "dr": []}
    for _ in range(600):
        shown = rng.choice(4, 400, p=LOGGED)
        reward = (rng.random(400) < TRUE[shown]).astype(float)
        given = reward, LOGGED[shown], TARGET[shown]
        expected = np.full(400, TARGET @ GUESS)
        for name, one in (
            ("ips", ips(*given)),
            ("snips", snips(*given)),
            ("dr", doubly_robust(*given, GUESS[shown], expected)),
        ):
            found[name].append((one.value, one.low <= truth <= one.high))
    spread = {}
    for name, runs in found.items():
        values = np.array([value for value, _ in runs])
        spread[name] = values.std()
        assert values.mean() == pytest.approx(truth, abs=4 * spread[name] / np.sqrt(600) + 0.002)
        assert np.mean([covered for _, covered in runs]) == pytest.approx(0.95, abs=0.03), name
    assert spread["dr"] < spread["ips"] and spread["snips"] < spread["ips"]


def test_the_model_alone_may_be_right() -> None:
    # Odds logged wrongly by half: importance weights mislead, a true model puts it right.
    rng, truth = np.random.default_rng(1), float(TARGET @ TRUE)
    shown = rng.choice(4, 40_000, p=LOGGED)
    reward = (rng.random(40_000) < TRUE[shown]).astype(float)
    wrong = np.where(shown == 3, 0.2, LOGGED[shown])
    expected = np.full(40_000, truth)
    assert abs(ips(reward, wrong, TARGET[shown]).value - truth) > 0.1
    robust = doubly_robust(reward, wrong, TARGET[shown], TRUE[shown], expected)
    assert robust.value == pytest.approx(truth, abs=0.01)


def test_places_of_one_person_are_taken_whole() -> None:
    rng = np.random.default_rng(2)
    covered, alone = 0, 0
    for _ in range(300):
        mood = np.repeat(rng.random(60), 20)
        reward = (rng.random(1_200) < mood).astype(float)
        who = np.repeat([f"p{n}" for n in range(60)], 20)
        even = np.full(1_200, 0.5)
        one = ips(reward, even, even, groups=who)
        covered += one.low <= 0.5 <= one.high
        alone += (lambda e: e.low <= 0.5 <= e.high)(ips(reward, even, even))
        assert one.n == 60
    assert covered / 300 > 0.91 and alone / 300 < 0.6


def test_what_exploration_logged_tells_the_worth_of_not_exploring() -> None:
    """Slot level, from lists drawn by Thompson: the greedy list's clicks, never shown as such."""

    class Flat:
        def score(self, evidence: Evidence, rows: np.ndarray | None = None) -> np.ndarray:
            raise NotImplementedError

        def score_batch(self, batch: object) -> np.ndarray:
            raise NotImplementedError

    items = ItemList.of(np.arange(12), score=-0.1 * np.arange(12.0))
    liking = np.linspace(0.1, 0.9, 12)[::-1] * 0.5 + 0.2 * np.sin(np.arange(12))
    exploration = Exploration(kind="thompson", share=1.0, pool=12, floor=0.3)
    policy = exploration.policy(Evidence(), items, Flat(), 3)
    logged_table, rng = policy.table(12), stream(3, "slots")
    rewards, logged, target = [], [], []
    for _ in range(6_000):
        drawn = policy.draw(rng)
        for place, position in enumerate(drawn.positions):
            rewards.append(float(rng.random() < liking[position]))
            logged.append(logged_table[place, position])
            target.append(float(position == place))
    found = snips(np.array(rewards), np.array(logged), np.array(target))
    truth = liking[:3].mean()
    assert found.low <= truth <= found.high
    assert found.high - found.low < 0.05 and abs(np.mean(rewards) - truth) > 0.05


def test_what_cannot_be_estimated_says_so() -> None:
    ones = np.ones(3)
    with pytest.raises(InputError, match="out of range"):
        ips(ones, np.array([0.0, 1, 1]), ones)
    with pytest.raises(InputError, match="same places"):
        snips(ones, ones, np.ones(2))
    with pytest.raises(InputError, match="other places"):
        doubly_robust(ones, ones, ones, ones, np.ones(2))
    with pytest.raises(InputError):
        ips(np.zeros(0), np.zeros(0), np.zeros(0))
    nothing = snips(ones, ones, np.zeros(3))
    assert np.isnan(nothing.value) and nothing.effective == 0
