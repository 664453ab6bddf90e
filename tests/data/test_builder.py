"""The builder: ids, order, signals, rows for everybody met."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from foretaste.core import INTERACTION_COLUMNS
from foretaste.core.errors import DataError
from foretaste.data import DatasetBuilder, SignalSettings


def _ratings() -> dict[str, list[object]]:
    return {
        "user_id": ["ann", "bob", "ann", "ann"],
        "item_id": ["b", "b", "a", "c"],
        "rating": [5, 1, 3, 4],
        "timestamp": [1_500_000_300, 1_500_000_100, 1_500_000_200, None],
    }


def test_catalogue_comes_first_and_everybody_met_gets_a_row() -> None:
    data = (
        DatasetBuilder("shop")
        .interactions(_ratings())
        .items({"item_id": ["z", "b"], "title": ["Zed", "Bee"]})
        .people({"user_id": ["cid"], "age": [44]})
        .build()
    )
    assert data.item_ids.ids == ("z", "b", "a", "c")
    assert data.user_ids.ids == ("cid", "ann", "bob")
    assert data.titles() == ["Zed", "Bee", "a", "c"]
    assert data.items.height == 4 and data.people.height == 3


def test_events_are_sorted_by_person_then_time_with_unknown_times_first() -> None:
    data = DatasetBuilder("shop").interactions(_ratings()).build()
    assert tuple(data.interactions.columns) == INTERACTION_COLUMNS
    ann = data.histories.of(data.user_ids.row("ann"))
    assert data.item_ids.names(ann.rows) == ["c", "a", "b"]
    assert np.isnan(ann.times_s[0]) and (np.diff(ann.times_s[1:]) > 0).all()
    assert [str(dtype) for dtype in data.interactions.dtypes] == [
        "Int32",
        "Int32",
        "UInt8",
        "Float32",
        "Float32",
        "Float64",
    ]


@pytest.mark.parametrize(
    ("levels", "positive", "negative"),
    [([1, 2, 3, 4, 5], 4, 2), ([0.5 * k for k in range(1, 11)], 4, 1.5), ([0, 1], 1, 0),
     (list(range(1, 11)), 8, 3)],
)  # fmt: skip
def test_signals_follow_the_scale_found(
    levels: list[float], positive: float, negative: float
) -> None:
    frame = {"user_id": ["u"] * len(levels), "item_id": [str(x) for x in levels], "rating": levels}
    data = DatasetBuilder("x").interactions(frame).build()
    values = data.interactions["value"].to_numpy()
    signals = data.interactions["signal"].to_numpy()
    assert np.array_equal(signals == 1, values >= positive)
    assert np.array_equal(signals == -1, values <= negative)


def test_thresholds_can_be_stated() -> None:
    settings = SignalSettings(positive=3, negative=0)
    data = DatasetBuilder("x", settings).interactions(_ratings()).build()
    assert sorted(data.interactions["signal"].to_list()) == [0, 1, 1, 1]


def test_kinds_speak_through_their_table_and_other_names_are_translated() -> None:
    frame = {
        "user_id": ["u"] * 4,
        "item_id": list("abcd"),
        "type": ["Purchase", "dislike", "add-to-cart", "poke"],
    }
    builder = DatasetBuilder("x", SignalSettings(unknown_kind=0.25)).interactions(frame)
    data = builder.build()
    assert data.kinds == ("buy", "dislike", "cart", "poke")
    assert data.interactions["signal"].to_list() == pytest.approx([1.0, -1.0, 0.8, 0.25])
    assert "'poke'" in builder.report.about("kinds")[0].message


def test_the_last_of_repeated_ratings_is_kept_unless_all_are_wanted() -> None:
    frame = {
        "user_id": ["u", "u", "u"],
        "item_id": ["a", "a", "b"],
        "rating": [5, 1, 3],
        "timestamp": [200_000_000, 100_000_000, 300_000_000],
    }
    builder = DatasetBuilder("x").interactions(frame)
    assert builder.build().interactions["value"].to_list() == [5, 3]
    assert builder.report.about("duplicates")[0].count == 1
    every = DatasetBuilder("x", SignalSettings(duplicates="all")).interactions(frame).build()
    assert every.interactions.height == 3


def test_ids_of_mixed_type_are_strings_and_stay_apart() -> None:
    frame = {"user_id": [1, "1", "01"], "item_id": ["a", "b", "c"]}
    builder = DatasetBuilder("x").interactions(frame)
    data = builder.build()
    assert data.user_ids.ids == ("1", "01")
    assert "leading zeros" in builder.report.about("ids")[0].message


def test_searches_and_comments_become_remarks() -> None:
    frame = {
        "user_id": ["u", "u", "v"],
        "item_id": ["a", None, "b"],
        "type": ["comment", "search", "view"],
        "words": ["很好看", "slow film", None],
        "timestamp": ["2024-05-01T12:00:00Z", "2024-05-01", "2024-05-02 10:00"],
        "device": ["tv", "phone", "tv"],
    }
    data = DatasetBuilder("x").interactions(frame).build()
    assert data.remarks is not None
    assert data.remarks.sort("words")["words"].to_list() == ["slow film", "很好看"]
    assert data.remarks.sort("words")["item_row"].to_list() == [-1, data.item_ids.row("a")]
    assert data.interactions.height == 2
    assert data.interactions["device"].to_list() == ["tv", "tv"]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_rating_that_is_no_finite_number_names_its_row(bad: float) -> None:
    frame = {"user_id": ["u", "v"], "item_id": ["a", "b"], "rating": [3.0, bad]}
    with pytest.raises(DataError, match=r"interactions row 2: rating is not a finite number"):
        DatasetBuilder("x").interactions(frame)


def test_nothing_at_all_is_an_error() -> None:
    with pytest.raises(DataError, match="neither an event nor an item"):
        DatasetBuilder("x").build()


def test_availability_becomes_seconds_and_knowledge_is_kept_as_strings() -> None:
    data = (
        DatasetBuilder("x")
        .items({"id": ["a"], "available_from": ["1970-01-02"], "genres": ["War|Drama"]})
        .knowledge({"subject": ["a"], "predicate": ["by"], "object": ["李安"]})
        .build()
    )
    assert data.items["available_from_s"].to_list() == [86400.0]
    assert data.item_roles == {"available_from_s": "time", "genres": "categories"}
    assert data.items["genres"].to_list() == [["War", "Drama"]]
    assert data.knowledge is not None and data.knowledge.rows() == [("a", "by", "李安")]


def test_pandas_arrow_and_polars_frames_give_the_same_data() -> None:
    pd = pytest.importorskip("pandas")
    frame = {
        "user_id": [1, 2, 1],
        "item_id": pd.Series(["a", None, "b"]).astype(object),
        "rating": [5.0, 3.0, 1.0],
        "timestamp": pd.to_datetime(["2020-01-01", "2020-01-02", None]),
        "type": pd.Categorical(["rate", "search", "rate"]),
    }
    given = DatasetBuilder("x").interactions(pd.DataFrame(frame)).build()
    rows = pl.DataFrame(
        {
            "user_id": ["1", "2", "1"],
            "item_id": ["a", None, "b"],
            "rating": [5.0, 3.0, 1.0],
            "timestamp": ["2020-01-01", "2020-01-02", None],
            "type": ["rate", "search", "rate"],
        }
    )
    assert given.digest == DatasetBuilder("x").interactions(rows).build().digest
    assert given.user_ids.ids == ("1", "2")


def test_whole_floats_and_enumerations_are_ids_too() -> None:
    frame = pl.DataFrame(
        {
            "user_id": [7.0, float("nan"), 8.0],
            "item_id": pl.Series(["a", "b", "a"], dtype=pl.Categorical),
        }
    )
    builder = DatasetBuilder("x").interactions(frame)
    data = builder.build()
    assert (data.user_ids.ids, data.item_ids.ids) == (("7", "8"), ("a",)) or (
        data.item_ids.ids == ("a", "b")
    )
    assert builder.report.about("ids")[0].count == 1
