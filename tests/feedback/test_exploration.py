"""Exploration: exact odds, bounded share, off by default, the same chance for the same query."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretaste.core import Evidence, FloatArray, History, ItemList, Query, Rows, stream
from foretaste.feedback import Exploration, exploration_rng
from foretaste.recommend.selection import Select
from foretaste.taste import FittedTaste, TasteModel
from foretaste.testing import two_clans


class Plain:
    """A scorer without a posterior."""

    def score(self, evidence: Evidence, rows: Rows | None = None) -> FloatArray:
        return np.zeros(0 if rows is None else len(rows))

    def score_batch(self, batch: object) -> FloatArray:
        return np.zeros((0, 0))


class Gaussian(Plain):
    """Independent beliefs about each item: feature i belongs to item i."""

    def __init__(self, sd: FloatArray) -> None:
        self.sd = np.asarray(sd, float)
        self.lift = np.ones(len(self.sd))

    @property
    def prior(self) -> Gaussian:
        return self

    @property
    def features(self) -> FloatArray:
        return np.eye(len(self.sd))

    def posterior(self, evidence: Evidence) -> tuple[FloatArray, FloatArray]:
        return np.zeros(len(self.sd)), np.diag(self.sd**2)


def pool(count: int, step: float = 0.1) -> ItemList:
    return ItemList.of(np.arange(count), score=-step * np.arange(count))


RULES = [
    pytest.param({"kind": "thompson"}, Gaussian(np.linspace(0.1, 1.0, 24)), id="thompson"),
    pytest.param({"kind": "ucb"}, Gaussian(np.linspace(0.1, 1.0, 24)), id="ucb"),
    pytest.param({"kind": "thompson"}, Plain(), id="softmax"),
]


@pytest.mark.parametrize(("rule", "scorer"), RULES)
@pytest.mark.parametrize("share", [0.15, 0.4, 1.0])
def test_the_odds_are_those_of_chance(rule: dict, scorer: Plain, share: float) -> None:
    exploration = Exploration(**rule, share=share, pool=24)
    items, rounds, n = pool(24), 12_000, 6
    table = exploration.policy(Evidence(), items, scorer, n).table(24)
    seen = np.zeros((n, 24))
    explored, logged = 0, {}
    rng = stream(1, "odds")
    policy = exploration.policy(Evidence(), items, scorer, n)
    for _ in range(rounds):
        drawn = policy.draw(rng)
        seen[np.arange(n), drawn.positions] += 1
        explored += int(drawn.explored.sum())
        for place, (row, p) in enumerate(zip(drawn.positions, drawn.propensities, strict=True)):
            logged[place, int(row)] = p
    np.testing.assert_allclose(table.sum(axis=1), 1.0, atol=1e-12)
    assert (table.sum(axis=0) <= 1 + 1e-12).all()
    for (place, row), p in logged.items():
        assert p == pytest.approx(table[place, row], abs=1e-12)
    error = np.sqrt(table * (1 - table) / rounds)
    assert (np.abs(seen / rounds - table) <= 4.5 * error + 1e-9).all()
    assert (seen[table == 0] == 0).all()
    assert explored / rounds / n == pytest.approx(share, abs=0.01)


def test_a_list_is_drawn_with_the_odds_it_logs() -> None:
    scorer, items = Gaussian(np.full(20, 0.5)), pool(20)
    exploration = Exploration(kind="thompson", share=0.5, pool=20)
    counts: Counter[tuple[int, int]] = Counter()
    logged: dict[tuple[int, int], float] = {}
    rounds = 3_000
    for number in range(rounds):
        chosen = exploration.select(stream(number, "x"))(Evidence(), items, scorer, 4)
        assert chosen.propensities is not None
        for place, row in enumerate(chosen.items.rows.tolist()):
            counts[place, row] += 1
            logged[place, row] = chosen.propensities[place]
    for key, p in logged.items():
        assert abs(counts[key] / rounds - p) <= 4.5 * np.sqrt(p * (1 - p) / rounds) + 1e-9


def test_thompson_gives_an_item_the_probability_that_it_is_best() -> None:
    # One open place, two candidates N(0, s^2) and N(-d, s^2): P(second best) = Phi(-d / (s 2^.5)).
    items = ItemList.of([0, 1], score=[0.0, -0.5])
    exploration = Exploration(kind="thompson", share=1.0, draws=10_000, floor=0.0)
    table = exploration.policy(Evidence(), items, Gaussian(np.full(2, 0.5)), 1).table(2)
    assert table[0, 1] == pytest.approx(0.2398, abs=0.015)
    sure = exploration.policy(Evidence(), items, Gaussian(np.zeros(2)), 1).table(2)
    np.testing.assert_allclose(sure, [[1.0, 0.0]])


def test_the_floor_gives_every_candidate_its_part() -> None:
    sure, items = Gaussian(np.zeros(8)), pool(8)
    exploration = Exploration(kind="ucb", share=0.5, floor=0.2)
    table = exploration.policy(Evidence(), items, sure, 2).table(8)
    # One open place of two, always explored: its own item and the six beyond the list.
    np.testing.assert_allclose(table[0], np.eye(8)[0])
    expected = np.full(8, 0.2 / 7)
    expected[0], expected[1] = 0.0, 0.8 + 0.2 / 7
    np.testing.assert_allclose(table[1], expected)


def test_ucb_takes_the_most_hopeful() -> None:
    scorer = Gaussian(np.array([0.1, 0.1, 0.1, 2.0]))
    exploration = Exploration(kind="ucb", share=1.0, width=1.0, floor=0.0)
    chosen = exploration.select(stream(0))(Evidence(), pool(4), scorer, 1)
    assert chosen.items.rows.tolist() == [3]
    assert chosen.propensities == (1.0,) and chosen.explored == (True,)
    timid = Exploration(kind="ucb", share=1.0, width=0.0, floor=0.0)
    assert timid.select(stream(0))(Evidence(), pool(4), scorer, 1).items.rows.tolist() == [0]


def test_each_open_place_has_candidates_of_its_own() -> None:
    sd = np.zeros(12)
    sd[9] = 10.0
    exploration = Exploration(kind="ucb", share=0.5, floor=0.0)
    table = exploration.policy(Evidence(), pool(12), Gaussian(sd), 4).table(12)
    # Places 1 and 3 are open, with 1, 4, 6, 8, 10 and 3, 5, 7, 9, 11.
    np.testing.assert_allclose(table, np.eye(12)[[0, 1, 2, 9]])


def test_nothing_is_explored_unless_asked_for() -> None:
    for exploration in (Exploration(), Exploration(kind="thompson", share=0.0)):
        select = exploration.select(stream(0))
        assert isinstance(select, Select) and select.pool(10) == 10
        chosen = select(Evidence(), pool(30), Gaussian(np.ones(30)), 10)
        assert chosen.items.rows.tolist() == list(range(10))
        assert chosen.propensities is None and chosen.explored == ()


def test_without_a_posterior_nothing_when_told_so(caplog: pytest.LogCaptureFixture) -> None:
    class Shy(Plain):
        """A class of its own: each is spoken of once."""

    select = Exploration(kind="thompson", share=1.0, fallback="none").select(stream(0))
    chosen = select(Evidence(), pool(30), Shy(), 5)
    select(Evidence(), pool(30), Shy(), 5)
    assert caplog.text.count("Shy has no posterior") == 1
    assert chosen.items.rows.tolist() == list(range(5)) and chosen.propensities is None


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(0, 40),
    n=st.integers(1, 25),
    share=st.floats(0, 1),
    seed=st.integers(0, 99),
    kind=st.sampled_from(["thompson", "ucb"]),
)
def test_any_list_is_whole(size: int, n: int, share: float, seed: int, kind: str) -> None:
    items, scorer = pool(size), Gaussian(np.full(max(size, 1), 0.4))
    exploration = Exploration(kind=kind, share=share, draws=16)
    chosen = exploration.select(stream(seed))(Evidence(), items, scorer, n)
    rows = chosen.items.rows.tolist()
    count = min(n, size)
    assert len(rows) == count == len(set(rows))
    assert sum(chosen.explored) <= np.ceil(share * count)
    for place, row in enumerate(rows):
        # What is not explored is where it would be without exploration.
        assert (chosen.explored and chosen.explored[place]) or row == place
    if chosen.propensities is not None:
        assert all(0 < p <= 1 + 1e-12 for p in chosen.propensities)


def test_the_same_query_is_answered_alike_and_another_person_otherwise() -> None:
    exploration = Exploration(kind="thompson", share=1.0)
    items, scorer = pool(60), Gaussian(np.full(60, 2.0))

    def rows(query: Query, *names: int) -> list[int]:
        select = exploration.select(exploration_rng(query, *names))
        return select(Evidence(), items, scorer, 10).items.rows.tolist()

    assert rows(Query(user_id="ann")) == rows(Query(user_id="ann"))
    different = [
        Query(user_id="bob"),
        Query(user_id="ann", seed=1),
        Query(),
    ]
    assert all(rows(query) != rows(Query(user_id="ann")) for query in different)
    assert rows(Query(user_id="ann"), 1) != rows(Query(user_id="ann"), 2)


@pytest.fixture(scope="module")
def taste() -> FittedTaste:
    return TasteModel().fit(two_clans(), rng=stream(0, "fit"))


def test_thompson_on_the_taste_posterior_is_less_sure_of_strangers(taste: FittedTaste) -> None:
    exploration = Exploration(kind="thompson", share=1.0, floor=0.0)
    stranger, known = Evidence(), Evidence(History.of([0, 1, 2, 3, 4, 5]))
    spread = []
    for evidence in (stranger, known):
        scores = taste.score(evidence)
        order = np.argsort(-scores, kind="stable").astype(np.int32)
        items = ItemList.of(order, score=scores[order])
        table = exploration.policy(evidence, items, taste, 3).table(len(items))
        spread.append(1 - table[np.arange(3), np.arange(3)].mean())
    assert spread[0] > spread[1] > 0


def test_the_odds_agree_with_the_posterior_itself(taste: FittedTaste) -> None:
    evidence = Evidence(History.of([0, 10]))
    rows = np.arange(6, dtype=np.int32)
    scores = taste.score(evidence, rows)
    mean, covariance = taste.posterior(evidence)
    draws = stream(5).multivariate_normal(np.zeros(len(mean)), covariance, 20_000)
    features = taste.prior.features[rows] * taste.lift[rows][:, None]
    best = (scores + draws @ features.T).argmax(axis=1)
    expected = np.bincount(best, minlength=6) / 20_000
    exploration = Exploration(kind="thompson", share=1.0, floor=0.0, draws=10_000)
    order = np.argsort(-scores, kind="stable")
    items = ItemList.of(rows[order], score=scores[order])
    found = exploration.policy(evidence, items, taste, 1).table(6)[0]
    np.testing.assert_allclose(found, expected[order], atol=0.025)
