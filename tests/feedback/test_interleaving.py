"""Team draft is fair, says exactly how probable its lists are, and its outcome is a sign test."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from foretaste.core import Evidence, ItemList, stream
from foretaste.feedback import Interleaving, credit, interleaving_outcome, team_draft
from foretaste.recommend.selection import Select

A = list("abcdefgh")
B = list("cahxyzbq")


def test_random_clicks_favour_nobody_and_real_ones_the_better() -> None:
    rng = stream(0, "draft")
    gain, better = [], []
    good = {"x", "y", "z"}
    for _ in range(8_000):
        mixed = team_draft(A, B, 6, rng)
        # Attention falls with place: the case in which an unfair draft would show.
        used = [place for place in range(6) if rng.random() < 0.6 / (place + 1)]
        a, b = credit(mixed.teams, used)
        gain.append(a - b)
        a, b = credit(mixed.teams, [k for k, item in enumerate(mixed.items) if item in good])
        better.append(b - a)
    assert abs(np.mean(gain)) < 4 * np.std(gain) / np.sqrt(8_000)
    assert np.mean(better) > 0.5


def test_the_first_pick_of_a_round_is_a_fair_coin() -> None:
    rng = stream(1, "draft")
    firsts = Counter(team_draft(A, B, 2, rng).teams for _ in range(4_000))
    assert set(firsts) == {("a", "b"), ("b", "a")}
    assert binomtest(firsts["a", "b"], 4_000).pvalue > 0.001


@given(
    st.lists(st.sampled_from("abcdefghij"), unique=True),
    st.lists(st.sampled_from("abcdefghij"), unique=True),
    st.integers(0, 12),
    st.integers(0, 50),
)
def test_every_list_is_whole_and_each_round_has_both_teams(
    a: list[str], b: list[str], n: int, seed: int
) -> None:
    mixed = team_draft(a, b, n, stream(seed))
    everything = set(a) | set(b)
    assert len(mixed.items) == len(set(mixed.items)) == min(n, len(everything))
    assert len(mixed.teams) == len(mixed.propensities) == len(mixed.items)
    assert all(0 < p <= 1 + 1e-12 for p in mixed.propensities)
    for place, (item, team) in enumerate(zip(mixed.items, mixed.teams, strict=True)):
        left = [one for one in (a if team == "a" else b) if one not in mixed.items[:place]]
        assert left[0] == item
    if set(a) == set(b):
        whole = len(mixed.teams) // 2 * 2
        assert mixed.teams[:whole].count("a") == whole // 2


def test_the_odds_are_those_of_the_coins() -> None:
    rng, rounds = stream(2, "draft"), 20_000
    seen: dict[tuple[int, str], int] = defaultdict(int)
    said: dict[tuple[int, str], float] = {}
    for _ in range(rounds):
        mixed = team_draft(A, B, 7, rng)
        for place, item in enumerate(mixed.items):
            seen[place, item] += 1
            said[place, item] = mixed.propensities[place]
    for key, p in said.items():
        assert abs(seen[key] / rounds - p) < 4.5 * np.sqrt(p * (1 - p) / rounds) + 1e-9
    for place in range(7):
        total = sum(p for (where, _), p in said.items() if where == place)
        assert total == pytest.approx(1.0)


def test_a_person_votes_once() -> None:
    credits = [("ann", 5, 0), ("ann", 0, 1), ("bob", 0, 1), ("cy", 1, 1), ("dee", 0, 0)]
    found = interleaving_outcome(credits)
    assert (found.a, found.b, found.ties) == (1, 1, 2)
    assert found.p == 1.0 and found.winner is None
    clear = interleaving_outcome([(f"p{n}", int(n < 15), int(n >= 15)) for n in range(18)])
    assert clear.p == pytest.approx(binomtest(15, 18).pvalue) and clear.winner == "a"
    assert clear.preference.value == pytest.approx(15 / 18)
    assert clear.preference.low > 0.5
    assert interleaving_outcome([]).winner is None


def test_no_preference_is_seldom_called_one() -> None:
    rng, false = np.random.default_rng(3), 0
    for _ in range(400):
        votes = rng.random(120) < 0.5
        false += interleaving_outcome(
            [(str(k), int(vote), int(not vote)) for k, vote in enumerate(votes)]
        ).winner is not None  # fmt: skip
    assert false / 400 <= 0.05 + 0.033


class Backwards:
    """A challenger that likes later rows more."""

    def score(self, evidence: Evidence, rows: np.ndarray | None = None) -> np.ndarray:
        assert rows is not None
        return np.asarray(rows, float)

    def score_batch(self, batch: object) -> np.ndarray:
        raise NotImplementedError


def test_it_plugs_in_where_lists_are_made() -> None:
    select = Interleaving(Backwards(), stream(4), depth=10)
    assert isinstance(select, Select) and select.pool(3) == 10 and select.pool(50) == 100
    items = ItemList.of(np.arange(10), score=-np.arange(10.0))
    chosen = select(Evidence(), items, Backwards(), 4)
    assert set(chosen.items.rows.tolist()) == {0, 1, 9, 8}
    assert chosen.propensities == (0.5, 0.5, 0.5, 0.5)
    # What the challenger put there is marked.
    assert [row >= 8 for row in chosen.items.rows.tolist()] == list(chosen.explored)
    assert len(select(Evidence(), items.take(slice(0, 0)), Backwards(), 4).items) == 0
