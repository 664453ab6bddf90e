"""Compare the facts of the sample's films with a reference: which agree, differ, are unverified.

``python tools/check_facts.py [--data FOLDER] [--out FILE.md] [--json]``

The reference (``movies-enriched`` in the folder of real data) is compared field by field where
both have the film: same title (either of ours, any of theirs, articles moved back) and years no
more than one apart, or the same director and nearly the same title. The report names our films
and fields only; nothing of the reference's text is copied. Exit 1 if anything differs that is not
listed in ``KNOWN``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import polars as pl

from foretaste.data.sample.catalogue import read_films

FIELDS = ("year", "directors", "cast", "genres", "countries", "languages")
ARTICLES = frozenset([
    "the", "a", "an", "le", "la", "les", "l", "un", "une", "der", "die", "das", "ein", "eine", "el",
    "los", "las", "il", "lo", "i", "gli", "o", "os", "as",
])  # fmt: skip
GENRES = {"Sci-Fi": "Science-Fiction", "Children's": "Family", "Children": "Family",
          "Film-Noir": "Crime"}  # fmt: skip
COUNTRIES = {"United States of America": "United States", "Czech Republic": "Czechia",
             "Macedonia": "North Macedonia", "Palestinian Territory": "Palestine"}  # fmt: skip
LANGUAGES = {
    "en": "English", "fr": "French", "de": "German", "it": "Italian", "es": "Spanish",
    "ja": "Japanese", "ko": "Korean", "zh": "Mandarin|Cantonese|Hokkien",
    "cn": "Cantonese", "sv": "Swedish",
    "da": "Danish", "no": "Norwegian", "nb": "Norwegian", "fi": "Finnish", "is": "Icelandic",
    "ru": "Russian", "pl": "Polish", "cs": "Czech", "hu": "Hungarian", "ro": "Romanian",
    "pt": "Portuguese", "nl": "Dutch", "el": "Greek", "tr": "Turkish", "fa": "Persian",
    "ar": "Arabic", "he": "Hebrew", "hi": "Hindi", "bn": "Bengali", "ta": "Tamil", "te": "Telugu",
    "th": "Thai", "id": "Indonesian", "et": "Estonian", "bs": "Bosnian", "sr": "Serbian",
    "mk": "Macedonian", "wo": "Wolof", "ka": "Georgian", "vi": "Vietnamese", "bm": "Bambara",
    "ca": "Catalan", "uk": "Ukrainian", "sh": "Serbian", "hr": "Croatian", "mi": "Maori",
}  # fmt: skip
KNOWN = {
    "brief-encounter-1945/year": "1945: first shown in London in November 1945",
    "das-boot-1981/countries": "West Germany, as it was in 1981",
    "embrace-of-the-serpent-2015/year": "2015: first shown in Cannes in May 2015",
    "eyes-without-a-face-1960/year": "1960: released in France in January 1960, shot in 1959",
    "headhunters-2011/languages": "spoken in Norwegian and Danish",
    "once-2007/year": "2007: released in Ireland in March 2007, at a festival in July 2006",
    "the-great-silence-1968/year": "1968: released in Italy in November 1968",
}
"""Differences looked into, field by field: ``item_id/field`` to what we hold and why."""


def plain(text: str) -> str:
    """A title or name reduced to what matters: letters, no accents, no leading article."""
    text = unicodedata.normalize(
        "NFKD", text.replace("ø", "o").replace("ł", "l").replace("ß", "ss")
    )
    words = re.findall(r"\w+", "".join(c for c in text if not unicodedata.combining(c)).lower())
    words = ["and" if word == "et" else word for word in words]
    return " ".join(words[1:] if len(words) > 1 and words[0] in ARTICLES else words)


def titles_of(title: str) -> set[str]:
    """All names in one reference title: ``Amelie (Fabuleux destin ..., Le) (2001)``."""
    bare = re.sub(r"\s*\(\d{4}\)\s*$", "", title)
    parts = [re.sub(r"\(.*?\)", "", bare), *re.findall(r"\(([^()]*)\)", bare)]
    found = set()
    for part in parts:
        part = re.sub(r"^a\.?k\.?a\.?\s+", "", part.strip(), flags=re.IGNORECASE)
        moved = re.fullmatch(r"(.*),\s*([A-Za-z']{1,4})", part)
        found.add(plain(f"{moved[2]} {moved[1]}" if moved else part))
    return found - {""}


def same_person(ours: str, theirs: str) -> bool:
    """Whether two spellings name one person (order of names and small spellings aside)."""
    a, b = (" ".join(sorted(plain(name).split())) for name in (ours, theirs))
    return a == b or SequenceMatcher(None, a, b).ratio() >= 0.78


def agreement(film: dict[str, Any], row: dict[str, Any]) -> dict[str, str]:
    """Compare one film field by field.

    Args:
        film: Ours.
        row: The reference's.

    Returns:
        Field to ``same``, ``overlap``, ``differs`` or ``unknown`` (the reference is silent).
    """
    found = {"year": "same" if row["year"] == film["year"] else "differs"}
    for field in ("directors", "cast"):
        theirs = row[field] or []
        hits = [any(same_person(name, other) for other in theirs) for name in film[field]]
        found[field] = _verdict(hits, bool(theirs))
    genres = {GENRES.get(name, name) for name in row["genres"] or []} - {"(no genres listed)"}
    found["genres"] = _verdict([genre in genres for genre in film["genres"]], bool(genres))
    places = {COUNTRIES.get(name, name) for name in row["production_countries"] or []}
    found["countries"] = _verdict([place in places for place in film["countries"]], bool(places))
    spoken = LANGUAGES.get(row["original_language"] or "", "").split("|")
    hit = [any(language in film["languages"] for language in spoken)]
    found["languages"] = _verdict(hit, spoken != [""])
    return found


def _verdict(hits: list[bool], known: bool) -> str:
    if not known or not hits:
        return "unknown"
    return "same" if all(hits) else "overlap" if any(hits) else "differs"


def compare(folder: Path) -> dict[str, dict[str, str]]:
    """Compare every film that both have; the best-agreeing reference row counts.

    Args:
        folder: The folder of real data.

    Returns:
        Item id to field to verdict; films that the reference lacks are absent.
    """
    rows = _reference(folder)
    by_title: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for title in titles_of(row["title"]):
            by_title.setdefault(title, []).append(row)
    result: dict[str, dict[str, str]] = {}
    for film in read_films():
        names = {plain(film["title"]), plain(film["original_title"])}
        checked = []
        for row in (row for name in names for row in by_title.get(name, [])):
            found = agreement(film, row)
            near = row["year"] is not None and abs(row["year"] - film["year"]) <= 1
            if near or found["directors"] in ("same", "overlap"):
                checked.append(found)
        checked = checked or [agreement(film, row) for row in rows if _nearly(film, row, names)]
        if checked:
            result[film["item_id"]] = {
                field: min((c[field] for c in checked), key=_ORDER.index) for field in FIELDS
            }
    return result


def _reference(folder: Path) -> list[dict[str, Any]]:
    columns = ("title", "year", "genres", "directors", "cast", "production_countries",
               "original_language")  # fmt: skip
    files = [folder / "movies-enriched" / f"{name}.parquet" for name in ("ml1m", "mlsmall")]
    return [row for path in files for row in pl.read_parquet(path).select(columns).to_dicts()]


def _nearly(film: dict[str, Any], row: dict[str, Any], names: set[str]) -> bool:
    """Same year and director, and a title that is longer, shorter or spelt otherwise."""
    if row["year"] is None or abs(row["year"] - film["year"]) > 1:
        return False
    if not any(same_person(a, b) for a in film["directors"] for b in row["directors"] or []):
        return False
    pairs = [(ours, theirs) for ours in names for theirs in titles_of(row["title"])]
    return any(theirs.startswith(ours) or SequenceMatcher(None, ours, theirs).ratio() >= 0.7
               for ours, theirs in pairs)  # fmt: skip


_ORDER = ("same", "overlap", "differs", "unknown")


def unexplained(result: dict[str, dict[str, str]]) -> list[str]:
    """Differences that nobody has looked into.

    Args:
        result: What :func:`compare` found.

    Returns:
        ``item_id/field``, sorted.
    """
    return sorted(
        f"{item}/{field}" for item, fields in result.items() for field, verdict in fields.items()
        if verdict == "differs" and f"{item}/{field}" not in KNOWN
    )  # fmt: skip


def report(result: dict[str, dict[str, str]]) -> str:
    """The result as a page.

    Args:
        result: What :func:`compare` found.

    Returns:
        Markdown.
    """
    films = read_films()
    lines = [
        "# Facts of the sample's films", "",
        "Written by `tools/check_facts.py`. The facts were written by us from general knowledge; "
        "this is how they compare with MovieLens titles enriched from TMDB and OMDb, where both "
        "have the film. Nothing of that reference is part of the package.", "",
        f"{len(films)} films: {len(result)} compared, {len(films) - len(result)} unverified.", "",
        "| field | same | some in common | differs | reference silent |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for field in FIELDS:
        count = Counter(fields[field] for fields in result.values())
        lines.append(f"| {field} | " + " | ".join(str(count[v]) for v in _ORDER) + " |")
    lines += ["", "`some in common`: the reference lists three to five actors and often one "
              "country, we list up to four and all main ones.", "", "## Differences", "",
              "| film | field | what we hold |", "|---|---|---|"]  # fmt: skip
    for item, fields in sorted(result.items()):
        for field, verdict in fields.items():
            if verdict == "differs":
                why = KNOWN.get(f"{item}/{field}", "not looked into")
                lines.append(f"| {item} | {field} | {why} |")
    lines += ["", "## Unverified", "", "The reference does not have these; their facts rest on "
              "our own knowledge alone.", ""]  # fmt: skip
    lines += [f"- {f['item_id']}" for f in films if f["item_id"] not in result]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the check.

    Returns:
        Exit status.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = os.environ.get("FORETASTE_DATA", "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of real data")
    parser.add_argument("--out", type=Path, help="write the report here (Markdown)")
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")
    given = parser.parse_args()
    if not (given.data / "movies-enriched").is_dir():
        sys.stderr.write(f"{given.data}: no folder movies-enriched; set FORETASTE_DATA.\n")
        return 2
    result = compare(given.data)
    if given.out:
        given.out.write_text(report(result), encoding="utf-8")
    left = unexplained(result)
    sys.stdout.write(json.dumps(result) if given.json else "\n".join(left) or "all explained")
    sys.stdout.write("\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
