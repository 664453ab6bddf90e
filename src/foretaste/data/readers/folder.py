"""A folder of ``interactions.*``, ``items.*``, ``people.*``, ``knowledge.*``."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from foretaste.core.errors import DataError
from foretaste.data.builder import DatasetBuilder
from foretaste.data.guess import find_columns
from foretaste.data.guess.lift import lift_attributes
from foretaste.data.readers.sequences import is_sequences, read_sequences
from foretaste.data.readers.source import ReadOptions, open_source
from foretaste.data.readers.table import read_table
from foretaste.data.readers.triples import TRIPLE_ENDINGS, read_triples
from foretaste.data.report import Origin, ReportBuilder

__all__ = [
    "PARTS",
    "STEMS",
    "part_name",
    "read_folder",
    "read_one",
    "split_files",
    "table_files",
]

PARTS = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "val": "valid",
    "validation": "valid",
    "dev": "valid",
    "test": "test",
    "testing": "test",
}
"""What the parts of a given split are called in file names, and by us."""

STEMS = {
    "interactions": ("interactions", "events", "ratings", "feedback", "clicks", "orders",
                     "purchases", "reviews"),
    "items": ("items", "catalogue", "catalog", "products", "movies", "articles", "books"),
    "people": ("people", "users", "customers", "persons"),
    "knowledge": ("knowledge", "triples", "kg"),
}  # fmt: skip
"""What the files of a folder may be called, our own name first."""


def table_files(folder: Path) -> dict[str, Path]:
    """Find the tables of a folder by their names.

    Args:
        folder: The folder.

    Returns:
        Table to file.

    Raises:
        DataError: If two files could be the same table.
    """
    found: dict[str, Path] = {}
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    for table, stems in STEMS.items():
        for stem in stems:
            same = [path for path in files if path.name.split(".")[0].lower() == stem]
            if len(same) > 1:
                raise DataError(
                    f"two files could be the {table}",
                    where=folder.name,
                    got=", ".join(path.name for path in same),
                    remedy="Keep one",
                )
            if same:
                found[table] = same[0]
                break
    return found


def part_name(word: str) -> str:
    """Translate what a file calls a part of a split.

    Args:
        word: For example ``val``.

    Returns:
        ``train``, ``valid``, ``test``, or the word itself.
    """
    return PARTS.get(word.lower(), word)


def split_files(folder: Path) -> dict[str, Path]:
    """Find files that are parts of one split: ``train.*``, ``valid.*``, ``test.*``.

    Args:
        folder: The folder.

    Returns:
        Part to file; empty unless there is training and one other part.
    """
    found = {
        PARTS[path.name.split(".")[0].lower()]: path
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name.split(".")[0].lower() in PARTS
    }
    order = [part for part in ("train", "valid", "test") if part in found]
    return {part: found[part] for part in order} if "train" in found and len(found) > 1 else {}


def read_folder(
    folder: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    """Read all tables of a folder.

    Args:
        folder: The folder.
        builder: Given the tables.
        options: What the caller states.
        report: Told what was guessed.

    Raises:
        DataError: If a stated column is in none of them.
    """
    report.fact("format", "folder of tables", where=folder.name, value="folder")
    files = table_files(folder)
    used: set[str] = set()
    for table in ("items", "people", "knowledge", "interactions"):
        if table in files:
            report.fact("file", f"{files[table].name} is the {table}", where=folder.name)
            used |= read_one(files[table], table, builder, options, report)
    if "interactions" not in files:
        for part, path in split_files(folder).items():
            report.fact("file", f"{path.name} is the part {part}", where=folder.name)
            used |= read_one(path, "interactions", builder, options, report, part=part)
    unused = [name for name in options.columns.values() if name not in used]
    if unused:
        raise DataError(
            f"no table has the column {unused[0]!r}",
            where=folder.name,
            remedy="Correct the name in columns={...}",
        )


def read_one(
    path: Path,
    table: str | None,
    builder: DatasetBuilder,
    options: ReadOptions,
    report: ReportBuilder,
    *,
    part: str | None = None,
) -> set[str]:
    """Read one file into the builder.

    Args:
        path: The file.
        table: Which table it is; ``None``: by its columns.
        builder: Given the table.
        options: What the caller states.
        report: Told what was guessed.
        part: The part of a given split its events belong to.

    Returns:
        Those of the stated columns that are in this file.

    Raises:
        DataError: If the columns are of no table we know.
    """
    if path.suffix.lower() in TRIPLE_ENDINGS:
        builder.knowledge(read_triples(path, report), origin=Origin(path.name))
        return set()
    source = open_source(path, options, report)
    if source.head(4) != b"PAR1" and table in (None, "interactions") and is_sequences(source):
        report.guess(
            "format",
            "one line per person: user item item ...; time is the position",
            where=path.name,
            value="sequences",
        )
        builder.interactions(read_sequences(source), origin=Origin(path.name), part=part)
        return set()
    names = (
        ("head", "relation", "tail") if table == "knowledge" and _bare(source.sample()) else None
    )
    frame, origin = read_table(source, options, report, names)
    given = {part: name for part, name in options.columns.items() if name in frame.columns}
    lost = [name for name in options.columns.values() if name not in frame.columns]
    if table is None and lost:
        raise DataError(
            f"there is no column {lost[0]!r}",
            where=path.name,
            expected="one of " + ", ".join(frame.columns),
        )
    which = table or _which(source.stem, frame.columns, given)
    if which == "interactions" and table is None:
        item = find_columns(frame.columns, "interactions", given, source.name)["item_id"]
        frame, attributes = lift_attributes(frame, item, origin, report)
        if attributes is not None:
            builder.items(attributes, columns={"item_id": item}, origin=Origin(source.name))
    _give(frame, which, builder, given, origin, part)
    return set(given.values())


def _give(
    frame: pl.DataFrame,
    table: str,
    builder: DatasetBuilder,
    given: dict[str, str],
    origin: Origin,
    part: str | None,
) -> None:
    if table == "interactions":
        builder.interactions(frame, columns=given, origin=origin, part=part)
    elif table == "items":
        builder.items(frame, columns=given, origin=origin)
    elif table == "people":
        builder.people(frame, columns=given, origin=origin)
    else:
        builder.knowledge(frame, columns=given, origin=origin)


def _bare(sample: str) -> bool:
    first = sample.splitlines()[0].lower() if sample.strip() else ""
    return not any(word in first for word in ("head", "subject", "relation", "predicate"))


def _which(stem: str, columns: list[str], given: dict[str, str]) -> str:
    found = find_columns(columns, "interactions", given, need=False)
    if "user_id" in found and "item_id" in found:
        return "interactions"
    if "item_id" in found:
        return "items"
    triple = find_columns(columns, "knowledge", given, need=False)
    if {"head", "relation", "tail"} <= set(triple):
        return "knowledge"
    named = next((table for table, stems in STEMS.items() if stem in stems), None)
    if named in ("items", "people") and find_columns(columns, named, given, need=False):
        return named
    # Without an item the names say what is missing better than we could.
    return "interactions"
