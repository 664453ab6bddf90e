"""Feedback finds the answer it reacts to: by name, else by what was shown lately."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from foretaste.core import Event, Impression
from foretaste.core.errors import DataError
from foretaste.feedback import (
    BY_ANSWER,
    BY_WINDOW,
    EVENT_COLUMNS,
    IMPRESSION_COLUMNS,
    attributed,
    events_frame,
    impressions_frame,
    interleaving_credits,
    interleaving_outcome,
    places_shown,
)

DAY_S = 86_400.0


def answer(name: str, user_id: str | None, items: str, time_s: float, **more: object) -> Impression:
    return Impression(name, user_id, tuple(items), (1.0,) * len(items), time_s, **more)  # type: ignore[arg-type]


def outcome(impressions: list[Impression], *events: Event) -> list[tuple[object, ...]]:
    found = attributed(impressions, list(events), window_s=DAY_S)
    return list(found.select("to_answer", "place", "by").iter_rows())


SHOWN = [
    answer("first", "ann", "abc", 1_000.0),
    answer("second", "ann", "cde", 2_000.0),
    answer("bobs", "bob", "abc", 1_500.0),
    answer("anyone", None, "xyz", 1_000.0),
    answer("empty", "ann", "", 2_500.0),
]


def test_a_named_answer_wins() -> None:
    found = outcome(
        SHOWN,
        Event("c", "click", None, 3_000.0, "ann", answer_id="first"),
        Event("q", "buy", None, 3_000.0, "ann", answer_id="first"),
        Event("y", "click", None, None, "whoever", answer_id="anyone"),
    )
    assert found == [("first", 2, BY_ANSWER), ("first", None, BY_ANSWER), ("anyone", 1, BY_ANSWER)]


def test_without_a_name_the_last_answer_that_showed_it() -> None:
    found = outcome(
        SHOWN,
        Event("c", "click", None, 3_000.0, "ann"),
        Event("a", "click", None, 3_000.0, "ann"),
        Event("c", "click", None, 1_999.0, "ann"),
        Event("c", "click", None, 2_000.0, "ann", answer_id="of another time"),
    )
    assert found == [
        ("second", 0, BY_WINDOW),
        ("first", 0, BY_WINDOW),
        ("first", 2, BY_WINDOW),
        ("second", 0, BY_WINDOW),
    ]


def test_what_is_no_reaction_is_none() -> None:
    nothing = (None, None, None)
    found = outcome(
        SHOWN,
        Event("c", "click", None, 999.0, "ann"),  # before it was shown
        Event("c", "click", None, 2_001.0 + DAY_S, "ann"),  # too late
        Event("d", "click", None, 3_000.0, "bob"),  # shown to somebody else
        Event("x", "click", None, 1_001.0, None),  # nobody's same person
        Event("c", "click", None, None, "ann"),  # who knows when
        Event("", "search", None, 3_000.0, "ann", "words"),
    )
    assert found == [nothing] * 6


def test_the_order_and_number_of_events_stay() -> None:
    events = [Event("c", "click", None, float(t), "ann") for t in (9_000, 1_200, 5_000, 1_200)]
    found = attributed(SHOWN, events)
    assert found["time_s"].to_list() == [9_000, 1_200, 5_000, 1_200]
    assert set(EVENT_COLUMNS) <= set(found.columns)
    twice = attributed([*SHOWN, SHOWN[0]], events)
    assert twice.equals(found)
    double = answer("double", "ann", "aba", 100.0)
    assert outcome([double], Event("a", "click", None, 200.0, "ann")) == [("double", 0, BY_WINDOW)]


def test_frames_of_a_store_and_values_say_the_same() -> None:
    told = replace(SHOWN[0], arms={"trial": "b"}, source="taste")
    events = [Event("c", "click", None, 3_000.0, "ann"), Event("a", "play", 7.0, 3_000.0, "ann")]
    shown, done = impressions_frame([told]), events_frame(events)
    assert dict(shown.schema) == dict(IMPRESSION_COLUMNS)
    assert dict(done.schema) == dict(EVENT_COLUMNS)
    assert attributed(shown, done).equals(attributed([told], events))
    as_struct = shown.with_columns(arms=pl.Series([{"trial": "b"}]))
    assert impressions_frame(as_struct)["arms"].to_list() == ['{"trial":"b"}']
    bare = shown.select("answer_id", "user_id", "item_ids", "time_s")
    assert attributed(bare, done.drop("answer_id"))["to_answer"].to_list() == ["first", "first"]
    with pytest.raises(DataError, match="item_ids"):
        impressions_frame(shown.drop("item_ids"))
    with pytest.raises(DataError, match="kind"):
        events_frame(done.drop("kind"))
    assert not len(attributed([], [])) and not len(places_shown([], []))


def test_places_with_their_odds_and_rewards() -> None:
    shown = [
        Impression("one", "ann", ("a", "b"), (0.9, 0.2), 0.0, explored=(False, True)),
        Impression("two", "bob", ("c",), (), 0.0),
    ]
    events = [
        Event("b", "click", None, 1.0, "ann", answer_id="one"),
        Event("b", "play", 9.0, 2.0, "ann", answer_id="one"),
        Event("c", "dislike", None, 1.0, "bob", answer_id="two"),
    ]
    found = places_shown(shown, events)
    rows = found.select("answer_id", "place", "item_id", "propensity", "explored", "reward")
    assert rows.rows() == [
        ("one", 0, "a", 0.9, False, 0.0),
        ("one", 1, "b", 0.2, True, 1.0),
        ("two", 0, "c", 1.0, False, 0.0),
    ]
    assert places_shown(shown, events, kinds=("dislike",))["reward"].to_list() == [0, 0, 1]


def test_interleaved_answers_are_credited_by_team() -> None:
    arms = {"mix": "interleaved"}
    shown, events = [], []
    for n in range(30):
        explored = (False, True, n % 2 == 0)
        shown.append(answer(f"m{n}", f"p{n}", "abc", 0.0, arms=arms, explored=explored))
        events.append(Event("b", "click", None, 1.0, f"p{n}", answer_id=f"m{n}"))
    shown.append(answer("other", "ann", "abc", 0.0))
    events.append(Event("a", "click", None, 1.0, "ann", answer_id="other"))
    credits = list(interleaving_credits(shown, events, "mix"))
    assert credits == [(f"p{n}", 0, 1) for n in range(30)]
    found = interleaving_outcome(credits)
    assert found.winner == "b" and found.b == 30
