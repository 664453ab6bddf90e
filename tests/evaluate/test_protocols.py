"""Every protocol keeps what it promises about who and what is known when."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from two_tastes import make_world, world_of

from foretaste.core import Dataset
from foretaste.core.errors import DataError, InputError, UnknownNameError
from foretaste.evaluate import (
    PROTOCOLS,
    ColdItems,
    Fold,
    GlobalTime,
    KShot,
    LeaveOneOut,
    Melu,
    StrongGeneralisation,
    lint,
    protocol,
)

SMALL: dict[str, dict[str, Any]] = {
    "k-shot": {"people": 12},
    "strong-generalisation": {"people": 12},
    "cold-items": {"people": 12, "warm": (0, 4)},
    "melu": {"least": 6, "query": 3, "new_items": 0.4},
}


def folds(name: str, data: Dataset, part: Any = "test") -> list[Fold]:
    return list(protocol(name, **SMALL.get(name, {})).folds(data, part))


def pairs(fold: Fold) -> set[tuple[int, int]]:
    table = fold.train.interactions
    return set(zip(table["user_row"].to_list(), table["item_row"].to_list(), strict=True))


@pytest.mark.parametrize("part", ["test", "validation"])
@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_nothing_to_be_found_is_known(name: str, part: Any, world: Dataset) -> None:
    made = folds(name, world, part)
    assert made
    for fold in made:
        assert fold.cases
        assert not [f for f in lint(fold, world) if f.level == "refuse"]
        known = pairs(fold)
        assert fold.train.item_ids == world.item_ids
        for case in fold.cases:
            assert len(case) == len(case.user_rows) == len(case.truth) > 0
            for place, (user, evidence) in enumerate(zip(case.user_rows, case.people, strict=True)):
                find = case.truth.person(place)
                assert evidence.user_row == user
                assert not set(find.tolist()) & set(evidence.history.rows.tolist())
                assert not {(int(user), int(item)) for item in find} & known
                assert case.candidates is None or case.candidates[find].all()
                if case.ratings is not None:
                    told = slice(*case.ratings.starts[place : place + 2])
                    rated = case.ratings.rows[told].tolist()
                    assert not set(rated) & set(evidence.history.rows.tolist())
                    assert not {(int(user), item) for item in rated} & known


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_splits_are_functions_of_settings_and_data(name: str, world: Dataset) -> None:
    first, second = folds(name, world), folds(name, make_world())
    for one, other in zip(first, second, strict=True):
        assert one.train.interactions.equals(other.train.interactions)
        for case, again in zip(one.cases, other.cases, strict=True):
            np.testing.assert_array_equal(case.truth.rows, again.truth.rows)
            for a, b in zip(case.people, again.people, strict=True):
                np.testing.assert_array_equal(a.history.rows, b.history.rows)


@pytest.mark.parametrize("name", ["k-shot", "strong-generalisation", "cold-items"])
def test_tuning_never_meets_the_test_people(name: str, world: Dataset) -> None:
    test, validation = folds(name, world)[0], folds(name, world, "validation")[0]
    asked = {int(row) for case in test.cases for row in case.user_rows}
    other = {int(row) for case in validation.cases for row in case.user_rows}
    fitted = set(validation.train.interactions["user_row"].to_list())
    assert asked
    assert other
    assert not asked & (other | fitted)
    assert not other & fitted


def test_k_shot_knows_the_first_n_and_must_find_the_rest(world: Dataset) -> None:
    fold = next(KShot(people=12, shots=(0, 3, 1_000)).folds(world))
    assert [case.name for case in fold.cases] == ["n=0", "n=3"]
    for case, n in zip(fold.cases, (0, 3), strict=True):
        for place, user in enumerate(case.user_rows):
            whole = world.histories.of(int(user))
            np.testing.assert_array_equal(case.people[place].history.rows, whole.rows[:n])
            later = whole.take(slice(n, None))
            assert set(case.truth.person(place)) == set(later.liked.tolist())


def test_what_somebody_did_before_is_not_to_be_found_again() -> None:
    # everybody comes back to item 0 at the end
    rows = [(user, item, 5, 1, item) for user in range(8) for item in range(6)]
    rows += [(user, 0, 5, 1, 9) for user in range(8)]
    fold = next(KShot(people=2, shots=(0, 3)).folds(world_of(rows, 8, 10)))
    none_known, three_known = fold.cases
    assert all(none_known.truth.person(i).tolist() == [0, 1, 2, 3, 4, 5] for i in range(2))
    assert all(three_known.truth.person(i).tolist() == [3, 4, 5] for i in range(2))


def test_strong_generalisation_hides_order_and_times(world: Dataset) -> None:
    fold = next(StrongGeneralisation(people=12).folds(world))
    in_order = 0
    for user, evidence in zip(fold.cases[0].user_rows, fold.cases[0].people, strict=True):
        whole = world.histories.of(int(user))
        assert len(evidence.history) == round(0.8 * len(whole))
        assert np.isnan(evidence.history.times_s).all()
        place = [whole.rows.tolist().index(row) for row in evidence.history.rows]
        in_order += place == sorted(place)
    assert in_order == 0


def test_global_time_has_one_moment_for_everybody(world: Dataset) -> None:
    fold = next(GlobalTime().folds(world))
    case = fold.cases[0]
    assert case.cut_s is not None
    times = world.interactions["time_s"].to_numpy()
    assert fold.train.interactions["time_s"].max() < np.quantile(times, 0.8)
    assert case.cut_s == pytest.approx(np.quantile(times, 0.9))
    for evidence in case.people:
        assert evidence.time_s == case.cut_s
        assert (evidence.history.times_s < case.cut_s).all()
    longest = max(len(evidence.history) for evidence in case.people)
    in_train = np.bincount(fold.train.interactions["user_row"].to_numpy())
    assert longest > in_train.max() - 1
    refit = next(GlobalTime(refit=True).folds(world))
    assert len(refit.train.interactions) > len(fold.train.interactions)
    assert refit.train.interactions["time_s"].max() < case.cut_s


def test_global_time_cells_and_unknown_times() -> None:
    rows = [(0, item, 5, 1, 10 * item) for item in range(18)]
    rows += [(1, 3, 5, 1, 175), (1, 4, 5, 1, np.nan)]
    fold = next(GlobalTime().folds(world_of(rows, 2, 20)))
    case = fold.cases[0]
    assert case.user_rows.tolist() == [0, 1]
    assert case.cells["warm people"].tolist() == [True, False]
    assert case.cells["cold people"].tolist() == [False, True]
    assert len(case.people[1].history) == 0
    assert "1 events of unknown time" in fold.notes[0]
    timeless = world_of([(0, i, 5, 1, np.nan) for i in range(5)], 2, 20)
    with pytest.raises(DataError, match="strong-generalisation"):
        next(GlobalTime().folds(timeless))


def test_leave_one_out_last_like_and_train_part_only() -> None:
    # the last event is a dislike: the last *liked* event is what is to be found
    signals = [1, 1, -1, 1, 1, -1]
    rows = [(0, item, 5, signal, item) for item, signal in enumerate(signals)]
    rows += [(1, item, 5, 1, item) for item in range(2)]
    data = world_of(rows, 2, 8)
    only = next(LeaveOneOut().folds(data))
    assert only.cases[0].user_rows.tolist() == [0]
    assert only.cases[0].truth.person(0).tolist() == [4]
    assert only.cases[0].people[0].history.rows.tolist() == [0, 1, 2, 3]
    assert pairs(only) == {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)}
    assert pairs(next(LeaveOneOut(refit=True).folds(data))) == pairs(only) | {(0, 3)}
    validation = next(LeaveOneOut().folds(data, "validation"))
    assert validation.cases[0].truth.person(0).tolist() == [3]
    assert validation.cases[0].people[0].history.rows.tolist() == [0, 1, 2]
    assert pairs(validation) == pairs(only)


def test_leave_one_out_can_ask_fewer_people_of_the_same_split(world: Dataset) -> None:
    every, some = next(LeaveOneOut().folds(world)), next(LeaveOneOut(people=7).folds(world))
    assert len(some.cases[0]) <= 7
    assert set(some.cases[0].user_rows) < set(every.cases[0].user_rows)
    assert pairs(some) == pairs(every)


def test_cold_items_are_new_to_everybody(world: Dataset) -> None:
    settings = ColdItems(people=12, warm=(4,), share=0.2)
    fold = next(settings.folds(world))
    new, other = settings.new_items(world)
    assert len(new) == len(other) == 8
    assert not set(new) & set(other)
    assert not fold.train.interactions["item_row"].is_in(new.tolist()).any()
    assert fold.train.interactions["item_row"].is_in(other.tolist()).any()
    among_new, among_all, everything = fold.cases
    assert set(np.flatnonzero(among_new.candidates)) == set(new)
    assert among_all.candidates.all()
    np.testing.assert_array_equal(among_new.truth.rows, among_all.truth.rows)
    for case in fold.cases:
        for evidence in case.people:
            assert len(evidence.history) == 4
            assert not set(evidence.history.rows) & set(new)
    assert len(everything.truth.rows) > len(among_all.truth.rows)
    validation = next(settings.folds(world, "validation"))
    train = validation.train.interactions["item_row"]
    assert not train.is_in([*new.tolist(), *other.tolist()]).any()
    for case in validation.cases:
        assert not np.isin(case.truth.rows, new).any()


def test_cross_validation_asks_every_event_once(world: Dataset) -> None:
    made = folds("cross-validation", world)
    assert len(made) == 5
    asked = [
        (int(user), int(item))
        for fold in made
        for place, user in enumerate(fold.cases[0].user_rows)
        for item in fold.cases[0].ratings.rows[
            fold.cases[0].ratings.starts[place] : fold.cases[0].ratings.starts[place + 1]
        ]
    ]
    table = world.interactions
    assert sorted(asked) == sorted(
        zip(table["user_row"].to_list(), table["item_row"].to_list(), strict=True)
    )
    for fold in made:
        assert len(fold.train.interactions) + len(fold.cases[0].ratings.rows) == len(table)


def test_melu_has_four_cells_that_keep_apart(world: Dataset) -> None:
    settings = Melu(least=5, query=3, new_people=0.3, new_items=0.4)
    fold = next(settings.folds(world))
    trained_people = set(fold.train.interactions["user_row"].to_list())
    trained_items = set(fold.train.interactions["item_row"].to_list())
    assert len(fold.cases) == 4
    for case in fold.cases:
        people = set(case.user_rows.tolist())
        items = set(np.flatnonzero(case.candidates).tolist())
        assert people <= trained_people if case.name.startswith("warm") else True
        assert not people & trained_people if case.name.startswith("new") else True
        assert bool(items & trained_items) == case.name.endswith("warm items")
        assert set(np.diff(case.ratings.starts)) == {3}
        for evidence in case.people:
            assert 5 - 3 <= len(evidence.history) <= 97
            assert set(evidence.history.rows.tolist()) <= items
    warm = fold.cases[0]
    known = pairs(fold)
    for place, user in enumerate(warm.user_rows):
        query = warm.ratings.rows[warm.ratings.starts[place] : warm.ratings.starts[place + 1]]
        assert not {(int(user), int(item)) for item in query} & known


def test_words_typed_at_hidden_events_are_hidden_too(world: Dataset) -> None:
    fold = next(LeaveOneOut().folds(world))
    user = int(fold.cases[0].user_rows[0])
    hidden = int(fold.cases[0].truth.person(0)[0])
    shown = int(fold.cases[0].people[0].history.rows[0])
    remarks = pl.DataFrame(
        {
            "user_row": [user, user, user],
            "item_row": [hidden, shown, -1],
            "kind": [0, 0, 0],
            "words": ["hidden", "shown", "searched"],
            "time_s": [0.0, 0.0, 0.0],
        }
    )
    from dataclasses import replace

    told = next(LeaveOneOut().folds(replace(world, remarks=remarks))).train.remarks
    assert told["words"].to_list() == ["shown"]


def test_names() -> None:
    assert protocol("Global_Time", train=0.7).model_dump()["train"] == 0.7
    with pytest.raises(UnknownNameError, match="k-shot"):
        protocol("kshot")
    with pytest.raises(InputError, match="shots"):
        protocol("k-shot", shoots=3)
    empty = world_of([(0, 0, 5, 1, 0.0)], 2, 3)
    nothing = empty.with_interactions(empty.interactions.head(0))
    for name in PROTOCOLS:
        with pytest.raises(DataError, match="nothing to evaluate"):
            list(protocol(name).folds(nothing))
