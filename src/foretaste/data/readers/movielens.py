"""MovieLens as its publisher packs it: 100K, 1M and 10M, 20M to latest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from foretaste.data.builder import DatasetBuilder
from foretaste.data.readers.source import ReadOptions, open_source
from foretaste.data.readers.table import read_table
from foretaste.data.report import Origin, ReportBuilder

__all__ = ["read_100k", "read_1m", "read_latest"]

_AGES = {
    "1": "under 18",
    "18": "18-24",
    "25": "25-34",
    "35": "35-44",
    "45": "45-49",
    "50": "50-55",
    "56": "56 or older",
}
_OCCUPATIONS = (
    "other", "academic/educator", "artist", "clerical/admin", "college/grad student",
    "customer service", "doctor/health care", "executive/managerial", "farmer", "homemaker",
    "K-12 student", "lawyer", "programmer", "retired", "sales/marketing", "scientist",
    "self-employed", "technician/engineer", "tradesman/craftsman", "unemployed", "writer",
)  # fmt: skip
"""What the codes of users.dat stand for."""

_GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary",
    "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi",
    "Thriller", "War", "Western",
)  # fmt: skip
_RATINGS = ("user_id", "item_id", "rating", "timestamp")


def read_100k(
    folder: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    """Read ``u.data``, ``u.item``, ``u.user``.

    Args:
        folder: Where they lie.
        builder: Given the tables.
        options: What the caller states.
        report: Told what was guessed.
    """
    report.fact("format", "MovieLens 100K", value="movielens-100k")
    events, origin = _table(folder / "u.data", options, report, _RATINGS)
    if (folder / "u.item").is_file():
        flags = [f"flag_{place}" for place in range(len(_GENRES))]
        names = ("item_id", "title", "released", "video", "imdb_url", *flags)
        movies, where = _table(folder / "u.item", options, report, names)
        marks = [
            pl.when(pl.col(flag) == "1").then(pl.lit(genre))
            for flag, genre in zip(flags, _GENRES, strict=True)
            if genre != "unknown"
        ]
        movies = movies.with_columns(pl.concat_list(marks).list.drop_nulls().alias("genres"))
        builder.items(_with_year(movies.drop("video", *flags)), origin=where)
    if (folder / "u.user").is_file():
        names = ("user_id", "age", "gender", "occupation", "zip_code")
        people, where = _table(folder / "u.user", options, report, names)
        builder.people(people, origin=where)
    builder.interactions(events, origin=origin)


def read_1m(
    folder: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    """Read ``ratings.dat`` (or a table ``ratings.*``), ``movies.dat``, ``users.dat``.

    Args:
        folder: Where they lie.
        builder: Given the tables.
        options: What the caller states.
        report: Told what was guessed.
    """
    report.fact("format", "MovieLens 1M", value="movielens-1m")
    path = next(iter(sorted(folder.glob("ratings.*"))), folder / "ratings.dat")
    names: Sequence[str] | None = _RATINGS if path.suffix == ".dat" else None
    events, origin = _table(path, options, report, names)
    movies, where = _table(folder / "movies.dat", options, report, ("item_id", "title", "genres"))
    builder.items(_with_year(_with_genres(movies)), origin=where)
    if (folder / "users.dat").is_file():
        names = ("user_id", "gender", "age_band", "occupation", "zip_code")
        people, where = _table(folder / "users.dat", options, report, names)
        jobs = {str(code): name for code, name in enumerate(_OCCUPATIONS)}
        people = people.with_columns(
            pl.col("age_band").replace(_AGES), pl.col("occupation").replace(jobs)
        )
        builder.people(people, origin=where)
    builder.interactions(events, origin=origin)


def read_latest(
    folder: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    """Read ``ratings.csv``, ``movies.csv`` and if there ``links.csv``, ``tags.csv``.

    Tags become remarks: they are words of people, with a time, not facts about films.

    Args:
        folder: Where they lie.
        builder: Given the tables.
        options: What the caller states.
        report: Told what was guessed.
    """
    report.fact("format", "MovieLens latest", value="movielens-latest")
    events, origin = _table(folder / "ratings.csv", options, report)
    movies, where = _table(folder / "movies.csv", options, report)
    builder.items(_with_year(_with_genres(movies)), origin=where)
    if (folder / "links.csv").is_file():
        links, where = _table(folder / "links.csv", options, report)
        builder.items(links, origin=where)
    builder.interactions(events, origin=origin)
    if (folder / "tags.csv").is_file():
        tags, where = _table(folder / "tags.csv", options, report)
        builder.remarks(tags, origin=where, kind="tag")


def _table(
    path: Path, options: ReadOptions, report: ReportBuilder, names: Sequence[str] | None = None
) -> tuple[pl.DataFrame, Origin]:
    return read_table(open_source(path, options, report), options, report, names)


def _with_year(movies: pl.DataFrame) -> pl.DataFrame:
    """Take the year out of ``Heat (1995)`` into a column; the title stays as published."""
    year = pl.col("title").str.extract(r"\((\d{4})(?:[-–]\d{0,4})?\)\s*$").cast(pl.Int32)
    return movies.with_columns(year.alias("year"))


def _with_genres(movies: pl.DataFrame) -> pl.DataFrame:
    lists = (
        pl.when(pl.col("genres") == "(no genres listed)")
        .then(pl.lit(""))
        .otherwise(pl.col("genres"))
        .str.split("|")
    )
    kept = lists.list.eval(pl.element().filter(pl.element() != ""))
    return movies.with_columns(kept.alias("genres"))
