"""iALS: where its loss is least, the gradient is zero; the reasons sum and delete exactly."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.core import Evidence, FloatArray, History, stream, top
from foretaste.models import GRIDS, IALS, Ease, FittedIALS, ItemKNN, ials_loss
from foretaste.testing import two_clans

SMALL = IALS(embedding_size=6, sweeps=5, ridge=0.02, absence=0.2, frequency=0.7)


@pytest.fixture(scope="module")
def fitted() -> FittedIALS:
    return SMALL.fit(two_clans(), rng=stream(0))


def stated_loss(settings: IALS, x: FloatArray, w: FloatArray, v: FloatArray) -> float:
    """The docstring's formula, entry by entry."""
    n_users, n_items = x.shape
    loss = 0.0
    for u in range(n_users):
        for i in range(n_items):
            said = float(w[u] @ v[i])
            loss += x[u, i] * (said - 1.0) ** 2 + settings.absence * said**2
    for u in range(n_users):
        scale = (x[u].sum() + settings.absence * n_items) ** settings.frequency
        loss += settings.ridge * scale * float(w[u] @ w[u])
    for i in range(n_items):
        scale = (x[:, i].sum() + settings.absence * n_users) ** settings.frequency
        loss += settings.ridge * scale * float(v[i] @ v[i])
    return loss


def test_the_loss_is_the_stated_one(fitted: FittedIALS) -> None:
    world = two_clans()
    people = fitted.person([world.evidence(u) for u in range(world.n_users)])
    slow = stated_loss(SMALL, world.liked.toarray(), people, fitted.items.astype(float))
    assert ials_loss(SMALL, world.liked, people, fitted.items) == pytest.approx(slow)


def test_the_gradient_of_a_folded_in_person_is_zero(fitted: FittedIALS) -> None:
    items = fitted.items.astype(float)
    for rows in ([0], [0, 3, 7], list(range(20))):
        w = fitted.person([Evidence(History.of(rows))])[0]
        ridge = SMALL.ridge * (len(rows) + SMALL.absence * len(items)) ** SMALL.frequency
        mine = items[rows]
        gradient = (
            2 * mine.T @ (mine @ w - 1.0)
            + 2 * SMALL.absence * items.T @ (items @ w)
            + 2 * ridge * w
        )
        np.testing.assert_allclose(gradient, 0.0, atol=1e-9)


def test_every_sweep_lowers_the_loss() -> None:
    world = two_clans()
    everybody = [world.evidence(u) for u in range(world.n_users)]
    losses = []
    for sweeps in range(1, 9):
        settings = SMALL.model_copy(update={"sweeps": sweeps})
        part = settings.fit(world, rng=stream(0))
        losses.append(ials_loss(settings, world.liked, part.person(everybody), part.items))
    assert (np.diff(losses) < 1e-4).all()
    assert losses[-1] < 0.95 * losses[0]


def test_effects_are_what_deleting_an_event_does(fitted: FittedIALS) -> None:
    history = two_clans().histories.of(3)
    rows = np.arange(8, dtype=np.int32)
    found = fitted.explain(Evidence(history), rows)
    assert found.effect is not None
    full = fitted.score(Evidence(history), rows)
    for place in range(len(history)):
        left = history.take(np.arange(len(history)) != place)
        fall = full - fitted.score(Evidence(left), rows)
        np.testing.assert_allclose(found.effect[:, place], fall, atol=1e-5)


def test_the_effect_of_an_only_event_is_the_whole_score(fitted: FittedIALS) -> None:
    evidence = Evidence(History.of([2]))
    rows = np.arange(5, dtype=np.int32)
    found = fitted.explain(evidence, rows)
    assert found.effect is not None
    np.testing.assert_allclose(found.effect[:, 0], fitted.score(evidence, rows), atol=1e-6)


def test_clans_are_told_apart() -> None:
    world = two_clans()
    fitted = IALS(embedding_size=2, ridge=0.1).fit(world, rng=stream(0))
    scores = fitted.score(Evidence(History.of(world.item_ids.rows(["blue-1", "blue-4"]))))
    best = world.item_ids.names(top(scores, 9).tolist())
    assert all(name.startswith("blue-") for name in best)


def test_the_seed_draws_the_starting_point_only() -> None:
    world = two_clans()
    settings = SMALL.model_copy(update={"sweeps": 60, "embedding_size": 2})
    one, other = (settings.fit(world, rng=stream(seed)) for seed in (1, 2))
    assert not np.allclose(one.items, other.items)
    evidence = world.evidence(0)
    np.testing.assert_allclose(one.score(evidence), other.score(evidence), atol=1e-3)


def test_the_grids_are_of_their_models_and_hold_no_setting_twice() -> None:
    for name, model in (("ials", IALS), ("ease", Ease), ("itemknn", ItemKNN)):
        assert all(isinstance(settings, model) for settings in GRIDS[name])
        assert len({settings.digest() for settings in GRIDS[name]}) == len(GRIDS[name])
