"""The packaged tables as a dataset."""

from __future__ import annotations

import numpy as np

from foretaste.core import Dataset
from foretaste.data.sample import COLD_ITEMS, SIMULATED, load_sample
from foretaste.data.sample.catalogue import FILES
from foretaste.data.sample.parameters import DAY_S, DAYS, START_S


def test_says_that_the_audience_is_simulated(sample: Dataset) -> None:
    assert sample.simulated == SIMULATED == "simulated audience"
    assert sample.name == "sample world"


def test_roles(sample: Dataset) -> None:
    assert sample.item_roles["title"] == "title"
    assert sample.item_roles["synopsis"] == "text"
    assert sample.item_roles["year"] == "number"
    for column in ("directors", "cast", "genres", "countries", "languages", "themes", "mood"):
        assert sample.item_roles[column] == "categories"
    assert sample.people_roles == {"age_band": "category", "country": "category", "about": "text"}
    assert sample.titles()[sample.item_ids.ids.index("8-and-a-half-1963")] == "8½"


def test_size(sample: Dataset) -> None:
    assert sample.n_users == 2000
    assert sample.n_items >= 330
    assert 20_000 <= len(sample.interactions) <= 60_000
    assert sum(path.stat().st_size for path in FILES.iterdir()) < 1_500_000


def test_events_of_many_kinds_in_two_years(sample: Dataset) -> None:
    assert set(sample.kinds) >= {"view", "rate", "like", "share", "comment", "skip", "dislike"}
    times = sample.interactions["time_s"].to_numpy()
    assert times.min() >= START_S
    assert times.max() <= START_S + DAYS * DAY_S
    codes = sample.interactions["kind"].to_numpy()
    stars = sample.interactions["value"].to_numpy()[codes == sample.kinds.index("rate")]
    assert set(np.unique(stars)) == {1, 2, 3, 4, 5}
    others = sample.interactions["value"].to_numpy()[codes != sample.kinds.index("rate")]
    assert np.isnan(others).all()


def test_words_of_people(sample: Dataset) -> None:
    assert sample.remarks is not None
    searches = sample.remarks.filter(sample.remarks["item_row"] < 0)
    assert len(searches) > 1000
    assert set(searches["kind"]) == {sample.kinds.index("search")}
    assert len(sample.remarks) - len(searches) > 500
    assert 600 <= sample.people["about"].drop_nulls().len() <= 1000


def test_cold_items_have_no_event_and_come_last(sample: Dataset) -> None:
    counts = np.bincount(sample.interactions["item_row"].to_numpy(), minlength=sample.n_items)
    cold = {sample.item_ids.ids[row] for row in np.flatnonzero(counts == 0)}
    assert cold == set(COLD_ITEMS)
    assert 8 <= len(cold) <= 12
    arrival = sample.items["available_from_s"].to_numpy()
    rows = [sample.item_ids.ids.index(item) for item in COLD_ITEMS]
    assert arrival[rows].min() > sample.interactions["time_s"].to_numpy().max()


def test_nobody_watches_what_has_not_arrived(sample: Dataset) -> None:
    arrival = sample.items["available_from_s"].to_numpy()
    table = sample.interactions
    assert (table["time_s"].to_numpy() >= arrival[table["item_row"].to_numpy()] - 1).all()


def test_ann_and_bob_have_a_past_and_say_who_they_are(sample: Dataset) -> None:
    for row, name in enumerate(("ann", "bob")):
        assert sample.user_ids.ids[row] == name
        assert 30 <= len(sample.histories.of(row)) <= 120
        assert sample.people["about"][row]


def test_loads_the_same_twice(sample: Dataset) -> None:
    assert load_sample().digest == sample.digest
