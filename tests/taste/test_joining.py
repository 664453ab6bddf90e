"""How the parts are joined is chosen on later events, unless somebody has said so."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.core import stream
from foretaste.taste import TasteModel
from foretaste.taste.joining import learned
from foretaste.testing import one_person, two_clans, world


def test_too_few_people_change_nothing() -> None:
    model = TasteModel(learn=False)
    assert learned(model, one_person(), stream(0)) is model


def test_the_same_seed_chooses_the_same() -> None:
    chosen = [learned(TasteModel(learn=False), two_clans(), stream(0)) for _ in range(2)]
    assert chosen[0].digest() == chosen[1].digest()


@pytest.mark.parametrize(
    "said",
    [
        {"task": "complete"},
        {"direction": {"form": "none"}},
        {"direction": {"joint_events": 64.0}},
        {"prior": {"noise": 0.5}},
    ],
)
def test_what_is_said_is_not_chosen_again(said: dict[str, object]) -> None:
    data = two_clans()
    asked = TasteModel.of(said).fit(data, rng=stream(0))
    exact = TasteModel.of({**said, "learn": False}).fit(data, rng=stream(0))
    assert asked.direction.meta() == exact.direction.meta()
    assert asked.settings == exact.settings


def test_block_weights_and_ageing_are_tried_unless_they_are_said() -> None:
    data = two_clans()
    free = learned(TasteModel(learn=False), data, stream(0))
    said = {"language": 0.3, "attributes": 0.3, "half_life_days": 9.0}
    kept = learned(TasteModel.of({"learn": False, "prior": said}), data, stream(0)).prior
    assert {name: getattr(kept, name) for name in said} == said
    assert free.learn is False


def test_a_larger_block_that_finds_what_comes_later_is_chosen() -> None:
    """Two clans that only the text tells apart, seen by few enough that likes cannot."""
    rng = stream(3, "texts")
    items = [f"i{n}" for n in range(60)]
    vectors = np.zeros((60, 4), np.float32)
    vectors[:30, 0] = vectors[30:, 1] = 1.0
    vectors += rng.normal(0, 0.05, vectors.shape).astype(np.float32)
    people = {}
    for number in range(120):
        pool = rng.permutation(30)[:6] + (30 if number % 2 else 0)
        people[f"p{number}"] = [items[row] for row in pool]
    data = world("texts", people, items, vectors={"text": vectors})
    chosen = learned(TasteModel(learn=False), data, stream(0))
    assert chosen.prior.language >= TasteModel().prior.language
