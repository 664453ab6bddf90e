"""The released MeLU cells joined with MovieLens 1M: films, people, cells, shuffles.

The film ids of the warm cell are not among the released files. They follow from MovieLens 1M:
a warm person's ratings of films that are in no cold list. This is checked person by person
against the released rating lists (as multisets: the shuffle makes their order irrelevant).
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import polars as pl
from pydantic import Field

from foretaste.core import Dataset, Role, Settings, Vocabulary, stream
from foretaste.core.errors import DataError

__all__ = ["CELLS", "NEW_FILMS", "WARM", "Asked", "Cell", "Films", "ReleasedCells"]

WARM, NEW_FILMS = "warm people, warm films", "warm people, new films"
CELLS = {
    WARM: "warm_state",
    "new people, warm films": "user_cold_state",
    NEW_FILMS: "item_cold_state",
    "new people, new films": "user_and_item_cold_state",
}
ROLES: dict[str, Role] = {
    "year": "number",
    "genres": "categories",
    "directors": "categories",
    "writers": "categories",
    "cast": "categories",
    "keywords": "categories",
    "mpaa": "category",
    "production_countries": "categories",
    "production_companies": "categories",
    "original_language": "category",
}
PEOPLE_ROLES: dict[str, Role] = {"gender": "category", "age": "category", "occupation": "category"}

Ratings = tuple[np.ndarray, np.ndarray]
Cell = dict[str, Ratings]


@dataclass(frozen=True)
class Asked:
    """One person in one cell: film rows and ratings that are known, and that are asked."""

    user: str
    known: Ratings
    asked: Ratings


@dataclass(frozen=True)
class Films:
    """Everything but ratings."""

    items: pl.DataFrame
    people: pl.DataFrame
    item_ids: Vocabulary
    user_ids: Vocabulary
    vectors: np.ndarray

    @classmethod
    def read(cls, data: Path) -> Films:
        """Films in the order of movies.dat, people in the order of users.dat."""
        needed = ("ml-1m/movies.dat", "movies-enriched/ml1m.parquet", "melu-ml-1m")
        for name in needed:
            if not (data / name).exists():
                raise DataError("the data of this benchmark are not here", where=name)
        lines = (data / needed[0]).read_text(encoding="latin-1").splitlines()
        ids = [int(line.split("::")[0]) for line in lines]
        items = pl.DataFrame({"movieId": ids}).join(
            pl.read_parquet(data / needed[1]), on="movieId", how="left", maintain_order="left"
        )
        writers = [
            sorted({name.split("(")[0].strip() for name in (text or "").split(",")} - {""})
            for text in items["writers"].to_list()
        ]
        items = items.with_columns(pl.Series("writers", writers, dtype=pl.List(pl.String)))
        rows = [
            line.split("::")[:4] for line in (data / "ml-1m/users.dat").read_text().splitlines()
        ]
        names = ["user_id", "gender", "age", "occupation"]
        people = pl.DataFrame(rows, schema=names, orient="row")
        users = Vocabulary(people["user_id"].to_list(), "person")
        return cls(items, people, Vocabulary(map(str, ids)), users, _text_vectors(items))

    def dataset(self, ratings: Cell) -> Dataset:
        """These people's ratings over the whole catalogue."""
        users = self.user_ids.rows(list(ratings))
        order = np.argsort(users, kind="stable")
        chosen = [list(ratings.values())[place] for place in order]
        lengths = [len(rows) for rows, _ in chosen]
        values = np.concatenate([values for _, values in chosen])
        table = pl.DataFrame(
            {
                "user_row": np.repeat(users[order], lengths).astype(np.int32),
                "item_row": np.concatenate([rows for rows, _ in chosen]).astype(np.int32),
                "kind": np.zeros(len(values), np.uint8),
                "value": values.astype(np.float32),
                "signal": np.sign(values - 3.0).astype(np.float32),
                "time_s": np.full(len(values), np.nan),
            }
        )
        return Dataset(
            name="melu-ml-1m, warm",
            user_ids=self.user_ids,
            item_ids=self.item_ids,
            interactions=table,
            items=self.items,
            people=self.people,
            item_roles=ROLES,
            people_roles=PEOPLE_ROLES,
            kinds=("rate",),
            vectors={"text": self.vectors},
        )


class ReleasedCells(Settings):
    """``melu``, the released cells: who is asked what.

    Lee et al., KDD 2019: in each cell the people with 13 to 100 ratings there; their ratings
    are shuffled, the last 10 are asked, the rest is known.
    """

    name: ClassVar[str] = "melu (released cells)"
    least: int = Field(default=13, gt=1)
    most: int = Field(default=100, gt=1)
    query: int = Field(default=10, gt=0)
    shuffles: tuple[int, ...] = (0, 1, 2, 3, 4)

    def read(self, data: Path, films: Films) -> dict[str, Cell]:
        """Each cell: person to film rows and ratings; the warm one recovered and checked."""
        folder = data / "melu-ml-1m"
        cells: dict[str, Cell] = {}
        for name, file in CELLS.items():
            if name == WARM:
                continue
            ids = json.loads((folder / f"{file}.json").read_text())
            values = json.loads((folder / f"{file}_y.json").read_text())
            cells[name] = {
                user: (films.item_ids.rows(ids[user]), np.array(values[user], float))
                for user in ids
            }
        new = [rows for name, cell in cells.items() if "new films" in name
               for rows, _ in cell.values()]  # fmt: skip
        released = json.loads((folder / f"{CELLS[WARM]}_y.json").read_text())
        cells[WARM] = _recovered(data, films, released, np.unique(np.concatenate(new)))
        return {name: cells[name] for name in CELLS}

    def shuffled(self, cells: dict[str, Cell], seed: int) -> dict[str, list[Asked]]:
        """The tasks of one shuffle, the same for every system."""
        made: dict[str, list[Asked]] = {}
        for name, cell in cells.items():
            made[name] = []
            for user, (rows, values) in sorted(cell.items()):
                if self.least <= len(rows) <= self.most:
                    order = stream(seed, "melu", name, user).permutation(len(rows))
                    known, asked = order[: -self.query], order[-self.query :]
                    made[name].append(
                        Asked(user, (rows[known], values[known]), (rows[asked], values[asked]))
                    )
        return made


def _recovered(data: Path, films: Films, released: dict[str, list[int]], new: np.ndarray) -> Cell:
    columns = ["userId", "movieId", "rating"]
    ratings = pl.read_parquet(data / "ml-1m/ratings.parquet", columns=columns)
    warm: Cell = {}
    for (user,), part in ratings.group_by("userId", maintain_order=True):
        if str(user) not in released:
            continue
        rows = films.item_ids.rows(part["movieId"].cast(pl.String).to_list())
        keep = ~np.isin(rows, new)
        values = part["rating"].to_numpy()[keep].astype(float)
        if Counter(values.tolist()) != Counter(map(float, released[str(user)])):
            raise DataError(
                f"warm ratings of person {user} do not match the released list",
                where="melu-ml-1m/warm_state_y.json",
            )
        warm[str(user)] = (rows[keep], values)
    return warm


def _text_vectors(items: pl.DataFrame) -> np.ndarray:
    """Title, genres and overview as vectors of the encoder at hand, kept on disk."""
    from foretaste.language import CachedEncoder, make_encoder

    texts = [
        f"{row['title']}. {', '.join(row['genres'] or [])}. {row['overview'] or ''}"
        for row in items.iter_rows(named=True)
    ]
    return np.asarray(CachedEncoder(make_encoder()).encode(texts))
