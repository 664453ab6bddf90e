"""Words, profiles, circumstances, new items, online belief and forgetting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from foretaste.core import Dataset, Evidence, History, Wish, stream
from foretaste.taste import FittedTaste, TasteModel, drifted
from foretaste.testing import attributes_only, two_clans, world


@pytest.fixture(scope="module")
def clans() -> Dataset:
    return two_clans()


@pytest.fixture(scope="module")
def model(clans: Dataset) -> FittedTaste:
    return fit(clans)


def fit(dataset: Dataset, **settings: object) -> FittedTaste:
    return TasteModel.of(dict(settings)).fit(dataset, rng=stream(0, "fit"))


def rows_of(dataset: Dataset, clan: str) -> np.ndarray:
    names = [f"{clan}-{n}" for n in range(9)]
    return dataset.item_ids.rows(names)


def test_a_new_item_is_placed_among_its_own(clans: Dataset, model: FittedTaste) -> None:
    red, blue = clans.item_ids.rows(["red-new", "blue-new"])
    fan = model.score(Evidence(History.of(rows_of(clans, "red")[:3])))
    assert fan[red] > fan[blue]
    other = model.score(Evidence(History.of(rows_of(clans, "blue")[:3])))
    assert other[blue] > other[red]


def test_words_alone_point_to_the_clan_they_speak_of(clans: Dataset, model: FittedTaste) -> None:
    for clan, other in (("red", "blue"), ("blue", "red")):
        vector = clans.vectors["text"][rows_of(clans, clan)[0]]
        scores = model.score(Evidence(wish=Wish("like this", vector)))
        assert scores[rows_of(clans, clan)].mean() > scores[rows_of(clans, other)].mean()


def test_relevance_is_added_at_its_price(clans: Dataset, model: FittedTaste) -> None:
    relevance = np.linspace(-1, 1, clans.n_items).astype(np.float32)
    change = model.score(Evidence(wish=Wish("x", None, relevance))) - model.score(Evidence())
    np.testing.assert_allclose(change, model.settings.words * relevance, atol=1e-6)


def test_a_profile_says_what_people_like_it_liked() -> None:
    base = two_clans(40)
    colours = [name.split("-")[0] for name in base.user_ids.ids]
    dataset = replace(
        base,
        people=base.people.with_columns(pl.Series("colour", colours)),
        people_roles={"colour": "category"},
    )
    model = fit(dataset, prior={"profile_ridge": 5.0})
    scores = model.score(Evidence(profile={"colour": "red"}))
    assert scores[rows_of(dataset, "red")].mean() > scores[rows_of(dataset, "blue")].mean()
    deaf = fit(dataset, prior={"profile_fields": ()})
    one, other = (deaf.score(Evidence(profile={"colour": c})) for c in ("red", "blue"))
    np.testing.assert_array_equal(one, other)
    unknown = model.score(Evidence(profile={"colour": "green", "size": 3}))
    np.testing.assert_array_equal(unknown, model.score(Evidence()))


def test_circumstances_shift_the_mean() -> None:
    people = {f"p{n}": ["day", "night"] for n in range(200)}
    base = world("hours", people, ["day", "night"])
    hours = ["light" if row == 0 else "dark" for row in base.interactions["item_row"]]
    table = base.interactions.with_columns(pl.Series("hour", hours))
    model = fit(base.with_interactions(table), prior={"context_ridge": 1.0})
    light = model.score(Evidence(context={"hour": "light"}))
    dark = model.score(Evidence(context={"hour": "dark"}))
    assert light[0] > light[1] and dark[1] > dark[0]
    found = model.explain(Evidence(context={"hour": "dark"}), np.array([0, 1], np.int32))
    assert found.parts["context"][1] > 0 > found.parts["context"][0]


def test_dislike_is_evidence_against(clans: Dataset, model: FittedTaste) -> None:
    liked, other = rows_of(clans, "red")[:2]
    against = model.score(Evidence(History.of([liked], [-1.0])))
    assert against[other] < model.score(Evidence())[other]


def test_old_evidence_is_weaker_not_gone(clans: Dataset) -> None:
    model = fit(
        clans,
        prior={"half_life_days": 10.0},
        direction={"form": "none", "joint_events": None},
    )
    rows = rows_of(clans, "red")[:1]
    moved = []
    for age_days in (0.0, 10.0, 100.0, 1e6):
        evidence = Evidence(History.of(rows, times_s=[0.0]), time_s=age_days * 86_400)
        moved.append(model.score(evidence)[rows_of(clans, "red")[1]])
    assert moved[0] > moved[1] > moved[2]
    base = model.direction.mean(1)[rows_of(clans, "red")[1]]
    assert moved[3] == pytest.approx(base, abs=1e-4)


def test_online_equals_batch_and_forgetting_equals_never_having_seen(
    clans: Dataset, model: FittedTaste
) -> None:
    history = clans.histories.of(3)
    belief = model.start(Evidence())
    for place in range(len(history)):
        belief = model.adapt(belief, history.take(slice(place, place + 1)))
    np.testing.assert_allclose(
        model.score_belief(belief), model.score(Evidence(history)), atol=1e-6
    )
    keep = np.delete(np.arange(len(history)), 2)
    without = model.forget(belief, history.take(slice(2, 3)))
    np.testing.assert_allclose(
        model.score_belief(without), model.score(Evidence(history.take(keep))), atol=1e-6
    )
    never = model.forget(belief, history)
    np.testing.assert_allclose(model.score_belief(never), model.score(Evidence()), atol=1e-6)


def test_drift_leads_back_to_the_prior(model: FittedTaste) -> None:
    belief = model.adapt(model.start(Evidence()), History.of([0, 1]))
    np.testing.assert_allclose(drifted(belief, 1.0).mean, belief.mean, atol=1e-8)
    gone = drifted(belief, 0.0)
    np.testing.assert_allclose(gone.mean, 0.0, atol=1e-8)
    np.testing.assert_allclose(gone.covariance, np.eye(len(gone.mean)), atol=1e-8)
    half = drifted(belief, 0.5)
    assert 0 < np.linalg.norm(half.mean) < np.linalg.norm(belief.mean)


def test_uncertainty_falls_with_evidence(clans: Dataset, model: FittedTaste) -> None:
    rows = rows_of(clans, "red")
    before = model.uncertainty(Evidence(), rows)
    after = model.uncertainty(Evidence(History.of(rows[:1])), rows)
    assert (after <= before + 1e-12).all() and after[0] < before[0]
    mean, covariance = model.posterior(Evidence(History.of(rows[:1])))
    spread = np.einsum("kd,de,ke->k", *[model.prior.features[rows]] * 1, covariance,
                       model.prior.features[rows])  # fmt: skip
    np.testing.assert_allclose(np.sqrt(spread), after, atol=1e-6)
    assert mean.shape == (len(covariance),)


def test_the_top_reason_matters_more_than_another(clans: Dataset, model: FittedTaste) -> None:
    history = clans.histories.of(0)
    rows = np.array([int(rows_of(clans, "red")[8])], np.int32)
    found = model.explain(Evidence(history), rows)
    assert found.effect is not None
    order = np.argsort(-found.effect[0])
    fall = []
    whole = model.score(Evidence(history), rows)[0]
    for place in (order[0], order[-1]):
        rest = np.delete(np.arange(len(history)), place)
        fall.append(whole - model.score(Evidence(history.take(rest)), rows)[0])
    assert fall[0] > fall[1]
    assert set(found.blocks) >= {"collaborative", "language", "attributes"}


def test_absence_is_evidence_against_when_it_is_told_to_be(clans: Dataset) -> None:
    model = fit(clans, prior={"absence": 0.3}, direction={"form": "none"})
    free = fit(clans, direction={"form": "none"})
    wide = free.prior.features.astype(float)
    base, mu = np.linalg.inv(np.eye(wide.shape[1]) + 0.3 * wide.T @ wide), free.prior.popularity
    met = mu > 0
    expected = wide @ (-0.3 * base @ (wide.T @ mu))
    found = model.prior.features @ model.prior.absence
    np.testing.assert_allclose(found[met], expected[met], atol=0.02)
    parts = model.explain(Evidence(), np.arange(3, dtype=np.int32)).parts
    assert "absence" in parts


def test_attributes_alone_are_enough_to_serve(clans: Dataset) -> None:
    scores = fit(attributes_only()).score(Evidence())
    assert np.isfinite(scores).all()
