"""A portrait says what the posterior says, no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import foretaste as ft
from foretaste.app import Recommender
from foretaste.app.growing import Grower
from foretaste.app.portrait import portrait
from foretaste.core import Evidence, History
from foretaste.store.records import ItemRecord

from .film_world import CountingEncoder, build_films, film


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return ft.fit(build_films(), encoder=CountingEncoder(), models__taste__learn=False)


def liking(recommender: Recommender, kind: str, *others: str) -> Evidence:
    ids = recommender.dataset.item_ids.ids
    good = [row for row, item_id in enumerate(ids) if item_id.startswith(kind)][:6]
    bad = [row for row, item_id in enumerate(ids) if item_id.startswith(others)][:6]
    signals = [1.0] * len(good) + [-1.0] * len(bad if others else [])
    return Evidence(History.of(good + (bad if others else []), signals))


def test_means_and_sds_are_those_of_the_posterior(recommender: Recommender) -> None:
    evidence = liking(recommender, "space")
    taste = recommender.parts["taste"]
    mean, covariance = taste.posterior(evidence)
    draws = np.random.default_rng(0).multivariate_normal(mean, covariance, 20_000)
    features = taste.prior.features.astype(float)
    genres = recommender.dataset.items["genres"].to_list()
    found = portrait(recommender, evidence, 40)
    seen = 0
    for one in (*found.likes, *found.dislikes):
        if one.field != "genres":
            continue
        carries = np.array([one.value in cell for cell in genres])
        assert one.items == carries.sum()
        contrast = draws @ (features[carries].mean(axis=0) - features[~carries].mean(axis=0))
        assert one.mean == pytest.approx(contrast.mean(), abs=4 * one.sd / 100)
        assert one.sd == pytest.approx(contrast.std(), rel=0.05)
        seen += 1
    assert seen >= 3


def test_it_names_what_the_person_chose_and_refused(recommender: Recommender) -> None:
    found = portrait(recommender, liking(recommender, "space", "war"))
    assert found.likes[0].value in ("Science-Fiction", "ship", "stars", "silent", "crew", "drifts")
    values = {one.value for one in found.dislikes}
    assert "War" in values and "Science-Fiction" not in values
    kinds = {one.kind for one in (*found.likes, *found.dislikes)}
    assert kinds == {"attribute", "word"}
    assert all(one.mean > 0 for one in found.likes) and all(one.mean < 0 for one in found.dislikes)
    assert sum(one.startswith("space") for one in found.nearest) >= 3
    assert found.history_length == 12


def test_more_events_make_it_surer_and_none_leave_it_open(recommender: Recommender) -> None:
    ids = recommender.dataset.item_ids.ids
    rows = [row for row, item_id in enumerate(ids) if item_id.startswith("space")]
    sure = [portrait(recommender, Evidence(History.of(rows[:count]))).sure for count in range(6)]
    assert sure[0] == pytest.approx(0.0, abs=1e-9)
    assert sure == sorted(sure) and 0.0 < sure[-1] < 1.0


def test_what_was_met_or_is_hidden_is_not_near(recommender: Recommender) -> None:
    evidence = liking(recommender, "space")
    grower = Grower(recommender)
    near = portrait(recommender, evidence).nearest
    met = set(recommender.dataset.item_ids.names(evidence.history.rows.tolist()))
    assert not met & set(near)
    without = portrait(grower.grow([], deleted=[near[0]]), evidence)
    assert near[0] not in without.nearest and without.likes == portrait(recommender, evidence).likes


def test_a_grown_catalogue_has_its_own_portraits(recommender: Recommender) -> None:
    evidence = liking(recommender, "space")
    portrait(recommender, evidence)
    record = ItemRecord("new", {name: v for name, v in film(77).items() if name != "item_id"})
    grown = Grower(recommender).grow([record])
    drama = next(one for one in portrait(recommender, evidence, 99).likes if one.value == "Drama")
    later = next(
        one
        for one in (*portrait(grown, evidence, 99).likes, *portrait(grown, evidence, 99).dislikes)
        if one.value == "Drama"
    )
    assert later.items == drama.items + 1


def test_without_a_taste_model_it_is_empty(recommender: Recommender) -> None:
    bare = replace(recommender, parts={"popularity": recommender.parts["popularity"]})
    found = portrait(bare, liking(recommender, "space"))
    assert found.likes == found.dislikes == () and found.sure == 0.0
