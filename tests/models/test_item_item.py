"""EASE and item neighbours: closed forms against optima, hand counts and naive loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from foretaste.core import Evidence, FloatArray, History, stream, top
from foretaste.core.errors import LimitError
from foretaste.models import Ease, FittedItemItem, ItemKNN, ease_weights
from foretaste.testing import attributes_only, two_clans, world

RNG = stream(0)


def likes(n_people: int = 30, n_items: int = 8, seed: int = 1) -> FloatArray:
    return (stream(seed, "likes").random((n_people, n_items)) < 0.35).astype(float)


def naive_ease(x: FloatArray, ridge: float) -> FloatArray:
    """Column by column: regress each item on all others (the constraint, spelled out)."""
    n_items = x.shape[1]
    weights = np.zeros((n_items, n_items))
    for item in range(n_items):
        others = [j for j in range(n_items) if j != item]
        system = x[:, others].T @ x[:, others] + ridge * np.eye(n_items - 1)
        weights[others, item] = np.linalg.solve(system, x[:, others].T @ x[:, item])
    return weights


@pytest.mark.parametrize("ridge", [0.1, 3.0, 500.0])
def test_ease_equals_regressing_each_item_on_all_others(ridge: float) -> None:
    x = likes()
    weights = ease_weights(x.T @ x, ridge)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, naive_ease(x, ridge), atol=1e-6)


def test_no_small_step_lowers_the_constrained_loss_of_ease() -> None:
    x, ridge = likes(), 2.0
    best = ease_weights(x.T @ x, ridge).astype(float)
    assert not best.diagonal().any()

    def loss(weights: FloatArray) -> float:
        return float(np.square(x - x @ weights).sum() + ridge * np.square(weights).sum())

    rng = stream(4, "steps")
    for _ in range(50):
        step = rng.normal(size=best.shape)
        np.fill_diagonal(step, 0.0)
        assert loss(best + 1e-2 * step) > loss(best)


def test_ease_in_slabs_equals_ease_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import foretaste.models.ease as module

    world_ = two_clans()
    whole = Ease(ridge=3.0).fit(world_, rng=RNG).weights
    monkeypatch.setattr(module, "_SLAB", 5)
    np.testing.assert_array_equal(Ease(ridge=3.0).fit(world_, rng=RNG).weights, whole)
    x = world_.liked.toarray()
    np.testing.assert_allclose(whole, naive_ease(x, 3.0), atol=1e-6)


def test_ease_leaves_the_counts_as_they_were_and_refuses_what_it_cannot_do() -> None:
    gram = np.asfortranarray(np.eye(4) * 2.0)
    ease_weights(gram, 1.0)
    np.testing.assert_array_equal(gram, np.eye(4) * 2.0)
    with pytest.raises(LimitError, match="larger ridge"):
        ease_weights(-np.eye(3), 0.5)
    with pytest.raises(LimitError, match="at most 3 items"):
        Ease(max_items=3).fit(two_clans(), rng=RNG)


def test_neighbours_by_hand() -> None:
    # a is liked by 4, b by 2, c by 2; a and b together by 2, a and c by 1, b and c by none.
    made = world(
        "hand", {"1": ["a", "b"], "2": ["a", "b"], "3": ["a", "c"], "4": ["a"], "5": ["c"]}, "abc"
    )
    weights = ItemKNN(k=2, shrink=1.0).fit(made, rng=RNG).weights.toarray()
    ab, ac = 2 / (np.sqrt(8) + 1), 1 / (np.sqrt(8) + 1)
    np.testing.assert_allclose(weights, [[0, ab, ac], [ab, 0, 0], [ac, 0, 0]], rtol=1e-6)
    one = ItemKNN(k=1, shrink=1.0).fit(made, rng=RNG).weights.toarray()
    # a's one neighbour is b, so c no longer says anything about a; a still does about c.
    np.testing.assert_allclose(one, [[0, ab, ac], [ab, 0, 0], [0, 0, 0]], rtol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 9), st.floats(0, 20))
def test_neighbours_equal_the_naive_loop(seed: int, k: int, shrink: float) -> None:
    x = likes(20, 9, seed)
    made = world(
        "any",
        {f"p{u}": [f"i{i}" for i in np.flatnonzero(row)] for u, row in enumerate(x)},
        [f"i{i}" for i in range(9)],
    )
    found = ItemKNN(k=k, shrink=shrink).fit(made, rng=RNG).weights.toarray()
    together, counts = x.T @ x, x.sum(axis=0)
    expected = np.zeros((9, 9))
    for target in range(9):
        value = [
            (-together[target, j] / (np.sqrt(counts[target] * counts[j]) + shrink), j)
            for j in range(9)
            if j != target and together[target, j] > 0
        ]
        for negative, j in sorted(value)[:k]:
            expected[j, target] = -negative
    chosen = found > 0
    np.testing.assert_allclose(found.sum(axis=0), expected.sum(axis=0), rtol=1e-5)
    assert (chosen.sum(axis=0) == (expected > 0).sum(axis=0)).all()


@pytest.mark.parametrize("model", [Ease(ridge=50.0), ItemKNN(k=20)], ids=lambda m: type(m).__name__)
def test_clans_are_told_apart_also_for_somebody_never_seen(model: Ease | ItemKNN) -> None:
    made = two_clans()
    fitted = model.fit(made, rng=RNG)
    clans = np.array([str(clan) for clan in made.items["clan"].to_list()])
    met = np.isin(np.arange(made.n_items), made.histories.all.rows)
    for clan, other in (("red", "blue"), ("blue", "red")):
        past = made.item_ids.rows([f"{clan}-0", f"{clan}-3"])
        scores = fitted.score(Evidence(History.of(past)))
        unseen = met & ~np.isin(np.arange(made.n_items), past)
        assert scores[unseen & (clans == clan)].min() > scores[unseen & (clans == other)].max()


def test_new_items_are_beyond_item_item_models() -> None:
    made = attributes_only()
    scores = Ease(ridge=1.0).fit(made, rng=RNG).score(made.evidence(0))
    new = [row for row, name in enumerate(made.item_ids.ids) if name.startswith("new")]
    assert not scores[new].any()


def test_only_the_newest_opinion_of_an_item_counts_and_it_counts_once() -> None:
    weights = np.arange(16, dtype=np.float32).reshape(4, 4)
    for fitted in (FittedItemItem(weights), FittedItemItem(csr_matrix(weights))):
        history = History.of([0, 1, 0, 2, 1, 3], signals=[1, 1, 0.5, -1, -1, 0])
        np.testing.assert_array_equal(fitted.score(Evidence(history)), weights[0])
        liked_again = History.of([1, 1, 1], signals=[1, -1, 1])
        np.testing.assert_array_equal(fitted.score(Evidence(liked_again)), weights[1])


def test_deleting_an_event_takes_away_its_share() -> None:
    made = two_clans()
    fitted = Ease(ridge=1.0).fit(made, rng=RNG)
    history = made.histories.of(0)
    rows = top(fitted.score(Evidence(history)), 5)
    past = fitted.explain(Evidence(history), rows).past
    full = fitted.score(Evidence(history), rows)
    for place in range(len(history)):
        left = history.take(np.arange(len(history)) != place)
        fall = full - fitted.score(Evidence(left), rows)
        np.testing.assert_allclose(past[:, place], fall, atol=1e-6)


def test_similar_items_are_a_row_that_may_be_written_to() -> None:
    for fitted in (
        FittedItemItem(np.eye(3, dtype=np.float32)),
        FittedItemItem(csr_matrix(np.eye(3, dtype=np.float32))),
    ):
        line = fitted.similar(1)
        assert line.tolist() == [0, 1, 0]
        line[:] = 5
        assert fitted.similar(1).tolist() == [0, 1, 0]
