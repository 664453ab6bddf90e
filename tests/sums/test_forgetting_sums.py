"""Whatever was added to a sum comes off to the last bit, in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretaste.core import Dataset, State, Vocabulary, stream
from foretaste.core.errors import DataError
from foretaste.sums import (
    Additive,
    Likes,
    PairSums,
    PeopleSums,
    StepSums,
    covariance_factors,
    likes_of,
    pair_factors,
    pairs_of,
    steps_of,
    weighted_gram,
)
from foretaste.sums.packing import narrow, square, triangle

N_PEOPLE, N_ITEMS = 9, 7


def data(seed: int = 0, n_items: int = N_ITEMS) -> Dataset:
    rng = stream(seed, "additive")
    lengths = rng.integers(0, 8, N_PEOPLE)
    users = np.repeat(np.arange(N_PEOPLE), lengths).astype(np.int32)
    table = pl.DataFrame(
        {
            "user_row": users,
            "item_row": rng.integers(0, N_ITEMS, len(users)).astype(np.int32),
            "kind": np.zeros(len(users), np.uint8),
            "value": np.full(len(users), np.nan, np.float32),
            "signal": rng.choice([1.0, 0.5, -1.0], len(users)).astype(np.float32),
            "time_s": np.arange(float(len(users))),
        }
    )
    people, items = [f"p{n}" for n in range(N_PEOPLE)], [f"i{n}" for n in range(n_items)]
    return Dataset(
        "additive",
        Vocabulary(people, "person"),
        Vocabulary(items),
        table,
        pl.DataFrame({"item_id": items}),
        pl.DataFrame({"user_id": people}),
    )


def some(dataset: Dataset, rows: list[int]) -> Dataset:
    """Only these people's events; the others have none."""
    return replace(
        dataset, interactions=dataset.interactions.filter(pl.col("user_row").is_in(rows))
    )


MAKERS: dict[str, Callable[[Dataset], Additive]] = {
    "likes": Likes.of,
    "pairs": lambda d: pairs_of(PeopleSums(d)),  # type: ignore[return-value]
    "weighted": lambda d: pairs_of(PeopleSums(d), 10.0),  # type: ignore[return-value]
    "steps": lambda d: StepSums.of(d, 3, 0.7, 0.3),
}


def assert_same(one: Additive, other: Additive) -> None:
    mine, theirs = one.state(), other.state()
    assert dict(mine.meta) == dict(theirs.meta)
    assert mine.arrays.keys() == theirs.arrays.keys()
    for name, array in mine.arrays.items():
        np.testing.assert_array_equal(array, theirs.arrays[name])


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 30), order=st.permutations(range(N_PEOPLE)), stop=st.integers(0, 9))
def test_people_taken_out_one_by_one_in_any_order_were_never_there(
    name: str, seed: int, order: list[int], stop: int
) -> None:
    whole = data(seed)
    left = MAKERS[name](whole)
    for row in order[:stop]:
        left = left.minus(left.share(some(whole, [row])))
    assert_same(left, MAKERS[name](some(whole, order[stop:])))
    back = left
    for row in order[:stop]:
        back = back.plus(back.share(some(whole, [row])))
    assert_same(back, MAKERS[name](whole))


@pytest.mark.parametrize("name", MAKERS)
def test_sums_come_back_from_a_bundle_and_grow_with_the_catalogue(name: str) -> None:
    sums = MAKERS[name](data())
    state = sums.state()
    assert_same(type(sums).from_state(State(dict(state.arrays), dict(state.meta))), sums)
    wide = data(n_items=N_ITEMS + 3)
    assert_same(sums.widened(N_ITEMS + 3), MAKERS[name](wide))
    assert sums.widened(N_ITEMS + 3).holds(wide)
    assert not sums.holds(wide)


@pytest.mark.parametrize("name", MAKERS)
def test_nobody_can_be_taken_out_twice(name: str) -> None:
    whole = data()
    sums = MAKERS[name](some(whole, [0, 1, 2]))
    with pytest.raises(DataError, match="cannot forget"):
        sums.minus(sums.share(some(whole, list(range(N_PEOPLE)))))


def test_counts_know_whether_they_are_those_of_the_data() -> None:
    whole = data()
    assert Likes.of(whole).holds(whole)
    assert not Likes.of(whole).holds(some(whole, [0, 1, 2, 3]))


def test_weights_in_quanta_are_the_weights_but_for_rounding() -> None:
    liked = data(3).liked
    events = np.diff(liked.indptr)
    exact = weighted_gram(liked, (events + 10.0) ** -0.5)
    sums = PairSums.of(liked, 10.0)
    np.testing.assert_allclose(sums.second, exact, atol=2e-6)
    np.testing.assert_allclose(sums.first, np.diag(exact), atol=2e-6)
    np.testing.assert_array_equal(sums.table(np.float32), sums.second.astype(np.float32))


def test_factors_from_sums_are_those_from_people() -> None:
    liked = data(5).liked
    liked = liked[np.diff(liked.indptr) > 0]
    rows = covariance_factors(liked, 4, stream(0, "start"), sweeps=20)
    sums = pair_factors(PairSums.of(liked), 4, stream(0, "start"), sweeps=20)
    np.testing.assert_allclose(rows @ rows.T, sums @ sums.T, atol=1e-5)
    assert pair_factors(PairSums.of(liked[:0]), 4, stream(0, "start")).shape == (N_ITEMS, 0)


def test_half_a_table_is_the_table() -> None:
    liked = data(1).liked
    table = (liked.T @ liked).tocsr()
    half = narrow(triangle(table))
    assert half.dtype == np.uint8 and len(half) == N_ITEMS * (N_ITEMS + 1) // 2
    np.testing.assert_array_equal(square(half, N_ITEMS), table.toarray())
    for largest, kind in ((255, np.uint8), (256, np.uint16), (2**16, np.uint32), (2**32, np.int64)):
        assert narrow(np.array([largest])).dtype == kind


def test_a_sum_is_taken_once_and_what_was_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = data()
    first = PeopleSums(whole)
    assert likes_of(first) is likes_of(first)
    pairs_of(first)
    kept = PeopleSums(whole, {"likes": likes_of(first)})
    assert likes_of(kept) is likes_of(first)
    steps_of(kept, 2, 0.5, 0.5)
    assert kept.rows("their rows") is whole
    assert kept.asked() == (("likes",), ("pairs in order (2, 0.5, 0.5)", "their rows"))
    kept.begin()
    assert kept.asked() == ((), ())
    monkeypatch.setattr("foretaste.sums.taking.MOST_PAIRED", N_ITEMS - 1)
    assert pairs_of(first) is None and steps_of(first, 2, 0.5, 0.5) is None
