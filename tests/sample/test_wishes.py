"""The wishes: each says what its film is about in words the film's own record does not use."""

from __future__ import annotations

from typing import Any

import pytest

import check_wishes
from foretaste.data.sample.catalogue import read_films


@pytest.fixture(scope="module")
def films() -> dict[str, dict[str, Any]]:
    """The catalogue by id."""
    return {film["item_id"]: film for film in read_films()}


def test_there_are_enough_and_they_keep_the_rules(films: dict[str, dict[str, Any]]) -> None:
    wishes = check_wishes.read_wishes()
    assert 150 <= len(wishes) <= 156
    assert list(check_wishes.faults(wishes, films)) == []


@pytest.mark.parametrize(
    ("item_id", "wish", "fault"),
    [
        ("heat-1995", "A master robber and the obsessed cop who hunts him all over town", "shares"),
        ("heat-1995", "Something with Pacino that moves slowly and keeps me awake now", "pacino"),
        ("heat-1995", "Too short", "2 words"),
        ("no-such-film-1900", "x", "no such film"),
    ],
)  # fmt: skip
def test_the_check_notices(
    films: dict[str, dict[str, Any]], item_id: str, wish: str, fault: str
) -> None:
    found = list(check_wishes.faults([{"item_id": item_id, "wish": wish}], films))
    assert fault in " ".join(found)


def test_a_second_wish_for_a_film_is_a_fault(films: dict[str, dict[str, Any]]) -> None:
    first = check_wishes.read_wishes()[0]
    assert list(check_wishes.faults([first, first], films)) == [
        f"{first['item_id']}: a second wish"
    ]


def test_words_are_compared_by_stem() -> None:
    assert check_wishes.content_stems("Runaway TRAINS") & check_wishes.content_stems("the train")
    assert check_wishes.content_stems("and that which") == set()
    assert check_wishes.folded("Žižek\u2019s") == "zizek's"
