"""Items that come after the fit lie where the fit would have put them; popularity moves along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

import foretaste as ft
from foretaste.app import Recommender
from foretaste.app.growing import Grower
from foretaste.core import Evidence, History, Query, stream
from foretaste.core.errors import InputError
from foretaste.language import TextIndex
from foretaste.models import Popularity
from foretaste.store.records import ItemRecord

from .film_world import CountingEncoder, build_films, film

SOURCES = ("taste", "popularity", "latest", "ials", "itemknn", "ease", "kl", "content", "trending")


def fitted(**more: Any) -> Recommender:
    return ft.fit(
        build_films(),
        encoder=CountingEncoder(),
        sources=SOURCES,
        models__taste__learn=False,
        **more,
    )


@pytest.fixture(scope="module")
def base() -> Recommender:
    return fitted()


def record(item_id: str, like: dict[str, Any], **more: Any) -> ItemRecord:
    attributes = {name: value for name, value in like.items() if name != "item_id"}
    return ItemRecord(item_id, {**attributes, **more.pop("attributes", {})}, **more)


def stored(recommender: Recommender, item_id: str) -> dict[str, Any]:
    row = recommender.dataset.item_ids.row(item_id)
    return dict(recommender.dataset.items.row(row, named=True))


def scores(recommender: Recommender, name: str, evidence: Evidence) -> np.ndarray:
    return np.asarray(recommender.parts[name].score(evidence))


def people(recommender: Recommender, count: int = 5) -> Sequence[Evidence]:
    pipeline = recommender.pipeline
    return [Evidence(), *(pipeline.stored_evidence(row) for row in range(count))]


def unmet(recommender: Recommender) -> list[int]:
    likes = np.asarray(recommender.dataset.liked.sum(axis=0)).ravel()
    return np.flatnonzero(likes == 0).tolist()


def test_the_twin_of_an_item_nobody_met_lies_where_the_fit_put_it(base: Recommender) -> None:
    row = unmet(base)[0]
    original = base.dataset.item_ids.ids[row]
    grown = Grower(base).grow([record("twin", stored(base, original))])
    assert grown.dataset.n_items == base.dataset.n_items + 1
    for name in ("taste", "content", "kl", "ials", "ease", "itemknn", "trending", "popularity"):
        for evidence in people(base):
            found = scores(grown, name, evidence)
            assert found[-1] == pytest.approx(found[row], abs=2e-5), name
    mine, theirs = grown.parts["taste"].prior, base.parts["taste"].prior
    np.testing.assert_allclose(mine.features[-1], theirs.features[row], atol=2e-5)
    assert mine.popularity[-1] == pytest.approx(theirs.popularity[row], abs=1e-6)


def test_placing_all_unmet_items_again_changes_nothing(base: Recommender) -> None:
    """The map, the bins, the rarities and the blocks are those of the fit."""
    rows = unmet(base)
    grower = Grower(base)
    changed = [
        record(base.dataset.item_ids.ids[row], stored(base, base.dataset.item_ids.ids[row]),
               attributes={"year": 1801})
        for row in rows
    ]  # fmt: skip
    back = [replace(one, attributes={**one.attributes, "year": year}) for one, year in zip(
        changed, base.dataset.items["year"][rows].to_list(), strict=True)]  # fmt: skip
    moved = grower.grow(changed)
    again = grower.grow(back)
    away = 0.0
    for evidence in people(base):
        before = scores(base, "taste", evidence)
        away = max(away, float(np.abs(scores(moved, "taste", evidence) - before)[rows].max()))
        np.testing.assert_allclose(scores(again, "taste", evidence), before, atol=2e-5)
    assert away > 1e-3, "another year is another place"


def test_a_fit_with_the_items_from_the_start_gives_nearly_the_same(base: Recommender) -> None:
    """Only rarity, bins and centres differ, which the fit takes over all items."""
    new = [film(number) for number in range(100, 104)]
    grown = Grower(base).grow([record(one["item_id"], one) for one in new])
    whole = ft.fit(
        build_films(more=new),
        encoder=CountingEncoder(),
        models__taste__learn=False,
    )
    assert whole.dataset.item_ids.ids == grown.dataset.item_ids.ids
    for evidence in people(base):
        mine, theirs = scores(grown, "taste", evidence), scores(whole, "taste", evidence)
        assert np.corrcoef(mine[-4:], theirs[-4:])[0, 1] > 0.85


def test_nobody_elses_scores_change(base: Recommender) -> None:
    grown = Grower(base).grow([record("new", film(77)), record("other", film(78))])
    count = base.dataset.n_items
    # The centre of content is the mean of all texts; iALS weighs absence by the number of items.
    for name in set(base.parts) - {"content", "ials"}:
        for evidence in people(base):
            before = scores(base, name, evidence)
            np.testing.assert_allclose(scores(grown, name, evidence)[:count], before, atol=1e-6)
    assert base.dataset.n_items == count and len(base.pipeline.translator.catalogue) == count


def test_a_new_item_is_found_everywhere_at_once(base: Recommender) -> None:
    one = {**film(77, "space"), "title": "Quiet Comet", "overview": "A zebra drifts among stars."}
    grown = Grower(base).grow([record("comet", one)])
    assert "comet" in grown.answer(Query(n=60)).item_ids
    answer = grown.answer(Query(wish="zebra", n=3))
    assert answer.item_ids[0] == "comet" and answer.titles[0] == "Quiet Comet"
    assert any("zebra" in reason.text for reason in answer.reasons[0])
    assert grown.answer(Query(filter='"Science-Fiction" in genres', wish="zebra")).item_ids[0]
    assert "comet" in grown.answer(Query(history=("space-2",), n=60)).item_ids
    assert not grown.answer(Query(history=("comet",), n=5)).warnings
    assert "comet" in set(grown.similar_items("space-2", 60)["item_id"])
    assert len(grown.audience("comet", 4)) == 4
    assert grown.explain("p1", "comet")


def test_the_text_index_is_the_one_of_the_whole_catalogue(base: Recommender) -> None:
    grower = Grower(base)
    grower.grow([record("a", film(70)), record("b", film(71))])
    grown = grower.grow([record("a", film(90, "war")), record("war-3", film(91, "crime"))])
    assert grown.text is not None
    data = grown.dataset
    whole = TextIndex.build(data, CountingEncoder(), base.settings.text)
    np.testing.assert_array_equal(grown.text.vectors, whole.vectors)
    np.testing.assert_array_equal(grown.text.passages, whole.passages)
    np.testing.assert_array_equal(grown.text.starts, whole.starts)
    for wish in ("lovers by the sea", "careful robbers", "word7 gang"):
        mine, theirs = grown.text.read(wish).relevance, whole.read(wish).relevance
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


def test_hidden_and_deleted_items_are_shown_nowhere_and_come_back(base: Recommender) -> None:
    grower = Grower(base)
    first = base.answer(Query(n=1)).item_ids[0]
    hidden = grower.grow([record(first, stored(base, first), hidden=True)], deleted=["war-3"])
    for query in (
        Query(n=60),
        Query("p0", n=60, filter_seen=False),
        Query(wish="stars", n=60),
        Query(n=60, diversity=0.5),
        Query(candidates=(first, "war-3")),
    ):
        assert not {first, "war-3"} & set(hidden.answer(query).item_ids)
    assert not {first, "war-3"} & set(hidden.similar_items("crime-4", 60)["item_id"])
    listed = hidden.pipeline.rank_many(range(3), 60)
    rows = {base.dataset.item_ids.row(first), base.dataset.item_ids.row("war-3")}
    assert all(not rows & set(items.rows.tolist()) for _, items in listed)
    back = grower.grow([record(first, stored(base, first)), record("war-3", stored(base, "war-3"))])
    assert back.hidden is None
    assert back.answer(Query(n=60)).item_ids == base.answer(Query(n=60)).item_ids
    assert grower.grow([], deleted=["nobody-knows-it"]).hidden is None


def test_a_changed_item_that_people_know_keeps_its_place_and_gets_its_new_words(
    base: Recommender,
) -> None:
    changed = {**stored(base, "war-3"), "title": "Mud", "genres": ["Western"], "year": 2020}
    grown = Grower(base).grow([record("war-3", changed)])
    for evidence in people(base):
        before = scores(base, "taste", evidence)
        np.testing.assert_allclose(scores(grown, "taste", evidence), before, atol=1e-6)
    answer = grown.answer(Query(filter='"Western" in genres'))
    assert answer.item_ids == ("war-3",) and answer.titles == ("Mud",)
    assert not base.answer(Query(filter='"Western" in genres')).item_ids
    assert grown.answer(Query(filter="year == 2020")).item_ids == ("war-3",)


def test_the_same_record_again_is_no_change(base: Recommender) -> None:
    grower = Grower(base)
    encoder = base.encoder
    assert isinstance(encoder, CountingEncoder)
    before = len(encoder.asked)
    every = [record(item_id, stored(base, item_id)) for item_id in base.dataset.item_ids.ids]
    grown = grower.grow(every)
    assert grown.dataset is base.dataset and len(encoder.asked) == before
    new = grower.grow([record("new", film(77))])
    assert grower.grow([record("new", film(77))]).dataset is new.dataset


def test_unknown_attributes_become_columns_and_odd_ones_are_said(base: Recommender) -> None:
    grower = Grower(base)
    odd = {"price": 9.5, "shelf": "A", "badges": ["new", "red"], "live": True, "parts": {"a": 1}}
    grown = grower.grow([record("odd", film(77), attributes={**odd, "year": "next year"})])
    for text in ("price > 9", 'shelf == "A"', '"red" in badges', "live"):
        assert grown.answer(Query(filter=text)).item_ids == ("odd",), text
    assert any("'parts' was left out" in one for one in grower.warnings)
    assert any("next year" in one for one in grower.warnings)
    assert not any("price" in one for one in grower.warnings)


def test_latest_knows_a_new_item_by_its_column() -> None:
    dated = ft.fit(
        build_films(),
        encoder=CountingEncoder(),
        sources=("latest",),
        models__latest__column="year",
    )
    grown = Grower(dated).grow([record("new", {**film(77), "year": 2031})])
    assert grown.answer(Query(n=1)).item_ids == ("new",)


def test_popularity_moves_as_counts_of_the_whole_stream_would(base: Recommender) -> None:
    """Drift gives the popularity of a fit on the longer data, person by person's sums."""
    data = base.dataset
    rows = data.interactions.head(40).with_columns(
        pl.lit(5).cast(pl.Int32).alias("item_row"),
        pl.lit(1.0).cast(pl.Float32).alias("signal"),
    )
    longer = data.with_interactions(pl.concat([data.interactions, rows]).sort("user_row"))
    likes = np.asarray(longer.liked.sum(axis=0)).ravel()
    count = int((np.diff(longer.liked.indptr) > 0).sum())
    grower = Grower(base)
    moved = grower.drift(likes, count)
    met = np.asarray(data.liked.sum(axis=0)).ravel() > 0
    share = likes / count
    prior, was = moved.parts["taste"].prior, base.parts["taste"].prior
    np.testing.assert_allclose(prior.popularity[met], share[met])
    np.testing.assert_array_equal(prior.popularity[~met], was.popularity[~met])
    means = moved.parts["taste"].direction.means - base.parts["taste"].direction.means
    by = np.broadcast_to(share - was.popularity, means.shape)
    np.testing.assert_allclose(means[:, met], by[:, met], atol=1e-6)
    counted = Popularity().fit(longer, rng=stream(0))
    np.testing.assert_allclose(moved.parts["popularity"].scores, counted.scores)
    said = moved.answer(Query(candidates=(data.item_ids.ids[5],))).reasons[0][0]
    assert f"iked by {int(likes[5])} of 120 people." in said.text
    back = grower.drift(np.asarray(data.liked.sum(axis=0)).ravel(), 120)
    assert back.answer(Query("p1")).scores == pytest.approx(base.answer(Query("p1")).scores)


def test_popularity_and_new_items_go_together_in_any_order(base: Recommender) -> None:
    new = [record("a", film(70)), record("b", film(71))]
    likes = np.asarray(base.dataset.liked.sum(axis=0)).ravel() + 3.0
    one, other = Grower(base), Grower(base)
    one.grow(new[:1])
    one.drift(likes, 123)
    first = one.grow(new[1:])
    second = other.grow(new)
    second = other.drift(np.append(likes, [0.0, 0.0]), 123)
    for evidence in people(base):
        np.testing.assert_allclose(
            scores(first, "taste", evidence), scores(second, "taste", evidence), atol=1e-6
        )
    liked = other.drift(np.append(likes, [60.0, 0.0]), 123).parts["taste"].prior.popularity
    assert liked[-2] == pytest.approx(60 / 123)
    assert liked[-1] == second.parts["taste"].prior.popularity[-1]


@pytest.mark.parametrize(
    ("likes", "people"), [(np.ones(999), 5), (np.ones((2, 2)), 5), (np.ones(3), 0)]
)
def test_counts_that_cannot_be_are_refused(base: Recommender, likes: Any, people: int) -> None:
    with pytest.raises(InputError):
        Grower(base).drift(likes, people)


def test_without_words_or_attributes_an_item_is_known_but_has_no_place() -> None:
    data = build_films()
    bare = replace(
        data,
        items=data.items.select("item_id"),
        people=data.people.select("user_id"),
        item_roles={},
        people_roles={},
    )
    recommender = ft.fit(bare, models__taste__learn=False)
    assert recommender.text is None
    grown = Grower(recommender).grow([ItemRecord("new")])
    assert "new" in grown.answer(Query(n=60)).item_ids
    assert grown.parts["taste"].prior.popularity[-1] == 0.0


def test_an_index_without_its_encoder_takes_in_the_words(base: Recommender) -> None:
    assert base.text is not None
    deaf = replace(base, text=replace(base.text, encoder=None), encoder=None)
    grower = Grower(deaf)
    grown = grower.grow([record("comet", {**film(77), "overview": "A zebra waits."})])
    assert grown.answer(Query(wish="zebra")).item_ids[0] == "comet"
    assert any("encoder" in one for one in grower.warnings)


def test_every_way_the_direction_is_kept_can_grow() -> None:
    for task, form in (("complete", "auto"), ("next", "dense"), ("next", "counts")):
        recommender = ft.fit(
            build_films(),
            encoder=CountingEncoder(),
            models__taste__learn=False,
            models__taste__task=task,
            models__taste__direction={"form": form},
        )
        row = unmet(recommender)[0]
        item_id = recommender.dataset.item_ids.ids[row]
        grower = Grower(recommender)
        grown = grower.grow([record("twin", stored(recommender, item_id))])
        for evidence in people(recommender)[1:]:
            found = scores(grown, "taste", evidence)
            if form != "counts":  # an item is not linked to itself, but to its twin
                assert found[-1] == pytest.approx(found[row], abs=2e-5), task
            np.testing.assert_allclose(
                found[:-1], scores(recommender, "taste", evidence), atol=1e-6
            )
        assert grower.drift(np.ones(49), 50).parts["taste"].direction.means.shape[1] == 49


def test_predicted_ratings_know_a_new_item_as_an_average_one() -> None:
    data = build_films()
    stars = data.interactions.with_columns(
        (pl.col("item_row") % 5 + 1).cast(pl.Float32).alias("value"),
        pl.lit(0).cast(pl.UInt8).alias("kind"),
    )
    rated = replace(data, interactions=stars, kinds=("rate",))
    recommender = ft.fit(rated, encoder=CountingEncoder(), models__taste__learn=False)
    grown = Grower(recommender).grow([record("new", film(77))])
    table = grown.predict([("p0", "new"), ("p0", "war-3")])
    assert 1.0 <= table["mean"][0] <= 5.0
    before = recommender.predict([("p0", "war-3")])
    assert table["mean"][1] == pytest.approx(before["mean"][0])


def test_history_with_new_items_counts(base: Recommender) -> None:
    grown = Grower(base).grow([record("new", film(77, "space"))])
    row = grown.dataset.item_ids.row("new")
    score = scores(grown, "taste", Evidence(History.of([row])))
    plain = scores(grown, "taste", Evidence())
    kinds = np.array([item_id.split("-")[0] for item_id in grown.dataset.item_ids.ids[:48]])
    lift = (score - plain)[:48]
    assert lift[kinds == "space"].mean() > lift[kinds != "space"].mean()
