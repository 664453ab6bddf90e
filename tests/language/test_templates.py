"""Items and people in sentences."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from foretaste.core import Dataset, History
from foretaste.core.errors import DataError, UnknownNameError
from foretaste.language import Template, item_texts, person_text, profile_vector, read_template
from foretaste.language.encoders import HashedEncoder


def test_an_item_becomes_sentences_by_field(films: Dataset) -> None:
    texts = item_texts(films.items, films.item_roles)
    assert texts["title"][:3] == ["Gattaca (1997).", "Heat (1995).", "东京物语 (1953)."]
    assert texts["people"][0] == "Directed by Andrew Niccol."
    assert texts["tags"][3] == "Comedy, Romance."
    assert texts["text"][2].startswith("一对老夫妇")


def test_what_is_not_known_is_not_said(films: Dataset) -> None:
    texts = {
        field: column[4] for field, column in item_texts(films.items, films.item_roles).items()
    }
    assert texts == {"title": "Bare.", "people": "", "tags": "", "text": ""}


def test_the_year_is_said_once_and_other_attributes_get_their_name() -> None:
    row = {"name": "Heat (1995)", "year": 1995, "shop_floor": "2", "new": True, "vector": [1.0]}
    roles = {
        "name": "title",
        "year": "number",
        "shop_floor": "category",
        "new": "flag",
        "vector": "vector",
    }
    said = read_template("item.en").fill(row, roles)  # type: ignore[arg-type]
    assert said == {
        "title": "Heat (1995).",
        "people": "",
        "tags": "Shop floor: 2. New.",
        "text": "",
    }


def test_an_original_title_equal_to_the_title_is_not_said_again() -> None:
    template = read_template("item.en")
    same = template.fill({"title": "Heat", "original_title": "Heat"}, {"title": "title"})
    other = template.fill({"title": "Seven", "original_title": "Se7en"}, {"title": "title"})
    assert same["people"] == ""
    assert other["people"] == "Also called Se7en."


def test_braces_and_backslashes_in_data_are_only_text() -> None:
    template = Template.parse("a | {x} and {y}.")
    assert template.fill({"x": r"{y} \1 {0}", "y": "z"}, {})["a"] == r"{y} \1 {0} and z."


def test_ten_megabytes_in_one_cell_are_cut() -> None:
    filled = read_template("item.en").fill({"t": "word " * 2_000_000}, {"t": "text"})
    assert len(filled["text"]) <= 20_001


def test_the_chinese_template_speaks_chinese(films: Dataset) -> None:
    texts = item_texts(films.items, films.item_roles, read_template("item.zh"))
    assert texts["title"][2] == "《东京物语》（1953）。"
    assert texts["people"][2] == "导演：小津安二郎。"


def test_an_own_template_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("# mine\nhead | Meet {name}\n", "utf-8")
    assert read_template(str(path)).fill({"name": "Ann"}, {}) == {"head": "Meet Ann."}


@pytest.mark.parametrize("text", ["", "# only a remark", "no bar {x}", "a | no place", "a | {}"])
def test_a_broken_template_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(DataError, match="mine"):
        Template.parse(text, "mine")


def test_an_unknown_template_names_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match=r"item\.en"):
        read_template("item.xx")


def test_a_person_is_attributes_behaviour_and_words(films: Dataset) -> None:
    history = History.of([0, 1, 2], signals=[1, -1, 1], kinds=[0, 0, 1])
    said = person_text(
        {"age": 30, "text": "I like slow films", "nothing": None},
        history=history,
        titles=films.titles(),
        kinds=films.kinds,
        words=["more like this!"],
    )
    assert said == (
        "Age: 30. I like slow films. Bought: 东京物语. Liked: 东京物语, Gattaca. "
        "Disliked: Heat. more like this!"
    )


def test_only_the_newest_are_named(films: Dataset) -> None:
    said = person_text({}, history=History.of([0, 1, 2, 2]), titles=films.titles(), most=2)
    assert said == "Liked: 东京物语, Heat."


def test_nobody_has_no_profile() -> None:
    encoder = HashedEncoder()
    assert person_text({}) == ""
    assert profile_vector(encoder, {"age": None}) is None
    vector = profile_vector(encoder, {"text": "slow films"})
    assert vector is not None
    assert vector @ encoder.encode(["slow films"])[0] == pytest.approx(1.0)


def test_lists_of_polars_and_nulls(films: Dataset) -> None:
    items = films.items.with_columns(genres=pl.lit(None, pl.List(pl.String)))
    assert set(item_texts(items, films.item_roles)["tags"]) == {""}
