"""Popularity, trends and newness, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.core import Event, Evidence, stream
from foretaste.core.errors import UnknownNameError
from foretaste.models import Latest, Popularity, Trending
from foretaste.testing import popularity_only, two_clans, world

RNG = stream(0)
DAY_S = 86_400.0


def like(item: str, day: float | None) -> Event:
    return Event(item, "like", time_s=None if day is None else day * DAY_S)


def test_popularity_is_the_number_of_people() -> None:
    fitted = Popularity().fit(popularity_only((9, 6, 4, 0)), rng=RNG)
    assert fitted.score(Evidence()).tolist() == [9, 6, 4, 0]
    twice = world("twice", {"ann": ["a", "a", Event("b", "dislike")], "bob": ["a"]}, "ab")
    assert Popularity().fit(twice, rng=RNG).score(Evidence()).tolist() == [2, 0]


def test_a_half_life_by_hand() -> None:
    # The newest event in the data is on day 20 (a dislike): ages are counted from there.
    made = world(
        "fading",
        {
            "ann": [like("a", 0), like("b", 10), like("a", 10)],
            "bob": [like("a", 0), Event("c", "dislike", time_s=20 * DAY_S)],
            "cy": [like("b", None)],
        },
        "abc",
    )
    scores = Popularity(half_life_days=10).fit(made, rng=RNG).score(Evidence())
    # a: ann's newest like is 10 days old, bob's 20; b: ann's 10, cy's unknown counts as 20.
    np.testing.assert_allclose(scores, [0.5 + 0.25, 0.5 + 0.25, 0.0])


def test_a_very_long_half_life_is_plain_popularity() -> None:
    made = two_clans()
    plain = Popularity().fit(made, rng=RNG).score(Evidence())
    fading = Popularity(half_life_days=1e9).fit(made, rng=RNG).score(Evidence())
    np.testing.assert_allclose(fading, plain, rtol=1e-5)


def test_what_is_likely_to_trend_is_what_rises() -> None:
    # Window: the last 10 days of 110. "steady" has one like every 10 days, "rising" two now.
    steady = {f"s{day}": [like("steady", day)] for day in range(0, 111, 10)}
    rising = {"r1": [like("rising", 108)], "r2": [like("rising", 110)]}
    made = world(
        "trend", {**steady, **rising, "x": [like("past", 50)]}, ["steady", "rising", "past"]
    )
    scores = Trending(window_days=9.5).fit(made, rng=RNG).score(Evidence())
    expected = 11 * 9.5 / 100.5
    assert scores[0] == pytest.approx((1 - expected) / np.sqrt(expected + 1), rel=1e-5)
    assert scores[1] == pytest.approx(2.0)
    assert scores[1] > scores[0] > scores[2]


def test_without_a_past_the_trend_is_the_count() -> None:
    made = popularity_only((3, 1, 0))
    assert Trending().fit(made, rng=RNG).score(Evidence()).tolist() == [3, 1, 0]


def test_latest_by_date_else_by_first_event_else_by_place() -> None:
    dated = world(
        "dated",
        {"ann": ["a"]},
        {"a": {"available_from_s": DAY_S}, "b": {}, "c": {"available_from_s": 3 * DAY_S}},
        roles={"available_from_s": "time"},
    )
    assert Latest().fit(dated, rng=RNG).score(Evidence()).tolist() == [0, -1, 2]
    events = world(
        "events", {"ann": [like("a", 5), like("a", 9)], "bob": [like("b", 7)], "cy": ["c"]}, "abc"
    )
    assert Latest().fit(events, rng=RNG).score(Evidence()).tolist() == [0, 2, -1]
    nothing = world("nothing", {"ann": ["b"]}, "abc")
    assert Latest().fit(nothing, rng=RNG).score(Evidence()).tolist() == [0, 1, 2]


def test_latest_by_a_number_keeps_its_unit_and_an_unknown_column_is_named() -> None:
    films = world(
        "films",
        {},
        {"a": {"year": 1990.0}, "b": {"year": 2001.0}, "c": {}},
        roles={"year": "number"},
    )
    assert Latest(column="year").fit(films, rng=RNG).score(Evidence()).tolist() == [0, 11, -1]
    with pytest.raises(UnknownNameError, match="yaer"):
        Latest(column="yaer").fit(films, rng=RNG)


def test_the_parts_say_what_the_score_is() -> None:
    made = two_clans()
    rows = np.array([1, 0], np.int32)
    for model, part in ((Popularity(), "popularity"), (Trending(), "trend"), (Latest(), "newness")):
        found = model.fit(made, rng=RNG).explain(Evidence(), rows)
        assert list(found.parts) == [part]
