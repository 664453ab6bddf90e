"""Wishes are read: relevance is a lift, words and meaning both count, nothing is lost on disk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from foretaste.core import Dataset, State, Vocabulary
from foretaste.core.errors import BundleError, SettingsError
from foretaste.language import (
    CachedEncoder,
    HashedEncoder,
    HashedSettings,
    TextIndex,
    TextIndexSettings,
)


@pytest.fixture
def index(films: Dataset) -> TextIndex:
    return TextIndex.build(films, HashedEncoder())


NAMES = ("gattaca", "heat", "tokyo", "amelie", "bare")


def best(index: TextIndex, wish: str) -> str:
    return NAMES[int(np.argmax(index.read(wish).relevance))]


@pytest.mark.parametrize(
    ("wish", "item"),
    [
        ("somebody borrows blood to travel into space", "gattaca"),
        ("a robbery in Los Angeles", "heat"),
        ("something by Michael Mann", "heat"),
        ("老夫妇看望孩子", "tokyo"),
        ("a waitress in Paris", "amelie"),
        ("Amelie", "amelie"),
    ],
)
def test_words_find_their_item(index: TextIndex, wish: str, item: str) -> None:
    assert best(index, wish) == item


def test_relevance_is_the_logarithm_of_a_lift(index: TextIndex) -> None:
    wish = index.read("a robbery in Los Angeles")
    assert wish.relevance is not None
    assert wish.relevance.dtype == np.float32
    assert np.exp(wish.relevance.astype(float)).mean() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("wish", ["", "   ", "🎬"])
def test_words_that_say_nothing_change_nothing(index: TextIndex, wish: str) -> None:
    relevance = index.read(wish).relevance
    np.testing.assert_allclose(relevance, 0, atol=1e-6)


def test_the_vector_is_the_encoders(index: TextIndex) -> None:
    vector = index.read("slow films").vector
    np.testing.assert_array_equal(vector, HashedEncoder().encode(["slow films"])[0])


def test_one_sentence_of_a_long_text_counts(films: Dataset) -> None:
    chatter = " ".join(f"Nothing much happens on day {n}." for n in range(9))
    needle = "An astronaut knits a red scarf."
    rows = [("a", f"{chatter} {needle}"), ("b", f"{chatter} {chatter}"), ("c", "Scarf.")]
    items = pl.DataFrame(rows, schema=["item_id", "about"], orient="row")
    dataset = replace(
        films, items=items, item_ids=Vocabulary(items["item_id"]), item_roles={"about": "text"}
    )
    only = TextIndexSettings(whole=0, words=0, passage=10)
    relevance = TextIndex.build(dataset, HashedEncoder(), only).read(needle).relevance
    assert relevance is not None
    assert int(np.argmax(relevance)) == 0
    whole = only.model_copy(update={"passages_up_to": 2})
    without = TextIndex.build(dataset, HashedEncoder(), whole)
    assert without.passages.size == 0
    assert without.read(needle).relevance is not None


def test_names_stay_out_of_the_vectors(films: Dataset) -> None:
    default = TextIndex.build(films, HashedEncoder())
    inside = TextIndex.build(films, HashedEncoder(), TextIndexSettings(words_only=()))
    name = HashedEncoder().encode(["Michael Mann"])[0]
    assert inside.vectors[1] @ name > default.vectors[1] @ name + 0.1
    assert [match.field for match in default.matches("by Michael Mann", 1)] == ["people", "people"]


def test_adding_equals_building(films: Dataset, index: TextIndex) -> None:
    first = replace(films, items=films.items[:2], item_ids=Vocabulary(["gattaca", "heat"]))
    grown = TextIndex.build(first, HashedEncoder()).add(films.items[2:], films.item_roles)
    for wish in ("waitress", "东京", "space"):
        np.testing.assert_allclose(
            grown.read(wish).relevance, index.read(wish).relevance, atol=1e-5
        )


def test_saved_and_loaded_it_reads_the_same(index: TextIndex) -> None:
    again = TextIndex.from_state(index.state(), HashedEncoder())
    wish = "a thief in 东京"
    np.testing.assert_array_equal(again.read(wish).relevance, index.read(wish).relevance)
    assert again.warnings == ()
    assert again.matches(wish, 1) == index.matches(wish, 1)


def test_without_its_encoder_words_still_match_and_it_says_so(
    films: Dataset, index: TextIndex
) -> None:
    for encoder in (None, HashedEncoder(HashedSettings(vector_size=64))):
        again = TextIndex.from_state(index.state(), encoder)
        assert "by their words only" in again.warnings[-1]
        assert best(again, "robbery") == "heat"
        assert again.read("robbery").vector is None
        with pytest.raises(BundleError, match="cannot be added"):
            again.add(films.items[:1], films.item_roles)


def test_a_broken_state_is_refused(index: TextIndex) -> None:
    state = index.state()
    arrays = {name: array for name, array in state.arrays.items() if name != "vectors"}
    with pytest.raises(BundleError, match="vectors"):
        TextIndex.from_state(State(arrays, state.meta), HashedEncoder())
    meta = {**state.meta, "settings": {"no": 1}}
    with pytest.raises(SettingsError):
        TextIndex.from_state(State(state.arrays, meta), HashedEncoder())


def test_what_people_type_is_not_written_down(films: Dataset) -> None:
    cached = CachedEncoder(HashedEncoder())
    index = TextIndex.build(films, cached)
    size = cached.path.stat().st_size
    index.read("something nobody else may know")
    assert cached.path.stat().st_size == size
    assert not isinstance(index.encoder, CachedEncoder)


def test_ten_megabytes_of_wish_are_cut(index: TextIndex) -> None:
    assert best(index, "robbery " * 1_500_000) == "heat"


def test_an_empty_catalogue(films: Dataset) -> None:
    empty = replace(films, items=films.items[:0], item_ids=Vocabulary([]))
    relevance = TextIndex.build(empty, HashedEncoder()).read("anything").relevance
    assert relevance is not None
    assert relevance.shape == (0,)
