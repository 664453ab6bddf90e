"""What a world says is true of it is true of it."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.core import INTERACTION_COLUMNS, Dataset, Event, History
from foretaste.testing import (
    attributes_only,
    cases,
    chain,
    empty,
    gaussian_tastes,
    one_item,
    one_person,
    popularity_only,
    tiny_ratings,
    two_clans,
    world,
)

WORLDS = {
    build.__name__: build
    for build in (
        attributes_only,
        chain,
        empty,
        one_item,
        one_person,
        popularity_only,
        tiny_ratings,
        two_clans,
    )
}


@pytest.mark.parametrize("name", [*WORLDS, "gaussian_tastes"])
def test_a_world_is_a_proper_dataset(name: str) -> None:
    made = gaussian_tastes().dataset if name == "gaussian_tastes" else WORLDS[name]()
    again = gaussian_tastes().dataset if name == "gaussian_tastes" else WORLDS[name]()
    assert made.digest == again.digest
    assert set(INTERACTION_COLUMNS) <= set(made.interactions.columns)
    table = made.interactions
    assert table["user_row"].is_sorted()
    assert len(made.items) == made.n_items and len(made.people) == made.n_users
    for user_row in range(made.n_users):
        times = made.histories.of(user_row).times_s
        assert (np.diff(times[~np.isnan(times)]) >= 0).all()
    signals = made.histories.all.signals
    assert ((signals >= -1) & (signals <= 1)).all()


def test_the_clans_have_disjoint_tastes() -> None:
    made = two_clans()
    clans = made.items["clan"].to_list()
    for user_row, user_id in enumerate(made.user_ids.ids):
        history = made.histories.of(user_row)
        own = user_id.split("-")[0]
        for row, signal in zip(history.rows, history.signals, strict=True):
            assert (signal > 0) == (clans[row] == own)
        assert (history.signals < 0).sum() == 1
    met = set(made.histories.all.rows.tolist())
    assert not met & set(made.item_ids.rows(["red-new", "blue-new", "bare", "future"]).tolist())
    assert two_clans(seed=1).digest != made.digest


def test_popularity_is_all_there_is() -> None:
    liked = popularity_only().liked
    together = (liked.T @ liked).toarray()
    assert np.diag(together).tolist() == [9, 6, 4, 2, 1, 0]
    assert together.sum() == np.trace(together)


def test_in_the_chain_the_newest_item_decides() -> None:
    made = chain()
    for user_row in range(made.n_users):
        rows = made.histories.of(user_row).rows
        assert ((np.diff(rows) % made.n_items) == 1).all()
    counts = np.bincount(made.histories.all.rows)
    assert counts.min() == counts.max()


def test_attributes_decide_and_new_items_are_new() -> None:
    made = attributes_only()
    genres = np.array(made.items["genre"].to_list())
    for user_row in range(made.n_users):
        assert len(set(genres[made.histories.of(user_row).rows])) == 1
    new = [n.startswith("new-") for n in made.item_ids.ids]
    assert not np.isin(made.histories.all.rows, np.flatnonzero(new)).any()


def test_tiny_ratings_are_the_sum_of_three() -> None:
    made = tiny_ratings()
    assert made.histories.of(0).values.tolist() == [2.5, 0.5]
    assert made.histories.of(1).values.tolist() == [1.5, -0.5]


def test_the_gaussian_world_knows_its_posterior() -> None:
    made = gaussian_tastes()
    nobody, spread = made.posterior(History.of([]))
    np.testing.assert_allclose(nobody, made.mean)
    np.testing.assert_allclose(spread, made.covariance, rtol=1e-9)
    missed = {"prior": 0.0, "posterior": 0.0}
    for user_row in range(made.dataset.n_users):
        history = made.dataset.histories.of(user_row)
        truth = made.popularity + made.features @ made.tastes[user_row]
        missed["prior"] += float(np.square(made.expected(History.of([])) - truth).mean())
        missed["posterior"] += float(np.square(made.expected(history) - truth).mean())
    assert missed["posterior"] < 0.1 * missed["prior"]


def test_the_posterior_covers_the_truth_as_often_as_it_says() -> None:
    made = gaussian_tastes(n_people=400, n_items=30, size=3, events=5)
    inside = 0
    for user_row in range(400):
        mean, spread = made.posterior(made.dataset.histories.of(user_row))
        far = made.tastes[user_row] - mean
        inside += int(far @ np.linalg.solve(spread, far) < 7.815)  # 95 % of chi-square(3)
    assert 0.91 < inside / 400 < 0.99


def test_a_world_written_by_hand() -> None:
    made = world(
        "by hand",
        {
            "ann": [Event("b", "like", time_s=5.0), "a", Event("a", "rate", 2.0, 1.0)],
            "bob": [],
        },
        {"a": {"tags": ["x"]}, "b": {}},
        roles={"tags": "categories"},
    )
    history = made.histories.of(0)
    assert history.rows.tolist() == [0, 0, 1]
    assert history.signals.tolist() == [1.0, -0.5, 1.0]
    assert np.isnan(history.times_s[0]) and len(made.histories.of(1)) == 0
    assert made.items["tags"].to_list() == [["x"], None]


def test_the_cases_stay_inside_the_catalogue() -> None:
    made: Dataset
    for made in (two_clans(), one_item(), one_person(), chain()):
        everybody = cases(made)
        assert len(everybody) >= 14
        for evidence in everybody.values():
            rows = evidence.history.rows
            assert ((rows >= 0) & (rows < made.n_items)).all()
