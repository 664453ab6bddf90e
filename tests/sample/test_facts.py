"""The facts against a reference, where it has the film."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import check_facts

FOLDER = Path(os.environ.get("FORETASTE_DATA", "../shared/data"))

FILM: dict[str, Any] = {
    "item_id": "x-2001", "title": "The Matter", "original_title": "La Matière", "year": 2001,
    "directors": ["Zoë Ångström"], "cast": ["Ann Lee", "Bo Wu"], "genres": ["Science-Fiction"],
    "countries": ["United States"], "languages": ["Cantonese"],
}  # fmt: skip
ROW: dict[str, Any] = {
    "title": "Matter, The (La Matiere) (2001)", "year": 2001, "genres": ["Sci-Fi", "Drama"],
    "directors": ["Zoe Angstrom"], "cast": ["Lee Ann"], "original_language": "zh",
    "production_countries": ["United States of America"],
}  # fmt: skip


def test_titles_in_all_their_forms() -> None:
    assert check_facts.titles_of("Amelie (Fabuleux destin d'Amélie Poulain, Le) (2001)") == {
        "amelie", "fabuleux destin d amelie poulain",
    }  # fmt: skip
    assert check_facts.titles_of("Matrix, The (1999)") == {"matrix"}
    assert check_facts.plain("L'Atalante") == "atalante"
    assert check_facts.plain("M") == "m"


def test_names_in_other_spellings() -> None:
    assert check_facts.same_person("Zhang Yimou", "Yimou Zhang")
    assert check_facts.same_person("Toshirō Mifune", "Toshiro Mifune")
    assert not check_facts.same_person("Akira Kurosawa", "Kiyoshi Kurosawa")


def test_agreement_field_by_field() -> None:
    assert check_facts.agreement(FILM, ROW) == {
        "year": "same", "directors": "same", "cast": "overlap", "genres": "same",
        "countries": "same", "languages": "same",
    }  # fmt: skip
    other = {
        **ROW,
        "year": 2000,
        "directors": ["Jan Kowalski"],
        "cast": None,
        "genres": ["Western"],
    }
    found = check_facts.agreement(FILM, other)
    assert [found[field] for field in ("year", "directors", "cast", "genres")] == [
        "differs", "differs", "unknown", "differs",
    ]  # fmt: skip
    assert check_facts.unexplained({"x-2001": found}) == [
        "x-2001/directors", "x-2001/genres", "x-2001/year",
    ]  # fmt: skip


@pytest.mark.realdata
def test_facts_agree_with_the_reference() -> None:
    if not (FOLDER / "movies-enriched").is_dir():
        pytest.skip(f"{FOLDER} has no folder movies-enriched; set FORETASTE_DATA")
    result = check_facts.compare(FOLDER)
    assert len(result) >= 150
    assert check_facts.unexplained(result) == []
    differing = {f"{item}/{field}" for item, fields in result.items()
                 for field, verdict in fields.items() if verdict == "differs"}  # fmt: skip
    assert differing == set(check_facts.KNOWN), "an explanation is no longer needed"
    page = Path(__file__).parents[2] / "docs" / "results" / "sample_facts.md"
    assert page.read_text(encoding="utf-8") == check_facts.report(result)
