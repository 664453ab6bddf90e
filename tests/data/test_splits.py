"""Parts of a split: nothing lost, nothing twice, nothing from the future."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretaste.core import Dataset
from foretaste.core.errors import DataError, SettingsError
from foretaste.data import (
    DatasetBuilder,
    by_time,
    fold_in,
    folds,
    hold_out_items,
    hold_out_people,
    leave_last,
    positives,
    sampled_items,
)


def world(seed: int = 0, events: int = 200, *, clock: bool = True) -> Dataset:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.integers(0, 10_000, events)) + (1_500_000_000 if clock else 0)
    pairs = rng.permutation(20 * 40)[:events]
    frame = {
        "user_id": [f"u{pair // 40}" for pair in pairs],
        "item_id": [f"i{pair % 40}" for pair in pairs],
        "rating": rng.integers(1, 6, events),
        "timestamp": times,
        "words": [f"w{k}" for k in range(events)],
    }
    items = {"item_id": [f"i{k}" for k in range(40)], "title": [f"T{k}" for k in range(40)]}
    return DatasetBuilder("w").items(items).interactions(frame).build()


def keys(data: Dataset) -> set[tuple[int, int]]:
    return set(data.interactions.select("user_row", "item_row").rows())


def spoken(data: Dataset) -> set[tuple[int, int]]:
    assert data.remarks is not None
    return set(data.remarks.select("user_row", "item_row").rows())


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50), st.sampled_from([(0.8, 0.9), (0.5,), (0.1, 0.2, 0.7)]))
def test_time_cuts_keep_everything_in_order(seed: int, cuts: tuple[float, ...]) -> None:
    data = world(seed)
    parts = by_time(data, cuts)
    assert sum(len(part.interactions) for part in parts) == len(data.interactions)
    for earlier, later in pairwise(parts):
        assert earlier.interactions["time_s"].max() < later.interactions["time_s"].min()
    assert all(part.item_ids is data.item_ids for part in parts)
    assert all(spoken(part) == keys(part) for part in parts)


def test_time_cuts_need_a_clock_and_sense() -> None:
    with pytest.raises(DataError, match="no common clock"):
        by_time(world(clock=False))
    with pytest.raises(SettingsError, match="do not increase"):
        by_time(world(), (0.9, 0.8))


def test_the_last_liked_event_is_held_back_and_the_future_is_gone() -> None:
    data = world()
    before, last = leave_last(data, min_events=3)
    for row in range(data.n_users):
        whole, past, held = (part.histories.of(row) for part in (data, before, last))
        if len(whole.liked) < 3:
            assert len(held) == 0 and len(past) == len(whole)
            continue
        assert held.rows.tolist() == [whole.liked[-1]]
        place = np.flatnonzero(whole.signals > 0)[-1]
        assert past.rows.tolist() == whole.rows[:place].tolist()
    assert spoken(before) == keys(before)
    everything, newest = leave_last(data, positives_only=False)
    assert len(everything.interactions) + len(newest.interactions) == len(data.interactions)


def test_people_held_back_do_not_depend_on_anything_but_the_seed() -> None:
    data = world()
    train, held = hold_out_people(data, 5, seed=3)
    assert held.interactions["user_row"].n_unique() == 5
    assert not set(train.interactions["user_row"]) & set(held.interactions["user_row"])
    assert keys(train) | keys(held) == keys(data)
    assert keys(hold_out_people(data, 5, seed=3)[1]) == keys(held)
    assert keys(hold_out_people(data, 5, seed=4)[1]) != keys(held)
    with pytest.raises(SettingsError, match="cannot be held back"):
        hold_out_people(data, 500, seed=3)


def test_fold_in_hides_something_of_everybody_whatever_the_others_do() -> None:
    data = world()
    shown, hidden = fold_in(data, 0.8, seed=1)
    assert keys(shown) | keys(hidden) == keys(data) and not keys(shown) & keys(hidden)
    active = set(data.interactions["user_row"])
    assert set(hidden.interactions["user_row"]) == active
    few = hold_out_people(data, 4, seed=2)[1]
    again, _ = fold_in(few, 0.8, seed=1)
    assert keys(again) <= keys(shown)


def test_new_items_are_untouched_in_training() -> None:
    data = world()
    train, new = hold_out_items(data, 0.1, seed=5)
    drawn = set(sampled_items(data, 0.1, seed=5).tolist())
    assert len(drawn) == 4
    assert not set(train.interactions["item_row"]) & drawn
    assert set(new.interactions["item_row"]) <= drawn
    assert train.titles() == data.titles()


def test_every_event_is_tested_once() -> None:
    data = world(events=103)
    parts = folds(data, 5, seed=0)
    tested = [key for _, test in parts for key in keys(test)]
    assert len(tested) == 103 and set(tested) == keys(data)
    assert {len(test.interactions) for _, test in parts} == {20, 21}
    assert all(not keys(train) & keys(test) for train, test in parts)


def test_positives_only_liked() -> None:
    assert (positives(world()).interactions["value"] >= 4).all()


def test_an_event_at_the_cut_is_later_and_a_later_search_is_not_known_before() -> None:
    frame = {
        "user_id": ["u"] * 5,
        "item_id": ["a", "b", "", "c", "d"],
        "type": ["view", "view", "search", "view", "view"],
        "words": [None, None, "something slow", None, None],
        "timestamp": [1.5e9 + k for k in range(5)],
    }
    data = DatasetBuilder("w").interactions(frame).build()
    early, late = by_time(data, (1 / 3,))
    assert early.interactions["time_s"].to_list() == [1.5e9]
    assert late.interactions["time_s"].to_list() == [1.5e9 + k for k in (1, 3, 4)]
    assert early.remarks is not None and early.remarks.height == 0
    assert late.remarks is not None and late.remarks["words"].to_list() == ["something slow"]
