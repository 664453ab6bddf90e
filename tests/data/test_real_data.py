"""Real data sets with their published counts. They are read where they lie, never copied."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from foretaste.data import check, leave_last, read, read_splits, read_with_report

ROOT = Path(os.environ.get("FORETASTE_DATA", "../shared/data"))

pytestmark = pytest.mark.realdata


def real(name: str) -> Path:
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"the real data {name} are not at {ROOT} (set FORETASTE_DATA)")
    return path


def test_movielens_100k() -> None:
    data, report = read_with_report(real("ml-100k"))
    assert (len(data.interactions), data.n_users, data.n_items) == (100_000, 943, 1_682)
    assert Counter(data.interactions["value"].to_list()) == {
        1: 6110,
        2: 11370,
        3: 27145,
        4: 34174,
        5: 21201,
    }
    times = data.interactions["time_s"]
    assert (times.min(), times.max()) == (874724710, 893286638)
    assert [finding.value for finding in report.about("encoding")] == ["latin-1"]
    assert data.people_roles == {"age": "number", "gender": "category", "occupation": "category"}
    assert data.items["year"].null_count() <= 2
    assert check(data, now_s=1.6e9) == []


def test_movielens_1m() -> None:
    data, report = read_with_report(real("ml-1m"))
    assert (len(data.interactions), data.n_users, data.n_items) == (1_000_209, 6_040, 3_883)
    assert data.interactions["item_row"].n_unique() == 3_706
    assert int((data.interactions["signal"] > 0).sum()) == 575_281
    assert int(data.interactions["time_s"].is_nan().sum()) == 199_435
    assert Counter(data.people["gender"].to_list()) == {"M": 4331, "F": 1709}
    assert report.about("positive threshold")[0].value == 4
    assert data.items["year"].null_count() == 0
    history = data.histories.of(data.user_ids.row("6040"))
    known = history.times_s[~np.isnan(history.times_s)]
    assert (np.diff(known) >= 0).all() and np.isnan(history.times_s[: -len(known)]).all()


def test_movielens_latest_small() -> None:
    data, report = read_with_report(real("ml-latest-small"))
    assert (len(data.interactions), data.n_users, data.n_items) == (100_836, 610, 9_742)
    assert data.interactions["item_row"].n_unique() == 9_724
    assert data.remarks is not None and len(data.remarks) == 3_683
    assert report.about("rating scale")[0].value == [0.5, 5.0]
    assert report.about("positive threshold")[0].value == 4
    assert data.item_ids.ids[:2] == ("1", "2")


def test_amazon_2018() -> None:
    data, report = read_with_report(real("amazon2018-raw") / "Gift_Cards_5.json.gz")
    used = data.interactions["item_row"].n_unique()
    assert (data.n_users, used, data.n_items) == (458, 148, 1_547)
    assert data.remarks is not None and len(data.remarks) <= 2_972
    repeated = sum(f.count or 0 for f in report.about("duplicates") if f.value == "last")
    assert len(data.interactions) + repeated == 2_972
    data, _ = read_with_report(real("amazon2018-raw") / "Magazine_Subscriptions_5.json.gz")
    assert (data.n_users, data.interactions["item_row"].n_unique()) == (348, 157)
    assert not any(str(title).startswith("<") for title in data.titles())


def test_amazon_2014_beauty() -> None:
    data = read(real("amazon2014-beauty"))
    assert (data.n_users, data.n_items, len(data.interactions)) == (22_363, 12_101, 198_502)
    assert data.items["title"].null_count() == 0
    parts = read_splits(real("amazon2014-beauty"))
    assert len(parts["test"].interactions) == 22_363
    before, last = leave_last(data)
    for ours, given in ((before, parts["train"]), (last, parts["test"])):
        assert ours.interactions.select("user_row", "item_row", "time_s").equals(
            given.interactions.select("user_row", "item_row", "time_s")
        )
    other = read(real("amazon2014-beauty") / "Beauty.txt")
    assert (other.n_users, other.n_items, len(other.interactions)) == (22_363, 12_101, 198_502)


def test_lastfm() -> None:
    data = read(real("hetrec2011-lastfm"))
    assert (len(data.interactions), data.n_users, data.n_items) == (92_834, 1_892, 17_632)
    assert data.kinds == ("play",)
    assert max(len(tags) for tags in data.items["tags"].to_list() if tags) == 20
