"""Small parts: words for numbers and times, moves between lists, scales, reports, ids."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretaste.console.pages.discover.wanting import Wanting
from foretaste.console.pages.items.adding import slug
from foretaste.console.pages.quality.page import card_facts, reports_of
from foretaste.console.pages.quality.reports import Table
from foretaste.console.parts.charts import nice_ticks
from foretaste.console.parts.icons import ICONS
from foretaste.console.parts.listing import moves
from foretaste.console.parts.still import h
from foretaste.console.parts.tables import ago, count, number, when
from foretaste.console.reading import first_words, shown_item, spelt
from foretaste.console.shell import PLACES


@pytest.mark.parametrize(
    ("past_s", "words"),
    [(1, "just now"), (61, "1 minute ago"), (7300, "2 hours ago"), (86_400 * 3, "3 days ago"),
     (86_400 * 800, "2 years ago")],
)  # fmt: skip
def test_how_long_ago(past_s: float, words: str) -> None:
    assert ago(1e9 - past_s, 1e9) == words


def test_times_and_numbers_that_are_none_are_dashes() -> None:
    assert when(None) == ago(None) == number(None) == number(math.nan) == "–"
    assert when(0.0) == "–" and when(1e300) == "–"
    assert when(1_700_000_000) == "2023-11-14 22:13"
    assert (number(1234.5678, 2), count(1, "person", "people"), count(2, "item")) == (
        "1,234.57", "1 person", "2 items",
    )  # fmt: skip


def test_moves_say_where_each_item_came_from() -> None:
    found = moves(["a", "b", "c"], ["b", "x", "a", "c"])
    assert [one.sign for one in found] == ["↑1", "new", "↓2", "↓1"]
    assert [one.words for one in found] == ["up 1", "new", "down 2", "down 1"]
    assert [one.by for one in moves(["a"], ["a"])] == [0]


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_cover_the_range_in_round_steps(low: float, wide: float) -> None:
    ticks = nice_ticks(low, low + wide)
    step = ticks[1] - ticks[0]
    slack = 1e-6 * max(abs(low), wide)
    assert ticks[0] <= low + slack and ticks[-1] >= low + wide - slack
    assert 2 <= len(ticks) <= 7
    assert step > 0


def test_ticks_of_nothing() -> None:
    assert len(nice_ticks(0.0, 0.0)) >= 2


def test_every_place_has_an_icon() -> None:
    assert {place.name.lower() for place in PLACES} <= set(ICONS)


def test_items_are_shown_by_what_the_owner_calls_their_title() -> None:
    one = shown_item("i-1", {"name": "Lamp", "price": 3.0, "tags": []}, title_column="name")
    assert (one.title, dict(one.attributes)) == ("Lamp", {"price": 3.0})
    assert shown_item("i-2", {}).title == "i-2"


def test_values_in_words() -> None:
    assert spelt(["a", 1, True]) == "a, 1, yes" and spelt(0.25) == "0.25"
    assert first_words("one two three four", 9) == "one two …"


def test_ids_from_titles() -> None:
    assert slug("Amélie & Co.", 2001) == "amelie-co-2001"
    assert slug("英雄 本色") == "英雄-本色"


def test_a_question_is_said_as_a_heading() -> None:
    want = Wanting("ann", "something light", {"a": "A"})
    assert want.sentence == "For ann, after 1 title, wishing for “something light”"
    assert Wanting().sentence == "For nobody in particular"


REPORT = {
    "rows": [
        {"case": "test", "model": "taste", "metric": "ndcg@10", "mean": 0.2, "low": 0.18,
         "high": 0.22, "n": 300, "small": False},
        {"case": "test: cold people", "model": "taste", "metric": "ndcg@10", "mean": 0.1,
         "low": 0.05, "high": 0.15, "n": 40, "small": True},
        {"case": "n=4", "model": "taste", "metric": "ndcg@10", "mean": None, "low": None,
         "high": None, "n": 0, "small": True},
    ],
    "comparisons": [
        {"case": "test", "metric": "ndcg@10", "model": "taste", "against": "ease",
         "difference": 0.01, "low": -0.01, "high": 0.03, "relative": 0.05, "p_holm": 0.3,
         "n": 300, "verdict": "tie", "small": False}
    ],
    "card": {"protocol": {"name": "global-time"}},
}  # fmt: skip


def test_reports_are_read_as_they_are_written() -> None:
    table = Table(REPORT)
    assert (table.cases, table.cells, table.shots) == (
        ["test", "n=4"], ["test: cold people"], ["n=4"],
    )  # fmt: skip
    assert table.row("n=4", "taste", "ndcg@10") is None
    row = table.row("test", "taste", "ndcg@10")
    assert row is not None and row["mean"] == 0.2
    assert "cannot be told from ease" in table.sentences("ndcg@10")[0]
    assert table.title == "Everybody's later events"


def test_reports_come_one_or_several() -> None:
    assert reports_of(None) == [] and reports_of({"other": 1}) == []
    assert reports_of(REPORT) == [REPORT]
    assert reports_of({"reports": {"global-time": REPORT}}) == [REPORT]
    assert reports_of({"reports": [REPORT, REPORT]}) == [REPORT, REPORT]


def test_cards_are_flattened() -> None:
    assert card_facts({"data": {"n_items": 3, "none": None}, "fit": {"seconds": 1.5}}) == {
        "data n items": "3", "fit seconds": "1.5",
    }  # fmt: skip


def test_markup_is_values_and_text_is_text() -> None:
    node = h(
        "a", "x", "<b>", h("i"), href="/p", aria_label="l", hidden=None, download=True, for_="f"
    )
    assert node == [
        "a", {"class": "x", "href": "/p", "aria-label": "l", "download": "", "for": "f"},
        "<b>", ["i", {}],
    ]  # fmt: skip
