"""The real data of the benchmarks as datasets: ML-1M's positives and Amazon Beauty.

Built straight from the files so that a benchmark rests on nothing that guesses.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from foretaste.core import Dataset, Vocabulary
from foretaste.core.errors import DataError

__all__ = ["beauty", "movielens_1m", "movielens_positives", "with_text_vectors"]

_OCCUPATION = "occupation"


def movielens_positives(folder: Path) -> Dataset:
    """ML-1M, ratings of 4 and 5 as likes, and only the films that have any (3,533).

    Args:
        folder: Holds ``ml-1m`` and ``movies-enriched``.

    Returns:
        575,281 likes of 6,038 people, all with times.
    """
    return movielens_1m(folder, positives=True)


def with_text_vectors(dataset: Dataset) -> Dataset:
    """Encode the items' texts as the product does: MiniLM, kept on disk, names left to words.

    Args:
        dataset: Items with a title and perhaps a text and tags.

    Returns:
        The dataset with ``vectors["text"]``.
    """
    from foretaste.language import CachedEncoder, TextIndex, TextIndexSettings, make_encoder

    encoder = CachedEncoder(make_encoder())
    index = TextIndex.build(dataset, encoder, TextIndexSettings(passages_up_to=0))
    return dataset.with_vectors("text", index.vectors)


def movielens_1m(folder: Path, *, positives: bool = False) -> Dataset:
    """ML-1M with texts, genres, years, makers, and people's gender, age band and occupation.

    Args:
        folder: Holds ``ml-1m`` and ``movies-enriched`` (no texts without the latter).
        positives: Only ratings of 4 and 5, and films that have any.

    Returns:
        The dataset; signal is 1 from 4 stars on, 0 at 3, -1 below.
    """
    home = _there(folder / "ml-1m")
    ratings = pl.read_parquet(home / "ratings.parquet").select(
        user_id=pl.col("userId").cast(str),
        item_id=pl.col("movieId").cast(str),
        value=pl.col("rating").cast(pl.Float32),
        time_s=pl.col("timestamp").cast(pl.Float64).fill_null(float("nan")),
    )
    if positives:
        ratings = ratings.filter(pl.col("value") >= 4)
    films, roles = _films(home / "movies.dat", folder / "movies-enriched" / "ml1m.parquet")
    touched = ratings["item_id"].unique().implode()
    films = films.filter(pl.col("item_id").is_in(touched)) if positives else films
    people = _rows(home / "users.dat", ["user_id", "gender", "age", _OCCUPATION, "zip"])
    people = people.filter(pl.col("user_id").is_in(ratings["user_id"].unique().implode()))
    return _dataset(
        "ML-1M likes" if positives else "ML-1M",
        ratings.with_columns(
            signal=pl.when(pl.col("value") >= 4)
            .then(1.0)
            .when(pl.col("value") >= 3)
            .then(0.0)
            .otherwise(-1.0)
        ),
        films,
        people.select("user_id", "gender", "age", _OCCUPATION),
        roles,
        {"gender": "category", "age": "category", _OCCUPATION: "category"},
    )


def beauty(folder: Path) -> Dataset:
    """Amazon Beauty 2014, 5-core: 22,363 people, 12,101 items, 198,502 events in order.

    There are no times, only order: the place in the sequence stands for seconds, so that
    "later" is known within a person. Titles come with the items.

    Args:
        folder: Holds ``amazon2014-beauty``.

    Returns:
        The dataset.
    """
    home = _there(folder / "amazon2014-beauty")
    users, items, places = [], [], []
    for line in (home / "test.txt").read_text(encoding="utf-8").splitlines():
        user, *sequence = line.split()
        users += [user] * len(sequence)
        items += sequence
        places += range(len(sequence))
    titles = _beauty_titles(home / "item_list.txt")
    ids = sorted(set(items), key=int)
    events = pl.DataFrame(
        {"user_id": users, "item_id": items, "time_s": np.array(places, float)}
    ).with_columns(value=pl.lit(None, pl.Float32).fill_null(float("nan")), signal=pl.lit(1.0))
    catalogue = pl.DataFrame({"item_id": ids, "title": [titles.get(name, "") for name in ids]})
    people = pl.DataFrame({"user_id": sorted(set(users), key=int)})
    return _dataset("Amazon Beauty 5-core", events, catalogue, people, {"title": "title"}, {})


def _dataset(
    name: str,
    events: pl.DataFrame,
    items: pl.DataFrame,
    people: pl.DataFrame,
    item_roles: dict,
    people_roles: dict,
) -> Dataset:
    item_row = {key: row for row, key in enumerate(items["item_id"])}
    user_row = {key: row for row, key in enumerate(people["user_id"])}
    table = events.with_columns(
        user_row=pl.col("user_id").replace_strict(user_row, return_dtype=pl.Int32),
        item_row=pl.col("item_id").replace_strict(item_row, return_dtype=pl.Int32),
        kind=pl.lit(0, pl.UInt8),
        signal=pl.col("signal").cast(pl.Float32),
        # unknown times first, ties in the order of the file
        order=pl.col("time_s").fill_nan(float("-inf")),
    ).sort("user_row", "order", maintain_order=True)
    return Dataset(
        name=name,
        user_ids=Vocabulary(people["user_id"], "person"),
        item_ids=Vocabulary(items["item_id"]),
        interactions=table.select("user_row", "item_row", "kind", "value", "signal", "time_s"),
        items=items,
        people=people,
        item_roles=item_roles,
        people_roles=people_roles,
    )


def _films(path: Path, enriched: Path) -> tuple[pl.DataFrame, dict]:
    films = _rows(path, ["item_id", "title", "genres"]).with_columns(
        pl.col("genres").str.split("|"),
        year=pl.col("title").str.extract(r"\((\d{4})\)\s*$").cast(pl.Float64),
    )
    roles = {"title": "title", "genres": "categories", "year": "number"}
    if not enriched.is_file():
        return films, roles
    more = pl.read_parquet(enriched).select(
        pl.col("movieId").cast(str).alias("item_id"), "overview", "keywords", "directors", "cast"
    )
    roles |= {"overview": "text"} | dict.fromkeys(("keywords", "directors", "cast"), "categories")
    return films.join(more, on="item_id", how="left", maintain_order="left"), roles


def _rows(path: Path, names: list[str]) -> pl.DataFrame:
    lines = [line.split("::") for line in path.read_text(encoding="latin-1").splitlines()]
    return pl.DataFrame(lines, schema=dict.fromkeys(names, pl.String), orient="row")


def _beauty_titles(path: Path) -> dict[str, str]:
    titles: dict[str, str] = {}
    current = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split(maxsplit=2)
        if len(parts) >= 2 and len(parts[0]) == 10 and parts[1].isdigit():
            current = parts[1]
            titles[current] = (parts[2] if len(parts) > 2 else "").strip('"')
        elif current:  # a title may contain line breaks
            titles[current] += " " + line.strip('"')
    return titles


def _there(folder: Path) -> Path:
    if not folder.is_dir():
        raise DataError(
            "the data of this benchmark are not here",
            where=folder.name,
            expected="a folder given by --data or FORETASTE_DATA",
        )
    return folder
