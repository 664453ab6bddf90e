"""The worlds of the benchmarks are what they are published as, and a floor is where it was."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from foretaste.evaluate import KShot, LeaveOneOut, evaluate, lint
from foretaste.models import Popularity

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("FORETASTE_DATA", "../shared/data"))
pytestmark = pytest.mark.realdata


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


def _needs(name: str) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"The folder {name} is not in FORETASTE_DATA ({DATA})")


def test_movielens_likes_and_the_popularity_floor() -> None:
    _needs("ml-1m")
    from benchmarks.worlds import movielens_positives

    data = movielens_positives(DATA)
    assert (data.n_users, data.n_items, len(data.interactions)) == (6_038, 3_533, 575_281)
    times = data.interactions["time_s"].to_numpy()
    assert times.min() == 956_703_932
    users = data.interactions["user_row"].to_numpy()
    assert np.all((np.diff(times) >= 0) | (np.diff(users) > 0))
    protocol = KShot(people=300, shots=(0, 4))
    assert lint(next(protocol.folds(data)), data) == ()
    report = evaluate(data, protocol, {"popularity": Popularity()}, metrics=["ndcg@10"])
    assert 0.34 < report.value("n=4", "popularity", "ndcg@10").mean < 0.39
    assert 0.38 < report.value("n=0", "popularity", "ndcg@10").mean < 0.43


def test_beauty_is_the_published_version_and_its_last_item_is_the_test_item() -> None:
    _needs("amazon2014-beauty")
    from benchmarks.worlds import beauty

    data = beauty(DATA)
    assert (data.n_users, data.n_items, len(data.interactions)) == (22_363, 12_101, 198_502)
    assert sum(bool(title) for title in data.titles()) == data.n_items
    fold = next(LeaveOneOut(least=5).folds(data))
    case = fold.cases[0]
    assert len(case) == 22_363
    train = {
        line.split()[0]: line.split()[1:]
        for line in (DATA / "amazon2014-beauty" / "train.txt").read_text().splitlines()
    }
    for place in range(0, len(case), 1_000):
        user_id = data.user_ids.ids[int(case.user_rows[place])]
        assert data.item_ids.names(case.people[place].history.rows) == train[user_id]
