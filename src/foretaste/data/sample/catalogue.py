"""The films of the sample world: facts about real films, a synopsis in our own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from foretaste.core import Role

__all__ = ["COLD_ITEMS", "FILES", "FILM_ROLES", "knowledge_of", "read_films"]

FILES = Path(__file__).parent / "files"
"""Where the packaged tables lie."""

FILM_ROLES: dict[str, Role] = {
    "title": "title",
    "original_title": "category",
    "year": "number",
    "directors": "categories",
    "cast": "categories",
    "genres": "categories",
    "countries": "categories",
    "languages": "categories",
    "themes": "categories",
    "mood": "categories",
    "synopsis": "text",
    "available_from_s": "time",
}
"""What each column of the catalogue is."""

COLD_ITEMS = (
    "aftersun-2022",
    "argentina-1985-2022",
    "everything-everywhere-all-at-once-2022",
    "fire-of-love-2022",
    "goodbye-julia-2023",
    "how-to-make-millions-before-grandma-dies-2024",
    "rrr-2022",
    "rye-lane-2023",
    "the-banshees-of-inisherin-2022",
    "the-teachers-lounge-2023",
)
"""Films that arrive after the last event: nobody in the simulated audience has met them."""

_RELATIONS = {
    "directors": "directed_by",
    "cast": "starring",
    "genres": "genre",
    "countries": "country",
    "languages": "language",
    "themes": "theme",
    "mood": "mood",
}


@cache
def read_films() -> tuple[dict[str, Any], ...]:
    """Read the catalogue as written, one mapping per film, sorted by id.

    Returns:
        The films; do not change them.
    """
    with (FILES / "films.jsonl").open(encoding="utf-8") as file:
        return tuple(json.loads(line) for line in file)


def knowledge_of(films: tuple[dict[str, Any], ...]) -> pl.DataFrame:
    """Derive triples from the facts: nothing in them that the catalogue does not say.

    Args:
        films: The catalogue.

    Returns:
        ``head, relation, tail``; the head is the film's id, the tail a name, or for
        ``decade`` a text such as ``1970s``. A person who directed two films is one tail, so
        films are linked through people, places, themes and times.
    """
    return pl.DataFrame(
        list(_triples(films)),
        schema={"head": pl.String, "relation": pl.String, "tail": pl.String},
        orient="row",
    )


def _triples(films: tuple[dict[str, Any], ...]) -> Iterator[tuple[str, str, str]]:
    for film in films:
        for column, relation in _RELATIONS.items():
            for value in film[column]:
                yield film["item_id"], relation, value
        yield film["item_id"], "decade", f"{film['year'] // 10 * 10}s"
