"""Check the wishes of the sample: none may use a content word of its own film's record.

A wish is one sentence of 12 to 30 words that asks for a film without its title, its people or
any content word of its synopsis, compared by English stems: finding the film then takes meaning.

``python tools/check_wishes.py [WISHES.jsonl]``; one line per fault, exit 1 if there is any.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import Stemmer

from foretaste.data.sample.catalogue import read_films

WISHES = Path(__file__).parents[1] / "benchmarks" / "data" / "sample_wishes.jsonl"
_FUNCTION_WORDS = """
a an the and or but nor so yet if then than that this these those there here it its itself he
him his himself she her hers herself they them their theirs themselves we us our ours you your
yours i me my mine who whom whose which what when where why how whoever whatever to of in on at
by for from with without within into onto upon out off over under up down about above below
across after before behind beside besides between among along around against through throughout
during until till toward towards near since as like while because though although is am are was
were be been being has have had having do does did doing done will would can could shall should
may might must not no none never only just also too very more most much many some any each every
all both either neither other others another such same own one ones once again s t d ll re ve m
even ever still instead rather else per via amid whether unless except beyond past inside
outside something someone anyone everyone nobody nothing anything everything somewhere cannot
let lets few less least several
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())


def folded(text: str) -> str:
    """Lower case, without accents, with straight apostrophes."""
    text = unicodedata.normalize("NFKD", text).replace("\u2019", "'")
    return "".join(c for c in text if not unicodedata.combining(c)).lower()


def words(text: str) -> list[str]:
    """Words of a text, folded; ``don't`` is one."""
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)?", folded(text))


def content_stems(text: str) -> set[str]:
    """English stems of all words that are no function words."""
    stem = Stemmer.Stemmer("english").stemWord
    tokens = re.findall(r"[a-z0-9]+", folded(text))
    return {stem(token) for token in tokens if token not in FUNCTION_WORDS}


def read_wishes(path: Path = WISHES) -> list[dict[str, str]]:
    """Read wishes, ``item_id`` and ``wish``."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def faults(wishes: list[dict[str, str]], films: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What is wrong with the wishes, a sentence each.

    Args:
        wishes: See :func:`read_wishes`.
        films: The catalogue by id.

    Yields:
        One sentence per fault.
    """
    seen: set[str] = set()
    for wish in wishes:
        item, text = wish["item_id"], wish["wish"]
        if item in seen:
            yield f"{item}: a second wish"
        seen.add(item)
        film = films.get(item)
        if film is None:
            yield f"{item}: no such film"
            continue
        if not 12 <= len(words(text)) <= 30:
            yield f"{item}: {len(words(text))} words"
        own = [film["title"], film["original_title"], film["synopsis"]]
        shared = content_stems(text) & content_stems(
            " ".join([*own, *film["cast"], *film["directors"]])
        )
        if shared:
            yield f"{item}: shares {', '.join(sorted(shared))}"


def main() -> int:
    """Run the check.

    Returns:
        Exit status.
    """
    wishes = read_wishes(Path(sys.argv[1]) if len(sys.argv) > 1 else WISHES)
    found = list(faults(wishes, {film["item_id"]: film for film in read_films()}))
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    sys.stdout.write(f"{len(wishes)} wishes, {len(found)} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
