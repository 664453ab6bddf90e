"""How the parts are joined is chosen on later events, unless somebody has said so."""

from __future__ import annotations

import pytest

from foretaste.core import stream
from foretaste.taste import TasteModel
from foretaste.taste.joining import learned
from foretaste.testing import one_person, two_clans


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
