"""What the prior takes from people besides likes: sums, and what is solved from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from foretaste.core import Dataset, State, stream
from foretaste.data import DatasetBuilder
from foretaste.sums import PeopleSums
from foretaste.taste import PriorSettings, TasteModel
from foretaste.taste.forgetting import CircumstanceSums, ProfileSums
from foretaste.taste.profile import ProfileTable, learn_context

N = 30


def shop(seed: int = 0) -> Dataset:
    """People with a gender, a plan and an age; events with a device and a session."""
    rng = stream(seed, "shop")
    users = np.repeat(np.arange(N), rng.integers(1, 9, N))
    build = DatasetBuilder("shop")
    build.interactions(
        {
            "user_id": [f"p{u}" for u in users],
            "item_id": [f"i{i}" for i in rng.integers(0, 12, len(users))],
            "timestamp": rng.integers(0, 10**6, len(users)),
            "device": [("phone", "desk")[n] for n in rng.integers(0, 2, len(users))],
            "session": [f"s{n}" for n in range(len(users))],
        }
    )
    build.people(
        {
            "user_id": [f"p{n}" for n in range(N)],
            "gender": [("f", "m", "x")[n % 3] for n in range(N)],
            "age": [20.0 + n for n in range(N)],
        }
    )
    return build.build()


def only(data: Dataset, keep: np.ndarray) -> Dataset:
    """The same rows, but of the others neither events nor attributes."""
    rows = pl.Series(np.flatnonzero(keep))
    people = data.people.with_columns(
        pl.when(pl.Series(keep)).then(pl.col(name)).alias(name) for name in ("gender", "age")
    )
    events = data.interactions.filter(pl.col("user_row").is_in(rows.implode()))
    return replace(data, interactions=events, people=people)


def assert_same(one: State, other: State) -> None:
    assert dict(one.meta) == dict(other.meta)
    for name, array in one.arrays.items():
        np.testing.assert_array_equal(array, other.arrays[name], err_msg=name)


def test_profiles_taken_out_were_never_there() -> None:
    data, keep = shop(), np.arange(N) != 4
    whole = ProfileSums.of(data, ("gender",))
    left = whole.minus(whole.share(only(data, ~keep)))
    assert_same(left.state(), ProfileSums.of(only(data, keep), ("gender",)).state())
    assert_same(left.plus(whole.share(only(data, ~keep))).state(), whole.state())
    assert left.holds(only(data, keep))
    assert_same(ProfileSums.from_state(whole.state()).state(), whole.state())
    assert whole.widened(20).cross.shape == (whole.coder.size, 20)


def test_profiles_coded_by_everybodys_quantiles_say_when_the_coding_has_moved() -> None:
    data, keep = shop(), np.arange(N) != 0
    assert "age" in ProfileSums.of(data).coder.edges
    assert ProfileSums.of(data).holds(data)
    assert not ProfileSums.of(data).holds(only(data, keep))


def test_profiles_from_sums_are_the_regression_on_people() -> None:
    data, settings = shop(), PriorSettings()
    liked = data.liked.toarray().astype(float)
    mean = liked.mean(axis=0)
    features = stream(1, "features").normal(size=(data.n_items, 3)).astype(np.float32)
    sums = ProfileSums.of(data)
    table = ProfileTable.learn(sums, features, mean, settings)
    wide = features.astype(float)
    gram = wide.T @ wide
    small = 1e-3 * np.trace(gram) / 3 + 1e-12
    tastes = np.linalg.solve(gram + small * np.eye(3), wide.T @ (liked - mean).T).T
    weights = (liked.sum(axis=1) + 10.0) ** -0.5
    weights /= weights.mean()
    codes = table.coder.encode_all(data)
    moved = codes - (weights @ codes) / weights.sum()
    system = (weights[:, None] * moved).T @ moved + settings.profile_ridge * np.eye(codes.shape[1])
    expected = np.linalg.solve(system, (weights[:, None] * moved).T @ tastes)
    np.testing.assert_allclose(table.weights[1:], expected[1:], atol=1e-6)


def test_circumstances_taken_out_were_never_there() -> None:
    data, keep = shop(), np.arange(N) >= 5
    whole = CircumstanceSums.of(data)
    left = whole.minus(whole.share(only(data, ~keep)))
    right = CircumstanceSums.of(only(data, keep))
    assert set(left.values) == set(right.values) == {("device", "phone"), ("device", "desk")}
    for value in right.values:
        mine, theirs = (s.counts[[s.values.index(value)]].toarray() for s in (left, right))
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(left.whole, right.whole)
    assert_same(left.plus(whole.share(only(data, ~keep))).state(), whole.state())
    assert_same(CircumstanceSums.from_state(whole.state()).state(), whole.state())
    assert whole.widened(20).counts.shape == (2, 20)


def test_a_column_of_many_values_is_no_circumstance_and_needs_the_rows_again() -> None:
    data = shop()
    whole = CircumstanceSums.of(data)
    assert whole.wide == ("session",) and not whole.holds(data)
    narrow = replace(data, interactions=data.interactions.drop("session"))
    assert CircumstanceSums.of(narrow).holds(narrow)


def test_a_value_that_only_they_had_is_gone() -> None:
    data = shop()
    theirs = data.interactions.with_columns(
        pl.when(pl.col("user_row") == 3).then(pl.lit("watch")).otherwise("device").alias("device")
    )
    data, keep = replace(data, interactions=theirs), np.arange(N) != 3
    whole = CircumstanceSums.of(data)
    assert ("device", "watch") in whole.values
    assert ("device", "watch") not in whole.minus(whole.share(only(data, ~keep))).values


def test_a_circumstance_lifts_what_is_liked_under_it() -> None:
    data = shop()
    sums = CircumstanceSums.of(data)
    shifts, rows = learn_context(sums, np.full(data.n_items, 0.1), PriorSettings())
    assert set(rows) == {"device=phone", "device=desk"}
    counts = sums.counts[[sums.values.index(("device", "phone"))]].toarray()[0]
    share = counts / counts.sum() - sums.whole / sums.whole.sum()
    size = counts.sum()
    expected = 0.1 * data.n_items * share * size / (size + 300.0)
    np.testing.assert_allclose(shifts[rows["device=phone"]], expected, rtol=1e-5)


SAID: dict[str, dict[str, object]] = {
    "later": {"task": "later", "direction": {"form": "factored", "joint_events": 4.0}},
    "alone": {"task": "later", "direction": {"form": "none"}},
    "complete": {"task": "complete"},
    "dense": {"task": "next", "direction": {"form": "dense"}},
    "counts": {"task": "next", "direction": {"form": "counts"}},
}


@pytest.mark.parametrize("name", SAID)
def test_settings_read_off_a_fitted_model_fit_the_same_model(name: str) -> None:
    data = shop()
    model = TasteModel.of({**SAID[name], "learn": False, "prior": {"noise": 0.4}})
    fitted = model.fit(data, rng=stream(0))
    read = TasteModel(learn=False).settled_as(fitted)
    again = read.fit(data, rng=stream(0))
    assert_same(again.state(), fitted.state())


@pytest.mark.parametrize("name", SAID)
def test_sums_and_rows_that_were_read_are_told(name: str) -> None:
    sums = PeopleSums(shop())
    model = TasteModel.of({**SAID[name], "learn": False})
    model.fit_from(sums, rng=stream(0))
    asked = set(sums.asked()[1])
    assert {"likes", "pairs of likes", "circumstances", "profiles"} <= asked
    assert ("what comes later" in asked) == (name == "later")
    assert ("what comes next" in asked) == (name == "dense")
    assert ("weighted pairs of likes (10)" in asked) == (name in ("later", "complete"))
    assert ("pairs in order (10, 0.8, 0.5)" in asked) == (name == "counts")


def test_settling_chooses_once_and_then_nothing() -> None:
    model, data = TasteModel(), shop()
    settled = model.settled(data, rng=stream(0))
    assert not settled.learn and settled.settled(data, rng=stream(1)) == settled


def test_catalogues_too_large_for_pairs_are_fitted_from_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, scores = shop(), []
    for limit in (6_000, 5):
        monkeypatch.setattr("foretaste.sums.taking.MOST_PAIRED", limit)
        monkeypatch.setattr("foretaste.taste.prior.MOST_PAIRED", limit)
        for said in SAID.values():
            fitted = TasteModel.of({**said, "learn": False}).fit(data, rng=stream(0))
            scores.append(fitted.score_batch([data.evidence(row) for row in range(N)]))
    half = len(scores) // 2
    for small, large in zip(scores[:half], scores[half:], strict=True):
        np.testing.assert_allclose(small, large, atol=2e-4)
