"""HetRec-2011 Last.FM: listening counts, artists, tags."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from foretaste.data.builder import DatasetBuilder
from foretaste.data.readers.source import ReadOptions, open_source
from foretaste.data.readers.table import read_table
from foretaste.data.report import ReportBuilder

__all__ = ["read_lastfm"]

_TAGS_KEPT = 20


def read_lastfm(
    folder: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    """Read ``user_artists.dat``, ``artists.dat`` and the tags people gave.

    An artist's ``tags`` are its twenty most frequent, most frequent first. Friendships are
    not read.

    Args:
        folder: Where they lie.
        builder: Given the tables.
        options: What the caller states.
        report: Told what was guessed.
    """
    report.fact("format", "HetRec-2011 Last.FM", where=folder.name, value="lastfm")

    def table(name: str) -> pl.DataFrame:
        return read_table(open_source(folder / name, options, report), options, report)[0]

    artists = table("artists.dat").rename({"id": "item_id"})
    if (folder / "user_taggedartists.dat").is_file() and (folder / "tags.dat").is_file():
        given = table("user_taggedartists.dat").join(table("tags.dat"), on="tagID")
        counted = given.group_by("artistID", "tagValue", maintain_order=True).len()
        counted = counted.sort("len", descending=True, maintain_order=True)
        tags = counted.group_by("artistID", maintain_order=True).agg(
            pl.col("tagValue").head(_TAGS_KEPT).alias("tags")
        )
        artists = artists.join(
            tags, left_on="item_id", right_on="artistID", how="left", maintain_order="left"
        )
    builder.items(artists)
    builder.interactions(table("user_artists.dat"), kind="play")
