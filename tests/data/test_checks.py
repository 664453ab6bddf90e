"""Checks find what was broken on purpose and are silent on what is sound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from foretaste.core import Dataset
from foretaste.data import DatasetBuilder, Finding, SignalSettings, check, describe

NOW_S = 1_600_000_000.0


def sound(**more: list[object]) -> Dataset:
    events: dict[str, list[object]] = {
        "user_id": ["u", "u", "v"],
        "item_id": ["a", "b", "a"],
        "rating": [5, 1, 4],
        "timestamp": [1_500_000_000, 1_500_000_100, 1_500_000_200],
    }
    items = {"item_id": ["a", "b"], "title": ["Amélie", "乱"], "year": [2001, 1985]}
    every = SignalSettings(duplicates="all")
    return DatasetBuilder("s", every).items(items).interactions({**events, **more}).build()


def topics(findings: list[Finding]) -> set[str]:
    return {finding.topic for finding in findings}


def test_sound_data_give_no_finding() -> None:
    assert check(sound(), now_s=NOW_S) == []


@pytest.mark.parametrize(
    ("more", "topic", "count"),
    [
        ({"item_id": ["a", "a", "a"], "rating": [5, 1, 4]}, "duplicates", 1),
        ({"timestamp": [1_500_000_000, 1_500_000_001, 1_700_000_000]}, "impossible times", 1),
        ({"timestamp": [1_500_000_000, -5_000_000, 1_500_000_001]}, "impossible times", 1),
        ({"timestamp": [1_500_000_000, 0, 1_500_000_001]}, "impossible times", 1),
        ({"timestamp": [1_500_000_000, None, 1_500_000_001]}, "times", 1),
        ({"item_id": ["a", "b", "zz"]}, "ids that do not join", 1),
    ],
)
def test_broken_events_are_found(more: dict[str, list[object]], topic: str, count: int) -> None:
    found = [f for f in check(sound(**more), now_s=NOW_S) if f.topic == topic]
    assert [finding.count for finding in found] == [count]
    assert found[0].remedy


def test_milliseconds_taken_for_seconds_are_in_the_future() -> None:
    data = sound(timestamp=[1_500_000_000, 1_500_000_001, 1_500_000_000_000])
    (found,) = check(data, now_s=NOW_S)
    assert "1 events are in the future" in str(found) and "milliseconds" in str(found)


def test_exact_copies_are_counted_as_copies() -> None:
    data = sound(
        user_id=["u"] * 3, item_id=["a"] * 3, rating=[5] * 3, timestamp=[1_500_000_000] * 3
    )
    copies = [f for f in check(data, now_s=NOW_S) if "exact copies" in f.message]
    assert copies[0].count == 2 and copies[0].examples == ("u, a",)


@pytest.mark.parametrize("title", ["AmÃ©lie", "itâ€™s", "Am\ufffdlie", "caf\u00c2\u00a0x"])
def test_text_in_a_wrong_encoding_is_found(title: str) -> None:
    items = {"item_id": ["a", "b"], "title": [title, "Ângela, Ãlex, 千と千尋"]}
    (found,) = check(DatasetBuilder("s").items(items).build())
    assert found.topic == "wrong encoding" and found.count == 1


def test_empty_titles_and_constant_columns() -> None:
    items = {
        "item_id": ["a", "b"],
        "title": ["A", None],
        "country": ["FR", "FR"],
        "price": [None, None],
    }
    found = check(DatasetBuilder("s").items(items).build())
    assert topics(found) == {"empty titles", "constant columns"}
    assert any("price is empty everywhere" in finding.message for finding in found)


def test_leaks_between_parts_are_found() -> None:
    data = sound()
    table = data.interactions
    whole = {"train": data, "test": data.with_interactions(table.head(1))}
    messages = [finding.message for finding in check(whole, now_s=NOW_S)]
    assert any(
        "1 of 1 events in test have the same person and item in train" in m for m in messages
    )
    assert any("2 of 3 events in train happen after test has begun" in m for m in messages)
    parts = {
        "train": data.with_interactions(table.filter(table["time_s"] < 1_500_000_150)),
        "test": data.with_interactions(table.filter(table["time_s"] > 1_500_000_150)),
    }
    assert topics(check(parts, now_s=NOW_S)) == set()


def test_paths_are_read_and_splits_compared(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("user,item,rating\nu,a,5\nu,b,1\n")
    (tmp_path / "test.csv").write_text("user,item,rating\nu,a,5\n")
    assert "leakage" in topics(check(tmp_path))


def test_the_sheet_counts_and_draws(tmp_path: Path) -> None:
    data = sound()
    sheet = describe(data)
    assert sheet.counts["events"] == 3 and sheet.counts["items with events"] == 2
    assert sheet.density == pytest.approx(3 / 4)
    assert sheet.ratings == {"1": 1, "4": 1, "5": 1}
    assert sheet.signals == {"liked": 2, "neutral": 0, "disliked": 1}
    assert sheet.by_month == {"2017-07": 3}
    assert sheet.first_utc == "2017-07-14T02:40:00+00:00"
    assert sum(sheet.history_people) == 2 and sheet.curve_events == [2, 1]
    assert json.loads(sheet.to_json())["columns"]["items"]["year"]["role"] == "number"
    assert "乱" in str(sheet)
    picture = sheet.picture(tmp_path / "sheet.png")
    assert picture.read_bytes()[:4] == b"\x89PNG" and len(list(tmp_path.iterdir())) == 1


def test_the_sheet_of_a_bare_catalogue_says_who_is_simulated(tmp_path: Path) -> None:
    data = DatasetBuilder("c").items({"item_id": ["a"]}).simulated("simulated audience").build()
    sheet = describe(data)
    assert "simulated audience" in str(sheet)
    sheet.picture(tmp_path / "c.svg")
