"""RecBole's atomic files: tab separated, a header of ``name:type``."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from foretaste.core.errors import DataError
from foretaste.data.builder import DatasetBuilder
from foretaste.data.readers.folder import part_name
from foretaste.data.readers.source import ReadOptions, open_source
from foretaste.data.report import Origin, ReportBuilder

__all__ = ["atomic_files", "read_atomic", "read_recbole"]

_ENDINGS = (".inter", ".item", ".user", ".kg", ".link")
_LISTED = "item_id_list"
_TYPES = ("token", "float", "token_seq", "float_seq")
_SENTENCES = frozenset({"title", "name", "movie_title", "book_title", "description", "text"})


def atomic_files(path: Path) -> dict[str, list[Path]]:
    """Find the files that belong together.

    Args:
        path: A folder, or one of the files.

    Returns:
        Ending to files; several ``.inter`` when the data is split
        (``name.train.inter``, ``name.valid.inter`` ...).

    Raises:
        DataError: If a folder holds several data sets.
    """
    folder = path if path.is_dir() else path.parent
    files = [file for file in sorted(folder.iterdir()) if file.suffix in _ENDINGS]
    if path.is_file():
        stem = path.name.split(".")[0]
        files = [file for file in files if file.name.split(".")[0] == stem]
    names = {file.name.split(".")[0] for file in files}
    if len(names) > 1:
        raise DataError(
            "several data sets lie here",
            where=folder.name,
            got=", ".join(sorted(names)),
            remedy="Name one of the .inter files",
        )
    return {end: [file for file in files if file.suffix == end] for end in _ENDINGS}


def read_recbole(
    path: Path, builder: DatasetBuilder, options: ReadOptions, report: ReportBuilder
) -> None:
    """Read ``.inter``, ``.item``, ``.user``, ``.kg`` and ``.link`` of one data set.

    Entities that ``.link`` joins to items take the item's id.

    Args:
        path: The folder, or one of the files.
        builder: Given the tables.
        options: What the caller states.
        report: Told what was guessed.
    """
    report.fact("format", "RecBole atomic files", where=path.name, value="recbole")
    files = atomic_files(path)
    for file in files[".item"]:
        table, origin = read_atomic(file, options, report)
        builder.items(table, origin=origin)
    for file in files[".user"]:
        table, origin = read_atomic(file, options, report)
        builder.people(table, origin=origin)
    for file in files[".kg"]:
        table, origin = read_atomic(file, options, report)
        builder.knowledge(_linked(table, files[".link"], options, report), origin=origin)
    for file in files[".inter"]:
        table, origin = read_atomic(file, options, report)
        part = part_name(file.name.split(".")[1]) if len(files[".inter"]) > 1 else None
        if _LISTED in table.columns:
            table = _unrolled(table, whole=part in (None, "train"))
            report.guess(
                "format",
                f"{_LISTED} holds each person's past; time is the position in it",
                where=file.name,
                value="sequences",
            )
        builder.interactions(table, columns=_known(options, table), origin=origin, part=part)


def read_atomic(
    path: Path, options: ReadOptions, report: ReportBuilder
) -> tuple[pl.DataFrame, Origin]:
    """Read one file by its header.

    Args:
        path: The file.
        options: What the caller states.
        report: Told what was guessed.

    Returns:
        The table, column names without types, and where it came from.

    Raises:
        DataError: If the header does not say types, or a number is none.
    """
    source = open_source(path, options, report)
    header = source.sample().split("\n", 1)[0].rstrip("\r")
    names, types = [], []
    for cell in header.split("\t"):
        name, _, kind = cell.partition(":")
        if kind not in _TYPES:
            raise DataError(
                "the header does not say types",
                where=f"{source.name} line 1",
                expected="name:token, name:float, name:token_seq or name:float_seq",
                got=cell,
            )
        names.append(name)
        types.append(kind)
    try:
        table = pl.read_csv(
            source.path if source.data is None else source.data,
            separator="\t",
            quote_char=None,
            infer_schema=False,
            new_columns=names,
            glob=False,
        )
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"the table cannot be read ({str(error).splitlines()[0]})",
            where=source.name,
            expected=f"{len(names)} columns",
        ) from None
    shaped = [_typed(table[n], kind) for n, kind in zip(names, types, strict=True)]
    return pl.DataFrame(shaped), Origin(source.name, 2)


def _unrolled(table: pl.DataFrame, *, whole: bool) -> pl.DataFrame:
    """Events of rows that repeat a person's past with one target item each.

    Training files hold many prefixes of one sequence: the longest says it all. In the other
    parts only the target is new.
    """
    length = pl.col(_LISTED).list.len()
    if whole:
        table = table.sort(length, descending=True, maintain_order=True)
        table = table.unique("user_id", keep="first", maintain_order=True)
        events = pl.concat_list(pl.col(_LISTED), pl.col("item_id"))
        table = table.select("user_id", events.alias("item_id"))
        place = pl.int_ranges(pl.col("item_id").list.len())
        return table.with_columns(place.alias("timestamp")).explode("item_id", "timestamp")
    return table.select("user_id", "item_id", length.alias("timestamp"))


def _typed(column: pl.Series, kind: str) -> pl.Series:
    if kind == "token_seq" and column.name not in _SENTENCES:
        return column.str.split(" ")
    if kind == "float_seq":
        return column.str.split(" ").cast(pl.List(pl.Float32))
    # Plain numbers stay text until the builder reads them: it names the line of a bad one.
    return column


def _known(options: ReadOptions, table: pl.DataFrame) -> dict[str, str]:
    return {part: name for part, name in options.columns.items() if name in table.columns}


def _linked(
    triples: pl.DataFrame, links: list[Path], options: ReadOptions, report: ReportBuilder
) -> pl.DataFrame:
    if not links:
        return triples
    table, _ = read_atomic(links[0], options, report)
    items, entities = table["item_id"].to_list(), table["entity_id"].to_list()
    names = dict(zip(entities, items, strict=True))
    report.fact(
        "knowledge links",
        f"{len(names):,} entities are items",
        where=links[0].name,
        count=len(names),
    )
    return triples.with_columns(pl.col(column).replace(names) for column in ("head_id", "tail_id"))
