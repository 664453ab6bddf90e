"""Which reader a path needs, by what lies there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from foretaste.core.errors import DataError
from foretaste.data.builder import DatasetBuilder
from foretaste.data.readers import folder as folders
from foretaste.data.readers import movielens
from foretaste.data.readers.amazon import is_amazon, read_amazon
from foretaste.data.readers.kgat import is_kgat, read_kgat
from foretaste.data.readers.lastfm import read_lastfm
from foretaste.data.readers.recbole import read_recbole
from foretaste.data.readers.sequences import read_sequences
from foretaste.data.readers.source import ReadOptions, open_source
from foretaste.data.readers.table import is_json_lines
from foretaste.data.report import Origin, ReportBuilder

__all__ = ["FORMATS", "Reader", "detect"]

Reader: TypeAlias = Callable[[Path, DatasetBuilder, ReadOptions, ReportBuilder], None]


def _table(
    path: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    if ".json" in path.name.lower():
        source = open_source(path, options, ReportBuilder())
        if is_json_lines(source) and is_amazon(source):
            read_amazon(path, builder, options, report)
            return
    folders.read_one(path, None, builder, options, report)


def _sequences(
    path: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    report.fact("format", "one line per person: user item item ...", where=path.name)
    frame = read_sequences(open_source(path, options, report))
    builder.interactions(frame, origin=Origin(path.name))


FORMATS: Mapping[str, Reader] = {
    "table": _table,
    "amazon": read_amazon,
    "folder": folders.read_folder,
    "kgat": read_kgat,
    "lastfm": read_lastfm,
    "movielens-100k": movielens.read_100k,
    "movielens-1m": movielens.read_1m,
    "movielens-latest": movielens.read_latest,
    "recbole": read_recbole,
    "sequences": _sequences,
}
"""Every form we read, by the name that ``format=`` takes."""


def detect(path: Path) -> tuple[str, Path]:
    """Find out what lies at a path.

    Args:
        path: A file or folder.

    Returns:
        The name of the form and the path to give its reader.

    Raises:
        DataError: If nothing we can read lies there.
    """
    if not path.exists():
        raise DataError("there is no such file or folder", where=str(path), remedy="Check the path")
    if path.is_file():
        atomic = path.suffix in (".inter", ".item", ".user", ".kg", ".link")
        return ("recbole" if atomic else "table"), path
    if not path.is_dir():
        raise DataError("this is neither a file nor a folder", where=str(path))
    names = {child.name for child in path.iterdir() if not child.name.startswith(".")}
    if not names:
        raise DataError("the folder is empty", where=str(path))
    found = _form(path)
    if found is not None:
        return found, path
    inside = [path / name for name in sorted(names)]
    below = [child for child in inside if child.is_dir() and child.name != "__MACOSX"]
    known = [child for child in below if _form(child) is not None] or below
    if len(known) == 1:
        return detect(known[0])
    files = [child for child in inside if child.is_file() and not _is_note(child)]
    files = [child for child in files if not child.name.startswith("meta_")] or files
    if len(files) == 1 and not below:
        return detect(files[0])
    raise DataError(
        "nothing here looks like data we know",
        where=path.name,
        expected="interactions.* or items.*, or a form among " + ", ".join(sorted(FORMATS)),
        got=", ".join(sorted(names)[:12]),
        remedy="Name one of the files, or state format=",
    )


def _form(folder: Path) -> str | None:
    names = {child.name for child in folder.iterdir()}
    if "u.data" in names:
        return "movielens-100k"
    if "movies.dat" in names and any(name.startswith("ratings.") for name in names):
        return "movielens-1m"
    if {"ratings.csv", "movies.csv"} <= names:
        return "movielens-latest"
    if {"user_artists.dat", "artists.dat"} <= names:
        return "lastfm"
    if any(name.endswith(".inter") for name in names):
        return "recbole"
    if is_kgat(names):
        return "kgat"
    tables = folders.table_files(folder).keys() & {"interactions", "items"}
    return "folder" if tables or folders.split_files(folder) else None


def _is_note(path: Path) -> bool:
    return path.name.lower().startswith(("readme", "license", "licence")) or path.suffix in (
        ".md",
        ".html",
        ".pdf",
        ".md5",
    )
