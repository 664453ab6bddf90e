"""KGAT's and KGIN's files: remapped numbers with lists that say what they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from foretaste.core.errors import DataError
from foretaste.data.builder import DatasetBuilder
from foretaste.data.readers.sequences import read_sequences
from foretaste.data.readers.source import ReadOptions, open_source
from foretaste.data.report import Origin, ReportBuilder

__all__ = ["is_kgat", "read_kgat"]

_LISTED = re.compile(r'^(\S+)[ \t](\d+)(?:[ \t]+"(.*?)"|[ \t]+(\S.*?))?[ \t]*$', re.M | re.S)


def is_kgat(names: set[str]) -> bool:
    """Whether a folder holds such files.

    Args:
        names: The names in it.

    Returns:
        ``True`` for ``train.txt`` beside one of the lists.
    """
    beside = {"item_list.txt", "kg_final.txt", "entity_list.txt", "user_list.txt"}
    return "train.txt" in names and bool(names & beside)


def read_kgat(
    folder: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    """Read everything: events of all splits together, items with titles, knowledge.

    Args:
        folder: Where the files lie.
        builder: Given the tables.
        options: What the caller states.
        report: Told what was guessed.
    """
    parts = _events(folder, builder, options, report)
    if "test" in parts and _continues(parts["train"], parts["test"]):
        report.guess(
            "split",
            "test lines repeat the training lines; only what is new is test",
            where="test.txt",
        )
        key = ["user_id", "item_id", "timestamp"]
        earlier = pl.concat([frame.select(key) for name, frame in parts.items() if name != "test"])
        parts["test"] = parts["test"].join(earlier, on=key, how="anti", maintain_order="left")
    elif "test" in parts:
        parts["test"] = _after(parts["test"], [parts[name] for name in parts if name != "test"])
    for name, frame in parts.items():
        builder.interactions(frame, origin=Origin(f"{name}.txt"), part=name)


def _after(later: pl.DataFrame, earlier: list[pl.DataFrame]) -> pl.DataFrame:
    """Count the positions of test items on from the last training position."""
    past = pl.concat(earlier).group_by("user_id").len("past")
    joined = later.join(past, on="user_id", how="left", maintain_order="left")
    ahead = pl.col("timestamp") + pl.col("past").fill_null(0)
    return joined.with_columns(ahead.alias("timestamp")).drop("past")


def _events(
    folder: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> dict[str, pl.DataFrame]:
    """Give items and knowledge to the builder; return the events of each split."""
    report.fact("format", "KGAT files", where=folder.name, value="kgat")
    items = _list(folder / "item_list.txt", options, report)
    people = _list(folder / "user_list.txt", options, report)
    names = {number: name for number, (name, _) in items.items()}
    users = {number: name for number, (name, _) in people.items()}
    titles = [title for _, title in items.values()]
    if items:
        catalogue = pl.DataFrame({"item_id": [name for name, _ in items.values()]})
        if _is_titles(titles):
            catalogue = catalogue.with_columns(pl.Series("title", titles))
        builder.items(catalogue, origin=Origin("item_list.txt"))
    _knowledge(folder, names, builder, options, report)
    parts = {}
    for split in ("train", "valid", "test"):
        path = folder / f"{split}.txt"
        if path.is_file():
            frame = read_sequences(open_source(path, options, report))
            parts[split] = frame.with_columns(
                pl.col("item_id").replace(names), pl.col("user_id").replace(users)
            )
    return parts


def _continues(train: pl.DataFrame, test: pl.DataFrame) -> bool:
    """Whether the test lines repeat the training lines and go on from there."""
    key = ["user_id", "item_id", "timestamp"]
    users = train.filter(pl.col("user_id").is_in(test["user_id"].implode()))
    if len(users) == 0:
        return False
    return len(users.join(test, on=key, how="semi")) > 0.95 * len(users)


def _list(
    path: Path, options: ReadOptions, report: ReportBuilder
) -> dict[str, tuple[str, str | None]]:
    """Number to name and title; a quoted title may run over several lines."""
    if not path.is_file():
        return {}
    text = open_source(path, options, report).text()
    head, _, body = text.partition("\n")
    if "remap_id" not in head:
        raise DataError(
            "the header is another one",
            where=f"{path.name} line 1",
            expected="org_id remap_id",
            got=head[:80],
        )
    found: dict[str, tuple[str, str | None]] = {}
    for match in _LISTED.finditer(body):
        title = match[3] if match[3] is not None else match[4]
        found[match[2]] = (match[1], re.sub(r"\s+", " ", title).strip() if title else None)
    return found


def _is_titles(titles: list[str | None]) -> bool:
    """A third column of bare codes (Freebase ids) is no title."""
    known = [title for title in titles if title]
    return sum(" " in title for title in known) > 0.2 * max(len(known), 1)


def _knowledge(
    folder: Path,
    items: Mapping[str, str],
    builder: DatasetBuilder,
    options: ReadOptions,
    report: ReportBuilder,
) -> None:
    path = folder / "kg_final.txt"
    if not path.is_file():
        return
    entities = {
        n: name for n, (name, _) in _list(folder / "entity_list.txt", options, report).items()
    }
    relations = {
        n: name for n, (name, _) in _list(folder / "relation_list.txt", options, report).items()
    }
    names = {number: f"entity:{number}" for number in entities} | entities | dict(items)
    rows = [line.split() for line in open_source(path, options, report).lines() if line.strip()]
    bad = next((n for n, row in enumerate(rows, start=1) if len(row) != 3), None)
    if bad is not None:
        raise DataError(
            "the line is no triple", where=f"{path.name} line {bad}", expected="head relation tail"
        )
    frame = pl.DataFrame(rows, schema=["head", "relation", "tail"], orient="row")
    # A number that no list names must not be mistaken for an item's id.
    frame = frame.with_columns(
        pl.col(c).replace_strict(names, default="entity:" + pl.col(c)) for c in ("head", "tail")
    ).with_columns(pl.col("relation").replace(relations))
    builder.knowledge(frame, origin=Origin(path.name))
