"""Films of four kinds with words, numbers and categories, and people who like two kinds each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from foretaste.core import Dataset, stream
from foretaste.data import DatasetBuilder
from foretaste.language.encoders.hashed import HashedEncoder

KINDS = {
    "crime": ("Crime", "detective hunts a careful gang of robbers through the city at night"),
    "romance": ("Romance", "two lovers meet by the sea and write letters for a whole summer"),
    "space": ("Science-Fiction", "a crew drifts among distant stars and repairs its silent ship"),
    "war": ("War", "young soldiers cross a muddy field while the old general hesitates"),
}


class CountingEncoder:
    """The hashed encoder, which remembers what it was asked."""

    def __init__(self) -> None:
        self.inner = HashedEncoder()
        self.asked: list[str] = []

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def size(self) -> int:
        return self.inner.size

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return self.inner.encode(texts)


def film(number: int, kind: str | None = None) -> dict[str, Any]:
    """One film; its number decides kind, year, makers and words."""
    names = list(KINDS)
    kind = kind or names[number % len(names)]
    genre, words = KINDS[kind]
    rng = stream(number, "film", kind)
    said = " ".join(rng.permutation(words.split())[:8])
    extra = " ".join(f"word{n}" for n in rng.integers(0, 60, 4))
    return {
        "item_id": f"{kind}-{number}",
        "title": f"{kind.title()} {number}",
        "year": 1950 + int(rng.integers(0, 60)),
        "genres": [genre, "Drama"] if number % 3 else [genre],
        "director": f"director {int(rng.integers(0, 12))}",
        "overview": f"A {said}. It has {extra}.",
    }


def build_films(
    n_items: int = 48,
    n_people: int = 120,
    n_new: int = 6,
    seed: int = 0,
    more: Sequence[dict[str, Any]] = (),
) -> Dataset:
    """The world; its last ``n_new`` films nobody has met."""
    rng = stream(seed, "film world")
    films = [film(number) for number in range(n_items)]
    builder = DatasetBuilder("films", roles={"about": "text"})
    builder.items(films_table([*films, *more]))
    names = list(KINDS)
    people, events = [], []
    known = n_items - n_new
    for number in range(n_people):
        user_id = f"p{number}"
        two = rng.choice(len(names), 2, replace=False)
        person: dict[str, Any] = {"user_id": user_id, "age": ["young", "old"][number % 2]}
        if number % 4 == 0:
            person["about"] = f"I love {KINDS[names[two[0]]][1]}"
        people.append(person)
        wanted = [i for i in range(known) if i % len(names) in two]
        for place, item in enumerate(rng.choice(wanted, 9, replace=False).tolist()):
            events.append(
                {
                    "user_id": user_id,
                    "item_id": films[item]["item_id"],
                    "kind": "dislike" if place == 4 else "like",
                    "time_s": 1e9 + 1e5 * place + number,
                }
            )
    builder.people(pl.DataFrame(people, infer_schema_length=None))
    builder.interactions(pl.DataFrame(events), columns={"timestamp": "time_s", "type": "kind"})
    return builder.build()


def films_table(films: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(films))
