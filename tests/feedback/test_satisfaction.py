"""The satisfaction report counts what it says it counts, and its intervals cover."""

from __future__ import annotations

import math

import numpy as np
import pytest

from foretaste.core import Event, Impression
from foretaste.core.errors import UnknownNameError
from foretaste.feedback import (
    MEASURES,
    Satisfaction,
    SatisfactionSettings,
    ratio_of_sums,
    satisfaction,
    wilson,
)

DAY_S = 86_400.0


def answer(name: str, user_id: str | None, time_s: float, **more: object) -> Impression:
    return Impression(name, user_id, ("a", "b", "c", "d"), (1.0,) * 4, time_s, **more)  # type: ignore[arg-type]


def event(kind: str, item: str, of: str, user_id: str = "ann", **more: object) -> Event:
    return Event(item, kind, user_id=user_id, answer_id=of, **{"time_s": 10.0, **more})  # type: ignore[arg-type]


SHOWN = [
    answer("1", "ann", 0.0, source="taste", arms={"trial": "new"}),
    answer("2", "ann", 100.0, source="taste", arms={"trial": "new"}),
    answer("3", "bob", 0.0, source="popularity", arms={"trial": "old", "other": "x"}),
    answer("4", "cy", 2 * DAY_S, source="taste", arms={"trial": "old"}),
    answer("5", None, 0.0, source="taste"),
    answer("6", "dee", 9 * DAY_S, source="taste", arms={"trial": "new"}),
]
EVENTS = [
    event("click", "a", "1"),
    event("play", "a", "1", value=40.0),
    event("play", "b", "1", value=20.0),
    event("dislike", "c", "1"),
    event("buy", "b", "2"),
    event("buy", "zzz", "2"),
    event("return", "b", "2", time_s=500.0),
    event("click", "d", "3", "bob"),
    event("click", "a", "5", "somebody"),
    Event("q", "view", None, 3 * DAY_S, "ann"),
    Event("q", "view", None, 30 * 60.0, "bob"),
]


def cell(report: Satisfaction, **key: str) -> dict[str, tuple[float, int]]:
    found = next(one for one in report.cells if dict(one.key) == key)
    return {name: (m.value, m.n) for name, m in found.measures.items()}


def test_every_number_by_hand() -> None:
    report = satisfaction(SHOWN, EVENTS, by=())
    (whole,) = report.cells
    assert (whole.answers, whole.people, whole.shown) == (6, 5, 24)
    assert (report.by_answer, report.by_window, report.unattributed) == (9, 0, 2)
    found = cell(report)
    # Places clicked: a and b of 1, b of 2, d of 3, a of 5. A dislike is no click, and an item
    # that was not in the list has no place.
    assert found["ctr"] == (pytest.approx(5 / 24), 5)
    assert found["conversion"] == (pytest.approx(1 / 5), 5)
    assert found["dwell_s"] == (pytest.approx(30.0), 1)
    # ann came back after three days; bob was seen again within the hour, which is the same visit;
    # cy has not; dee has not been watched for a week, and nobody in particular cannot come back.
    assert found["came_back"] == (pytest.approx(1 / 3), 3)
    assert found["sent_back"] == (pytest.approx(1 / 2), 1)
    assert set(found) == set(MEASURES)


def test_by_source_arm_and_group() -> None:
    by_source = satisfaction(SHOWN, EVENTS, by=("source",))
    assert [dict(one.key) for one in by_source.cells] == [
        {"source": "popularity"},
        {"source": "taste"},
    ]
    assert cell(by_source, source="popularity")["ctr"][0] == pytest.approx(1 / 4)
    by_arm = satisfaction(SHOWN, EVENTS, by=("arm",))
    assert [one.key["arm"] for one in by_arm.cells] == [
        "none",
        "other: x",
        "trial: new",
        "trial: old",
    ]
    assert cell(by_arm, arm="trial: new")["ctr"][0] == pytest.approx(3 / 12)
    assert cell(by_arm, arm="other: x")["ctr"][0] == pytest.approx(1 / 4)
    groups = {"ann": "young", "bob": "old", "cy": "young"}
    both = satisfaction(SHOWN, EVENTS, by=("source", "group"), groups=groups)
    assert cell(both, source="taste", group="young")["ctr"] == (pytest.approx(3 / 12), 2)
    assert cell(both, source="taste", group="unknown")["ctr"][1] == 2
    frame = both.frame()
    assert frame.columns[:5] == ["source", "group", "answers", "people", "shown"]
    assert {f"ctr{end}" for end in ("", "_low", "_high", "_n")} <= set(frame.columns)
    with pytest.raises(UnknownNameError):
        satisfaction(SHOWN, EVENTS, by=("colour",))  # type: ignore[arg-type]


def test_what_counts_is_a_setting() -> None:
    def value(name: str, **given: object) -> float:
        settings = SatisfactionSettings.of(given)
        return cell(satisfaction(SHOWN, EVENTS, by=(), settings=settings))[name][0]

    assert value("ctr", clicks=("dislike",)) == pytest.approx(1 / 24)
    assert value("conversion", conversions=("click",)) == pytest.approx(3 / 5)
    assert value("came_back", back_after_s=60.0) == pytest.approx(2 / 3)
    assert value("came_back", back_within_s=DAY_S) == 0.0
    assert math.isnan(value("sent_back", conversions=("share",)))
    assert math.isnan(value("dwell_s", dwells=()))


def test_feedback_without_a_name_counts_by_window() -> None:
    events = [Event("a", "click", None, 50.0, "ann")]
    report = satisfaction(SHOWN, events, by=())
    assert report.by_window == 1 and cell(report)["ctr"][0] == pytest.approx(1 / 24)


def test_nothing_shown_is_an_empty_report() -> None:
    report = satisfaction([], EVENTS)
    assert report.cells == () and report.unattributed == len(EVENTS) and len(report.frame()) == 0
    quiet = satisfaction(SHOWN, [], by=())
    assert cell(quiet)["ctr"][0] == 0.0
    assert 0 < quiet.cells[0].measures["ctr"].high < 1


def test_the_order_of_rows_does_not_matter() -> None:
    report = satisfaction(SHOWN, EVENTS, groups={"ann": "g"})
    assert satisfaction(SHOWN[::-1], EVENTS[::-1], groups={"ann": "g"}) == report


def test_wilson_known_answers() -> None:
    # Newcombe 1998, table I: 81 of 263 and 15 of 148.
    found = wilson(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    found = wilson(15, 148)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0624, 0.1605)
    assert wilson(0, 20).low == pytest.approx(0, abs=1e-12)
    assert round(wilson(0, 20).high, 4) == 0.1611
    assert math.isnan(wilson(0, 0).value)


def test_click_through_covers_though_people_differ() -> None:
    rng, covered, width = np.random.default_rng(0), 0, []
    for seed in range(250):
        shown = rng.poisson(20, 80) + 1
        clicked = rng.binomial(shown, rng.beta(1, 3, 80))
        found = ratio_of_sums(clicked, shown, resamples=400, seed=seed)
        covered += found.low <= 0.25 <= found.high
        width.append(found.high - found.low)
    assert covered / 250 > 0.9
    many = ratio_of_sums(np.tile(clicked, 100), np.tile(shown, 100))
    few = ratio_of_sums(clicked, shown)
    assert many.value == few.value
    assert (few.high - few.low) / (many.high - many.low) == pytest.approx(10, rel=0.1)
    alone = ratio_of_sums(np.array([1.0]), np.array([4.0]))
    assert alone.value == 0.25 and math.isnan(alone.low)
