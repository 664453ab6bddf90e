"""The audience: reproducible, shaped like a real one, and with a taste that can be learned."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from foretaste.core import Dataset
from foretaste.data.sample import HiddenTastes, WorldSettings, hidden_tastes, simulate
from foretaste.data.sample.catalogue import FILES, read_films
from foretaste.data.sample.people import draw_person, normal, person_ids
from foretaste.data.sample.world import make_world

Scores = NDArray[np.float64]


def test_simulating_again_gives_the_packaged_tables() -> None:
    again = simulate()
    packaged = pl.read_parquet(FILES / "audience.parquet")
    if not again.events.equals(packaged):
        # Another platform may round exp and log otherwise: then nearly all must be equal still.
        both = packaged.join(again.events, on=packaged.columns, how="semi", nulls_equal=True)
        assert len(both) >= 0.999 * len(packaged)
    assert again.people.equals(pl.read_csv(FILES / "people.csv"))
    assert again.arrivals.equals(pl.read_csv(FILES / "arrivals.csv"))


def test_a_seed_is_a_world() -> None:
    small = WorldSettings(people=40)
    assert simulate(small).events.equals(simulate(small).events)
    other = simulate(WorldSettings(people=40, seed=1)).events
    assert not other.equals(simulate(small).events)


def test_a_person_does_not_depend_on_the_others() -> None:
    assert person_ids(1000)[:10] == person_ids(10)
    assert len(set(person_ids(1000))) == 1000
    few, many = (hidden_tastes(WorldSettings(people=n)) for n in (5, 50))
    np.testing.assert_array_equal(few.utility, many.utility[:5])
    assert few.aspects == many.aspects[:5]


def test_no_setting_is_without_effect() -> None:
    base = WorldSettings(people=30, give_up_below=0.3)
    events = simulate(base).events
    for name in WorldSettings.model_fields:
        value = getattr(base, name)
        changed = value + 1 if isinstance(value, int) else value * 0.2
        assert not simulate(base.model_copy(update={name: changed})).events.equals(events), name


def test_normal_is_normal() -> None:
    draws = normal(np.random.default_rng(0), 20_000)
    assert abs(draws.mean()) < 0.03
    assert abs(draws.std() - 1) < 0.03


def test_fashions_come_and_go() -> None:
    world = make_world(read_films(), WorldSettings())
    days = np.array([world.fashion(day) for day in range(0, 730, 30)])
    assert days.std(axis=0).mean() > 0.1
    assert np.corrcoef(days[0], days[12])[0, 1] < 0.9


def test_tastes_have_thresholds(hidden: HiddenTastes) -> None:
    # Utility is not a sum over aspects: with a gate, half an aspect's films leave them cold.
    person = next(p for n in person_ids(2000) if (p := draw_person(n, 20230901, 730)).tastes[0][1])
    world = make_world(read_films(), WorldSettings())
    aspect, gate, _ = person.tastes[0]
    strong = world.aspects[aspect] > 0.5
    assert set(np.unique(world.gates[gate][strong])) <= {0.12, 1.0}
    assert hidden.utility.shape == (2000, len(read_films()))


def test_activity_is_heavy_tailed_and_popularity_uneven(sample: Dataset) -> None:
    events = np.diff(sample.histories.starts)
    assert 0.08 < ((events > 0) & (events <= 3)).mean() < 0.3
    assert 0.35 < ((events >= 10) & (events <= 60)).mean() < 0.7
    assert events.max() > 4 * np.median(events)
    counts = np.sort(np.bincount(sample.interactions["item_row"].to_numpy()))
    ranks = 2 * np.arange(1, len(counts) + 1) - len(counts) - 1
    assert 0.45 < (ranks @ counts) / (len(counts) * counts.sum()) < 0.7


def ndcg(scores: Scores, truth: set[int], n: int = 10) -> float:
    order = np.argsort(-scores, kind="stable")[:n]
    discounts = 1 / np.log2(np.arange(2, n + 2))
    hits = np.isin(order, list(truth))
    return float((hits * discounts).sum() / discounts[: min(len(truth), n)].sum())


@pytest.fixture(scope="module")
def later(sample: Dataset) -> tuple[Scores, dict[int, set[int]]]:
    """Likes of the first 80 % of all events; for people with three, what they liked after."""
    table = sample.interactions
    users, items = table["user_row"].to_numpy(), table["item_row"].to_numpy()
    past = table["time_s"].to_numpy() < np.quantile(table["time_s"].to_numpy(), 0.8)
    liked = table["signal"].to_numpy() > 0
    known = np.zeros((sample.n_users, sample.n_items))
    known[users[past & liked], items[past & liked]] = 1
    truth: dict[int, set[int]] = {}
    for user, item in zip(users[~past & liked], items[~past & liked], strict=True):
        if known[user].sum() >= 3 and not known[user, item]:
            truth.setdefault(int(user), set()).add(int(item))
    return known, truth


def mean_ndcg(scores: Scores, known: Scores, truth: dict[int, set[int]]) -> float:
    seen = np.where(known > 0, -np.inf, scores)
    return float(np.mean([ndcg(seen[user], items) for user, items in truth.items()]))


def test_true_taste_and_neighbours_beat_popularity(
    hidden: HiddenTastes, later: tuple[Scores, dict[int, set[int]]]
) -> None:
    known, truth = later
    assert len(truth) >= 300
    popularity = mean_ndcg(np.tile(known.sum(axis=0), (len(known), 1)), known, truth)
    together = known.T @ known
    inverse = np.linalg.inv(together + 50 * np.eye(len(together)))
    ease = -inverse / np.diag(inverse)
    np.fill_diagonal(ease, 0)
    assert mean_ndcg(hidden.utility, known, truth) > 1.8 * popularity
    assert mean_ndcg(known @ ease, known, truth) > 1.4 * popularity


def test_words_say_something_about_films_nobody_has_seen(
    sample: Dataset, later: tuple[Scores, dict[int, set[int]]]
) -> None:
    known, truth = later
    marks = [{(c, v) for c in ("genres", "themes", "mood", "languages") for v in film[c]}
             for film in read_films()]  # fmt: skip
    like = np.array([[len(a & b) / len(a | b) for b in marks] for a in marks])
    held = np.arange(sample.n_items) % 10 == 3
    past = np.where(held, 0, known)
    wanted = {user: {i for i in items if held[i]} for user, items in truth.items()}
    wanted = {user: items for user, items in wanted.items() if items}
    content = np.where(held, past @ like, -np.inf)
    chance = np.where(held, np.random.default_rng(0).random(known.shape), -np.inf)
    good, poor = (mean_ndcg(s, past * 0, wanted) for s in (content, chance))
    assert good > 1.4 * poor
