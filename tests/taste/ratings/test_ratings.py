"""The ratings head as a whole: promises, planted worlds, odd input, real data."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretaste.core import Dataset, Evidence, History, Vocabulary, stream
from foretaste.core.errors import DataError, SettingsError
from foretaste.models import Bias
from foretaste.taste.ratings import FittedRatings, Ratings
from foretaste.testing import (
    ExplainerConformance,
    ScorerConformance,
    gaussian_tastes,
    popularity_only,
    through_disk,
    two_clans,
)

N_PEOPLE, N_ITEMS, N_NEW = 240, 90, 20


class TestPromises(ScorerConformance, ExplainerConformance):
    def make(self) -> Ratings:
        return Ratings(size=4, content_size=8, own_content=2)


def planted(power: float = 1.0) -> tuple[Dataset, np.ndarray]:
    """Genres decide quality and who likes what; the last items are new. With the truth."""
    rng = stream(0, "planted")
    genre = np.arange(N_ITEMS) % 6
    quality = np.linspace(-1, 1, 6)[genre] + rng.normal(0, 0.2, N_ITEMS)
    sex = rng.integers(0, 2, N_PEOPLE)
    taste = rng.normal(0, 0.7, (N_PEOPLE, 6)) + 0.5 * sex[:, None] * np.array([1, -1] * 3)
    latent = 3.3 + quality + taste[:, genre] + rng.normal(0, 0.6, (N_PEOPLE, 1))
    latent += rng.normal(0, 0.4, latent.shape)
    stars = np.clip(np.rint(latent), 1, 5) ** power
    seen = rng.random(stars.shape) < 0.35
    seen[:, -N_NEW:] = False
    users, items = np.nonzero(seen)
    table = pl.DataFrame(
        {
            "user_row": users.astype(np.int32),
            "item_row": items.astype(np.int32),
            "kind": np.zeros(len(users), np.uint8),
            "value": stars[seen].astype(np.float32),
            "signal": np.ones(len(users), np.float32),
            "time_s": np.full(len(users), np.nan),
        }
    )
    dataset = Dataset(
        "planted",
        Vocabulary(f"u{n}" for n in range(N_PEOPLE)),
        Vocabulary(f"i{n}" for n in range(N_ITEMS)),
        table,
        pl.DataFrame({"item_id": [f"i{n}" for n in range(N_ITEMS)], "genre": genre.astype(str)}),
        pl.DataFrame({"user_id": [f"u{n}" for n in range(N_PEOPLE)], "sex": sex.astype(str)}),
        item_roles={"genre": "category"},
        people_roles={"sex": "category"},
        kinds=("rate",),
    )
    return dataset, stars


SMALL = Ratings(size=6, content_size=16, own_content=4)


@pytest.fixture(scope="module")
def world() -> tuple[Dataset, np.ndarray]:
    return planted()


@pytest.fixture(scope="module")
def head(world: tuple[Dataset, np.ndarray]) -> FittedRatings:
    return SMALL.fit(world[0], rng=stream(0, "fit"))


def mistakes(part: Any, dataset: Dataset, stars: np.ndarray, rows: np.ndarray) -> float:
    """Mean absolute error for everybody of the data on items they have not rated."""
    errors = []
    for user in range(0, N_PEOPLE, 3):
        evidence = dataset.evidence(user)
        asked = np.setdiff1d(rows, evidence.history.rows)
        guess = part.predict(evidence, asked)
        point = guess.median if hasattr(guess, "median") else np.rint(guess)
        errors.append(np.abs(point - stars[user, asked]).mean())
    return float(np.mean(errors))


@pytest.mark.parametrize("rows", [np.arange(N_ITEMS - N_NEW), np.arange(N_ITEMS - N_NEW, N_ITEMS)])
def test_it_beats_bias_on_known_and_on_new_items(
    world: tuple[Dataset, np.ndarray], head: FittedRatings, rows: np.ndarray
) -> None:
    bias = Bias().fit(world[0], rng=stream(0, "fit"))
    assert mistakes(head, *world, rows) < 0.9 * mistakes(bias, *world, rows)


def test_attributes_carry_to_new_items(
    world: tuple[Dataset, np.ndarray], head: FittedRatings
) -> None:
    dataset, stars = world
    bare = SMALL.fit(replace(dataset, item_roles={}), rng=stream(0, "fit"))
    new = np.arange(N_ITEMS - N_NEW, N_ITEMS)
    assert mistakes(head, dataset, stars, new) < 0.8 * mistakes(bare, dataset, stars, new)


def test_probabilities_are_calibrated(
    world: tuple[Dataset, np.ndarray], head: FittedRatings
) -> None:
    dataset, stars = world
    chance, came = [], []
    for user in range(N_PEOPLE):
        evidence = dataset.evidence(user)
        asked = np.setdiff1d(np.arange(N_ITEMS), evidence.history.rows)
        chance.append(head.predict(evidence, asked).at_least(4))
        came.append(stars[user, asked] >= 4)
    chances, events = np.concatenate(chance), np.concatenate(came)
    for low in (0.0, 0.25, 0.5, 0.75):
        part = (chances >= low) & (chances < low + 0.25)
        assert abs(chances[part].mean() - events[part].mean()) < 0.08


def test_ratings_of_a_new_person_move_the_answer(head: FittedRatings) -> None:
    rows = np.flatnonzero(np.arange(N_ITEMS) % 6 == 2)
    asked = rows[5:]
    for value, sign in ((5.0, 1), (1.0, -1)):
        fan = Evidence(History.of(rows[:5], values=np.full(5, value)))
        change = head.predict(fan, asked).mean - head.predict(Evidence(), asked).mean
        assert (sign * change > 0.3).all()


def test_a_profile_moves_the_answer_and_a_strange_one_does_not(head: FittedRatings) -> None:
    rows = np.arange(N_ITEMS)
    scores = [head.score(Evidence(profile={"sex": sex}), rows) for sex in ("0", "1")]
    gap = scores[1] - scores[0]
    even = np.arange(N_ITEMS) % 2 == 0
    assert gap[even].mean() > gap[~even].mean() + 0.5
    strange = head.score(Evidence(profile={"sex": ["?"], "shoe": 43}), rows)
    np.testing.assert_allclose(strange, head.score(Evidence(), rows))


def test_without_profiles_the_profile_is_not_read(world: tuple[Dataset, np.ndarray]) -> None:
    blind = SMALL.model_copy(update={"profile": False}).fit(world[0], rng=stream(0, "fit"))
    scores = [blind.score(Evidence(profile={"sex": sex})) for sex in ("0", "1")]
    np.testing.assert_array_equal(*scores)


def test_only_the_order_of_levels_counts(head: FittedRatings) -> None:
    squared, _ = planted(power=2.0)
    other = SMALL.fit(squared, rng=stream(0, "fit"))
    assert other.scale.levels.tolist() == [1, 4, 9, 16, 25]
    rows = np.arange(0, N_ITEMS, 7)
    for user in (0, 5, 9):
        one = head.predict(planted()[0].evidence(user), rows).probabilities
        two = other.predict(squared.evidence(user), rows).probabilities
        np.testing.assert_allclose(one, two, atol=2e-3)


def test_the_newest_rating_of_an_item_counts(head: FittedRatings) -> None:
    rows = np.arange(10)
    twice = Evidence(History.of([3, 3], values=[1.0, 5.0]))
    once = Evidence(History.of([3], values=[5.0]))
    np.testing.assert_array_equal(
        head.predict(twice, rows).probabilities, head.predict(once, rows).probabilities
    )
    assert (head.explain(twice, rows).past[:, 0] == 0).all()


def test_events_that_are_no_ratings_say_nothing(world: tuple[Dataset, np.ndarray]) -> None:
    dataset = replace(world[0], kinds=("rate", "play"))
    part = SMALL.fit(dataset, rng=stream(0, "fit"))
    seconds = Evidence(History.of([3, 4], values=[300.0, 20.0], kinds=[1, 1]))
    np.testing.assert_array_equal(part.score(seconds), part.score(Evidence()))


def test_saved_and_loaded_it_gives_the_same_distribution(
    head: FittedRatings, world: tuple[Dataset, np.ndarray], tmp_path: Path
) -> None:
    again = FittedRatings.from_state(through_disk(head.state(), tmp_path))
    rows = np.arange(N_ITEMS)
    for evidence in (Evidence(), world[0].evidence(0)):
        np.testing.assert_array_equal(
            again.predict(evidence, rows).probabilities, head.predict(evidence, rows).probabilities
        )


def test_the_top_reason_is_the_one_whose_deletion_lowers_most(
    head: FittedRatings, world: tuple[Dataset, np.ndarray]
) -> None:
    evidence = world[0].evidence(1)
    row = np.array([N_ITEMS - 1])
    effect = head.explain(evidence, row).effect
    assert effect is not None
    before = head.score(evidence, row)[0]
    for place in (int(effect[0].argmax()), int(effect[0].argmin())):
        rest = np.delete(np.arange(len(evidence.history)), place)
        without = replace(evidence, history=evidence.history.take(rest))
        assert before - head.score(without, row)[0] == pytest.approx(effect[0, place], abs=1e-6)


def test_it_finds_the_posterior_of_a_world_drawn_from_the_model() -> None:
    truth = gaussian_tastes(n_people=200, n_items=40, size=3, events=20)
    part = Ratings(size=3, own_content=0).fit(truth.dataset, rng=stream(0, "fit"))
    close = [
        np.corrcoef(
            part.score(truth.dataset.evidence(user)),
            truth.expected(truth.dataset.evidence(user).history),
        )[0, 1]
        for user in range(0, 200, 10)
    ]
    assert np.median(close) > 0.9


def test_equal_ratings_and_few_people_are_served() -> None:
    flat = two_clans()
    table = flat.interactions.with_columns(pl.lit(5.0, dtype=pl.Float32).alias("value"))
    part = Ratings().fit(flat.with_interactions(table), rng=stream(0, "fit"))
    found = part.predict(flat.evidence(0), np.arange(flat.n_items))
    assert (found.mean == 5.0).all()


def test_no_ratings_is_refused_with_the_remedy() -> None:
    with pytest.raises(DataError, match="needs ratings.*Leave ratings out"):
        Ratings().fit(popularity_only(), rng=stream(0, "fit"))


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="known settings here|Known settings here"):
        Ratings.of({"factors": 3})


@pytest.mark.realdata
def test_movielens_100k_beats_median_and_bias() -> None:
    path = Path(os.environ.get("FORETASTE_DATA", "../shared/data")) / "ml-100k/u.data"
    if not path.exists():
        pytest.skip("MovieLens 100K is not in FORETASTE_DATA")
    users, items, stars, _ = np.loadtxt(path, dtype=int).T
    asked = stream(0, "split").random(len(users)) < 0.1
    order = np.argsort(users[~asked], kind="stable")
    table = pl.DataFrame(
        {
            "user_row": (users[~asked][order] - 1).astype(np.int32),
            "item_row": (items[~asked][order] - 1).astype(np.int32),
            "kind": np.zeros(len(order), np.uint8),
            "value": stars[~asked][order].astype(np.float32),
            "signal": np.ones(len(order), np.float32),
            "time_s": np.full(len(order), np.nan),
        }
    )
    ids = [Vocabulary(map(str, range(1, n + 1))) for n in (943, 1682)]
    people, films = (pl.DataFrame({"id": list(one.ids)}) for one in ids)
    dataset = Dataset("ml-100k", *ids, table, films, people, kinds=("rate",))
    part, bias = (model.fit(dataset, rng=stream(0, "fit")) for model in (Ratings(), Bias()))
    errors: dict[str, list[np.ndarray]] = {"median": [], "bias": [], "ours": []}
    for user in range(943):
        mine = asked & (users == user + 1)
        evidence, rows = dataset.evidence(user), items[mine] - 1
        guesses = {
            "median": np.full(len(rows), np.median(evidence.history.values)),
            "bias": np.rint(bias.predict(evidence, rows)),
            "ours": part.predict(evidence, rows).median,
        }
        for name, guess in guesses.items():
            errors[name].append(np.abs(guess - stars[mine]))
    error = {name: float(np.concatenate(parts).mean()) for name, parts in errors.items()}
    assert error["ours"] < 0.95 * error["bias"]
    assert error["ours"] < 0.87 * error["median"]
