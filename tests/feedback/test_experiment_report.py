"""The report of an experiment, from the log to the verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from foretaste.core import Event, Impression
from foretaste.core.errors import UnknownNameError
from foretaste.feedback import assign, experiment_report


@dataclass(frozen=True)
class Arm:
    weight: float


@dataclass(frozen=True)
class Trial:
    salt: str
    arms: dict[str, Arm]


WEIGHTS = {"control": 1.0, "new": 1.0}


def run(
    seed: int, lift: float, people: int = 800, habit: float = 0.0
) -> tuple[list[Impression], list[Event]]:
    """People with a habit of clicking, before the start (time 0) and in the trial."""
    rng = np.random.default_rng(seed)
    trial = Trial(f"salt {seed}", {name: Arm(weight) for name, weight in WEIGHTS.items()})
    shown, events = [], []
    for person in range(people):
        name = f"person {person}"
        arm = assign(trial, name)
        mood = np.clip(0.2 + habit * rng.normal(), 0.02, 0.9)
        events += [
            Event(f"old {k}", "click", None, -1_000.0 + k, name)
            for k in range(rng.poisson(60 * mood))
        ]
        for k in range(2):
            answer, time_s = f"{person} {k}", 10.0 * person + k
            shown.append(
                Impression(answer, name, ("a", "b", "c"), (1.0,) * 3, time_s, arms={"trial": arm})
            )
            rate = mood + (lift if arm == "new" else 0.0)
            events += [
                Event(item, "click", None, time_s + 1, name, answer_id=answer)
                for item in "abc"
                if rng.random() < rate
            ]
    return shown, events


def test_an_effect_is_found_both_ways() -> None:
    shown, events = run(0, 0.12)
    report = experiment_report(shown, events, "trial", WEIGHTS, horizon=800)
    assert [arm.name for arm in report.arms] == ["control", "new"]
    assert sum(arm.people for arm in report.arms) == 800
    assert not report.ratio.mismatch and report.crossed == 0
    (effect,) = report.effects
    assert (effect.arm, effect.control) == ("new", "control")
    values = {arm.name: arm.value.value for arm in report.arms}
    assert effect.fixed.difference == pytest.approx(values["new"] - values["control"])
    assert effect.fixed.low <= 0.12 <= effect.fixed.high and effect.fixed.significant
    assert effect.running.decided and effect.running.low <= 0.12 <= effect.running.high
    assert effect.p_holm == effect.fixed.p


def test_the_past_takes_variance_away() -> None:
    shown, events = run(1, 0.1, habit=0.15)
    plain = experiment_report(shown, events, "trial", WEIGHTS).effects[0].fixed
    sharp = experiment_report(shown, events, "trial", WEIGHTS, started_s=0.0).effects[0].fixed
    assert plain.variance_removed == 0 and sharp.variance_removed > 0.2
    assert sharp.high - sharp.low < 0.92 * (plain.high - plain.low)
    assert sharp.low <= 0.1 <= sharp.high


def test_no_effect_is_seldom_found() -> None:
    fixed, running = 0, 0
    for seed in range(40):
        shown, events = run(seed, 0.0, people=250, habit=0.1)
        (effect,) = experiment_report(shown, events, "trial", WEIGHTS, started_s=0.0).effects
        fixed += effect.fixed.significant
        running += effect.running.decided
    assert fixed <= 6 and running <= 5


def test_metrics_arms_and_people_who_crossed() -> None:
    def answer(name: str, user_id: str, arm: str, time_s: float = 0.0) -> Impression:
        return Impression(name, user_id, ("a", "b"), (1.0, 1.0), time_s, arms={"t": arm, "u": "z"})

    shown = [answer(f"a{n}", f"a{n}", "a") for n in range(4)]
    shown += [answer(f"b{n}", f"b{n}", "b") for n in range(4)]
    shown += [answer("x1", "x", "a"), answer("x2", "x", "b", 5.0)]
    shown += [Impression("free", "free", ("a",), (1.0,), 0.0), answer("c", "c0", "c")]
    events = [Event("a", "buy", None, 1.0, f"b{n}", answer_id=f"b{n}") for n in range(3)]
    events += [Event("b", "play", 30.0, 1.0, "a0", answer_id="a0")]

    def values(metric: str) -> list[float]:
        report = experiment_report(
            shown, events, "t", {"a": 1, "b": 1, "c": 1, "off": 0}, metric=metric, control="b"
        )  # type: ignore[arg-type]
        assert report.crossed == 1
        assert [arm.people for arm in report.arms] == [4, 4, 1]
        assert [effect.arm for effect in report.effects] == ["a"]
        return [arm.value.value for arm in report.arms]

    assert values("click_rate") == [1 / 8, 3 / 8, 0.0]
    assert values("clicks") == [0.25, 0.75, 0.0]
    assert values("conversion") == [0.0, 0.75, 0.0]
    assert values("dwell_s") == [7.5, 0.0, 0.0]
    with pytest.raises(UnknownNameError):
        values("happiness")
    with pytest.raises(UnknownNameError):
        experiment_report(shown, events, "t", {"a": 1}, control="b")
    nothing = experiment_report([], [], "t", WEIGHTS)
    assert nothing.effects == () and nothing.ratio.p == 1.0
    assert [arm.people for arm in nothing.arms] == [0, 0]


def test_a_broken_split_is_said() -> None:
    shown, events = run(3, 0.0)
    kept = [one for n, one in enumerate(shown) if one.arms["trial"] == "new" or n % 4]
    report = experiment_report(kept[::2], events, "trial", {"control": 1.0, "new": 2.0})
    assert report.ratio.mismatch
