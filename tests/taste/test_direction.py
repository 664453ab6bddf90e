"""Order and age: what comes later, what comes next, what is missing at random."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from foretaste.core import Dataset, Evidence, History, stream
from foretaste.sums import Sequences
from foretaste.taste import DirectionSettings, FittedTaste, PriorSettings, TasteModel
from foretaste.taste.direction import Channel, Direction
from foretaste.testing import chain, popularity_only, two_clans, world


def fitted(dataset: Dataset, **settings: object) -> FittedTaste:
    return TasteModel.of({"learn": False, **settings}).fit(dataset, rng=stream(0, "fit"))


@pytest.mark.parametrize("form", ["dense", "counts"])
def test_the_next_item_of_a_chain_is_known_from_the_newest_alone(form: str) -> None:
    dataset = chain()
    direction = {"form": form, "ridge": 1.0, "backwards": 0.0, "decays": (0.3,), "shrink": 1.0}
    model = fitted(dataset, task="next", direction=direction)
    for row in range(dataset.n_items):
        before = (row - 1) % dataset.n_items
        scores = model.score(Evidence(History.of([before, row])))
        scores[[before, row]] = -np.inf
        assert int(np.argmax(scores)) == (row + 1) % dataset.n_items


def test_what_comes_later_is_learned_where_order_decides() -> None:
    """Everybody goes from ``a`` to ``b``; nobody ever from ``b`` to ``a``."""
    rng = stream(1, "one way")
    people = {}
    for number in range(400):
        rest = [f"x{n}" for n in rng.permutation(6)[:3]]
        start = ["a", *rest[:1], "b"] if number % 2 else ["b"]
        people[f"p{number}"] = [*start, *rest[1:]]
    dataset = world("one way", people, ["a", "b", *(f"x{n}" for n in range(6))])
    model = fitted(dataset, direction={"shots": (1, 2)})
    flat = fitted(dataset, direction={"form": "none"})
    a, b = 0, 1
    gain = model.score(Evidence(History.of([a])))[b] - model.score(Evidence(History.of([b])))[a]
    without = flat.score(Evidence(History.of([a])))[b] - flat.score(Evidence(History.of([b])))[a]
    assert gain > without + 0.1


def test_nobody_gets_popularity_in_every_task() -> None:
    for task in ("later", "complete", "next"):
        scores = fitted(popularity_only(), task=task).score(Evidence())
        assert (np.argsort(-scores, kind="stable") == np.arange(6)).all(), task


def test_the_order_of_what_is_known_plays_no_part_when_completing() -> None:
    model = fitted(two_clans(), task="complete")
    rows = np.array([0, 3, 5, 2])
    one = model.score(Evidence(History.of(rows)))
    np.testing.assert_allclose(one, model.score(Evidence(History.of(rows[::-1]))), atol=1e-5)


def test_clans_are_told_apart_after_one_event_in_every_task() -> None:
    dataset = two_clans()
    red = np.array([name.startswith("red-") for name in dataset.item_ids.ids])
    blue = np.array([name.startswith("blue-") for name in dataset.item_ids.ids])
    for task in ("later", "complete", "next"):
        model = fitted(dataset, task=task)
        for mine, other in ((red, blue), (blue, red)):
            row = int(np.flatnonzero(mine)[0])
            scores = model.score(Evidence(History.of([row])))
            met = mine & (model.prior.popularity > 0)
            met[row] = False
            assert scores[met].mean() > scores[other].mean(), task


def test_means_are_interpolated_between_knots_and_constant_beyond() -> None:
    means = np.array([[9.0], [1.0], [3.0], [7.0]], np.float32)
    direction = Direction((), np.zeros((1, 0), np.float32), (0, 1, 4, 16), means, 1.0, 8.0)
    found = [float(direction.mean(n)[0]) for n in (0, 1, 2, 4, 8, 16, 500)]
    assert found == [9.0, 1.0, 2.0, 3.0, 5.0, 7.0, 7.0]
    assert direction.posterior_share(8) == 0.5
    assert direction.profile_share(0) == 1.0


def test_a_channel_gives_the_same_in_all_three_forms() -> None:
    from scipy.sparse import csr_matrix

    rng = stream(2, "forms")
    left = rng.normal(size=(6, 3)).astype(np.float32)
    right = rng.normal(size=(6, 3)).astype(np.float32)
    table = left @ right.T
    liked = np.array([1, 4, 4, 0])
    forms = ({"left": left}, {"dense": table}, {"sparse": csr_matrix(table)})
    found = []
    for form in forms:
        channel = Channel("direction", 0.5, 0.5, **form)
        means = np.zeros((1, 6), np.float32)
        direction = Direction((channel,), right, (0,), means, 1.0, 1.0)
        scores = right @ direction.factors(liked)
        direction.add(scores, liked)
        shares = direction.shares(liked, np.arange(6))["direction"]
        np.testing.assert_allclose(shares.sum(axis=1), scores, atol=1e-5)
        found.append(scores)
        again = Direction.restore(direction.arrays(), direction.meta())
        np.testing.assert_array_equal(again.factors(liked), direction.factors(liked))
    expected = (0.5 ** np.arange(3, -1, -1) / 2) @ table[liked]
    for scores in found:
        np.testing.assert_allclose(scores, expected, atol=1e-5)


def test_learning_is_the_same_whether_people_come_in_this_order_or_that() -> None:
    dataset = two_clans(40)
    sequences = Sequences.of(dataset)
    assert len(sequences.rows) > 0
    settings = PriorSettings(profile_fields=())
    model = TasteModel(prior=settings, direction=DirectionSettings(most_people=10_000))
    one = model.fit(dataset, rng=stream(0, "a")).score(Evidence(History.of([0])))
    other = model.fit(replace(dataset), rng=stream(9, "b")).score(Evidence(History.of([0])))
    np.testing.assert_allclose(one, other, atol=1e-4)
