"""Arms reach answers, answers name arms, and results say what was there by construction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from foretaste.app.service import Arm, Experiment, Service, Workspace
from foretaste.core import Event, Query
from foretaste.core.errors import ConflictError, InputError, UnknownIdError
from foretaste.feedback import Exploration, assign


def draft(kind: str = "ab", **settings: Any) -> Experiment:
    return Experiment("try", kind, {"a": Arm(), "b": Arm(1.0, settings)})  # type: ignore[arg-type]


def test_each_person_stays_in_their_arm_in_every_process(
    settings_of: Callable[..., Any], until: Callable[..., Any]
) -> None:
    with Service.open(settings_of()) as one, Service.open(settings_of()) as two:
        here, there = one.workspace(), two.workspace()
        here.put_experiment(draft(source="popularity"), actor="k")
        assert here.recommend(Query("p")).arms == {}
        running = here.start_experiment("try")
        until(lambda: there._inside.trying.running)
        for number in range(20):
            who = f"p{number}"
            first, second = here.recommend(Query(who)), there.recommend(Query(who))
            assert first.arms == second.arms == {"try": assign(running, who)}
            expected = "popularity" if first.arms["try"] == "b" else "taste"
            assert first.source == second.source == expected
            assert here.answer_shown(first.answer_id).arms == first.arms
        assert here.recommend(Query()).arms == {}  # nobody in particular is in no arm
        asked = here.recommend(Query("p0"), source="taste")
        assert asked.source == "taste"  # what the request says goes before the arm
        here.stop_experiment("try")
        assert here.recommend(Query("p0")).arms == {}
        with pytest.raises(ConflictError):
            here.start_experiment("try")
        with pytest.raises(ConflictError):
            here.put_experiment(draft())


def test_a_better_arm_is_found_better(space: Workspace) -> None:
    space.put_experiment(draft(source="popularity"))
    space.start_experiment("try")
    for number in range(120):
        who = f"p{number}"
        answer = space.recommend(Query(who))
        clicks = answer.item_ids[:5] if answer.arms["try"] == "b" else answer.item_ids[:1]
        space.record([Event(i, "click", user_id=who, answer_id=answer.answer_id) for i in clicks])
    result = space.experiment_result("try")
    assert result.report is not None
    arms = {arm.name: arm for arm in result.report.arms}
    assert arms["a"].people + arms["b"].people == 120 and not result.report.ratio.mismatch
    (effect,) = result.report.effects
    assert (effect.arm, effect.control) == ("b", "a")
    assert effect.p_holm < 0.01
    cells = {cell.key["arm"]: cell for cell in space.satisfaction(("arm",)).cells}
    assert cells["try: b"].measures["ctr"].value == pytest.approx(0.5)
    assert cells["try: a"].measures["ctr"].value == pytest.approx(0.1)


def test_interleaving_credits_who_put_the_item_there(space: Workspace) -> None:
    space.put_experiment(draft("interleaving", source="popularity"))
    space.start_experiment("try")
    with pytest.raises(ConflictError):
        other = Experiment("second", "interleaving", {"a": Arm(), "b": Arm()})
        space.put_experiment(other)
        space.start_experiment("second")
    for number in range(60):
        who = f"p{number}"
        answer = space.recommend(Query(who, n=6))
        assert answer.arms == {"try": "interleaved"} and answer.propensities is not None
        theirs = [i for i, b in zip(answer.item_ids, answer.explored, strict=True) if b]
        space.record([Event(theirs[0], "click", user_id=who, answer_id=answer.answer_id)])
    outcome = space.experiment_result("try").outcome
    assert outcome is not None and outcome.winner == "b" and outcome.b == 60


def test_exploration_is_off_until_somebody_turns_it_on(
    settings_of: Callable[..., Any], until: Callable[..., Any]
) -> None:
    with Service.open(settings_of()) as one, Service.open(settings_of()) as two:
        here, there = one.workspace(), two.workspace()
        assert here.recommend(Query("x")).propensities is None
        here.set_exploration(Exploration(kind="thompson", share=0.3), actor="k")
        until(lambda: there.exploration().active)
        found = [there.recommend(Query("x")) for _ in range(20)]
        assert all(one.propensities is not None for one in found)
        assert len({one.item_ids for one in found}) > 1  # drawn anew each time
        explored = [sum(one.explored) for one in found]
        assert max(explored) <= 3 and sum(explored) > 0
        assert there.recommend(Query("x"), explore=0.0).propensities is None


def test_arms_that_make_no_sense_are_refused(space: Workspace) -> None:
    for bad in (
        Experiment("x", "ab", {"a": Arm()}),
        Experiment("x", "ab", {"a": Arm(), "b": Arm(-1.0)}),
        Experiment("x", "ab", {"a": Arm(), "b": Arm(1.0, {"source": "nobody"})}),
        Experiment("x", "ab", {"a": Arm(), "b": Arm(1.0, {"diversity": 2})}),
        Experiment("x", "ab", {"a": Arm(), "b": Arm(1.0, {"colour": "red"})}),
        Experiment("x", "interleaving", {"a": Arm(), "b": Arm(), "c": Arm()}),
        Experiment("x", "ab", {"a": Arm(), "b": Arm()}, metric="happiness"),
    ):
        with pytest.raises(InputError):
            space.put_experiment(bad)
    with pytest.raises(UnknownIdError):
        space.experiment_result("nobody")
    assert space.experiments() == []


def test_reports_can_be_asked_for_before_anything_happened(space: Workspace) -> None:
    assert space.satisfaction().cells == ()
    assert space.drift().alarm is False
    stats = space.stats()
    assert stats.items == 22 and stats.events_since_fit == 0 and stats.bundle_digest == space.digest
    with pytest.raises(InputError):
        space.satisfaction(("group",), group="no such attribute")
