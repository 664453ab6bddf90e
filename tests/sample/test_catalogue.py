"""The films: facts in one spelling, synopses of the promised length that give nothing away."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from check_wishes import folded, words
from foretaste.core import Dataset
from foretaste.data.sample import COLD_ITEMS
from foretaste.data.sample.catalogue import FILES, knowledge_of, read_films

GENRES = {
    "Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Family",
    "Fantasy", "History", "Horror", "Music", "Musical", "Mystery", "Romance", "Science-Fiction",
    "Sport", "Thriller", "War", "Western",
}  # fmt: skip
LISTS = ("directors", "genres", "countries", "languages", "themes", "mood")


def test_catalogue_is_large_and_wide() -> None:
    films = read_films()
    assert len(films) >= 330
    assert len({country for film in films for country in film["countries"]}) >= 60
    decades = Counter(film["year"] // 10 * 10 for film in films)
    assert set(decades) == set(range(1920, 2030, 10))
    assert min(decades.values()) >= 15
    assert max(Counter(name for film in films for name in film["directors"]).values()) <= 2


def test_ids_are_unique_sorted_and_name_the_year() -> None:
    ids = [film["item_id"] for film in read_films()]
    assert ids == sorted(set(ids))
    for film in read_films():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-\d{4}", film["item_id"])
        assert film["item_id"].endswith(str(film["year"]))


def faults_of(film: dict[str, Any]) -> list[str]:
    checks = {
        "empty": all(film[column] for column in LISTS),
        "doubled": all(len(set(film[column])) == len(film[column]) for column in LISTS),
        "blanks": all(v == v.strip() and v for column in LISTS for v in film[column]),
        "genre": set(film["genres"]) <= GENRES,
        "case": all(value == value.lower() for value in film["themes"] + film["mood"]),
        "cast": len(film["cast"]) >= 2 or "Documentary" in film["genres"],
        "length": 40 <= len(words(film["synopsis"])) <= 80,
    }
    return [f"{film['item_id']}: {name}" for name, well in checks.items() if not well]


def test_films_are_whole() -> None:
    assert [fault for film in read_films() for fault in faults_of(film)] == []
    broken = {**read_films()[0], "genres": ["Sci-Fi"], "synopsis": "Short."}
    assert [fault.split(": ")[1] for fault in faults_of(broken)] == ["genre", "length"]


def given_away(film: dict[str, Any]) -> list[str]:
    synopsis = " " + " ".join(words(film["synopsis"])) + " "
    phrases = []
    for title in (film["title"], film["original_title"]):
        phrase = words(title)
        phrases.append(phrase[1:] if phrase[:1] in (["the"], ["a"], ["an"]) else phrase)
    names = film["cast"] + film["directors"]
    phrases += [words(name) for name in names]
    found = [" ".join(p) for p in phrases if p and f" {' '.join(p)} " in synopsis]
    last = [name.split()[-1] for name in names]
    return found + [n for n in last if re.search(rf"\b{re.escape(n)}\b", film["synopsis"])]


def test_synopses_name_neither_title_nor_people() -> None:
    assert {film["item_id"]: found for film in read_films() if (found := given_away(film))} == {}
    film = read_films()[0]
    assert given_away({**film, "synopsis": f"In {film['title']} a man is lost."})


def test_no_value_has_two_spellings() -> None:
    for column in LISTS:
        found: dict[str, set[str]] = {}
        for film in read_films():
            for value in film[column]:
                found.setdefault(re.sub(r"[^a-z0-9]", "", folded(value)), set()).add(value)
        assert all(len(spellings) == 1 for key, spellings in found.items() if key), column


def test_knowledge_says_what_the_facts_say(sample: Dataset) -> None:
    assert sample.knowledge is not None
    assert sample.knowledge.equals(knowledge_of(read_films()))
    triples = set(sample.knowledge.iter_rows())
    assert ("gattaca-1997", "directed_by", "Andrew Niccol") in triples
    assert ("gattaca-1997", "decade", "1990s") in triples
    assert set(sample.knowledge["head"]) == set(sample.item_ids.ids)
    assert set(sample.knowledge["relation"]) == {
        "directed_by", "starring", "genre", "country", "language", "theme", "mood", "decade",
    }  # fmt: skip


def test_word_lists_name_films_that_exist() -> None:
    ids = {film["item_id"] for film in read_films()}
    assert set(COLD_ITEMS) <= ids
    known = (FILES / "well_known.txt").read_text(encoding="utf-8").split()
    assert len(known) == len(set(known))
    assert set(known) <= ids
