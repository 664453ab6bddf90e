"""Reading whatever an owner has."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from foretaste.core import Dataset, Role
from foretaste.core.errors import (
    DataError,
    InputError,
    LimitError,
    StorageError,
    UnknownNameError,
)
from foretaste.data.builder import DatasetBuilder
from foretaste.data.native import is_native, read_native
from foretaste.data.readers import FORMATS, ReadLimits, ReadOptions, detect
from foretaste.data.readers.folder import read_one
from foretaste.data.report import Finding, ReadReport, ReportBuilder
from foretaste.data.signals import SignalSettings

__all__ = ["read", "read_splits", "read_with_report"]


def read(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    roles: Mapping[str, Role] | None = None,
    name: str | None = None,
    signals: SignalSettings | None = None,
    limits: ReadLimits | None = None,
    items: Sequence[str | Path] = (),
) -> Dataset:
    """Read a file, folder or zip; everything not stated is guessed from the content.

    Use :func:`read_with_report` to see what was guessed, :func:`read_splits` for files
    already split into train and test.

    Args:
        path: The file, folder or zip.
        columns: Part to column where names do not say: ``{"user_id": "who", "item_id": "what",
            "timestamp": "when", "rating": "stars", "type": "act", "words": "query"}``.
        format: One of :data:`foretaste.data.FORMATS`.
        delimiter: Between columns of text files.
        encoding: Of text files.
        roles: Role of attributes, by column.
        name: What to call the data; its file name when left out.
        signals: What events say about liking.
        limits: What is refused for its size.
        items: Further tables of item attributes, joined by the items' ids.

    Returns:
        The dataset.

    Raises:
        DataError: If it cannot be read; the message says where and what to do.
        LimitError: If something is larger than allowed.
        UnknownNameError: If the format or a role does not exist.
    """
    dataset, _ = read_with_report(
        path,
        columns=columns,
        format=format,
        delimiter=delimiter,
        encoding=encoding,
        roles=roles,
        name=name,
        signals=signals,
        limits=limits,
        items=items,
    )
    return dataset


def read_with_report(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    roles: Mapping[str, Role] | None = None,
    name: str | None = None,
    signals: SignalSettings | None = None,
    limits: ReadLimits | None = None,
    items: Sequence[str | Path] = (),
) -> tuple[Dataset, ReadReport]:
    """Read as :func:`read` does, and say what was guessed and counted.

    Args:
        path: The file, folder or zip.
        columns: Part to column where names do not say.
        format: One of :data:`foretaste.data.FORMATS`.
        delimiter: Between columns of text files.
        encoding: Of text files.
        roles: Role of attributes, by column.
        name: What to call the data.
        signals: What events say about liking.
        limits: What is refused for its size.
        items: Further tables of item attributes, joined by the items' ids.

    Returns:
        The dataset and the report.

    Raises:
        DataError: If it cannot be read.
        LimitError: If something is larger than allowed.
        UnknownNameError: If the format or a role does not exist.
    """
    native = Path(path).is_dir() and is_native(Path(path))
    if native and not items:
        return read_native(path), ReadReport((Finding("format", "our own form on disk"),))
    if items and native:
        raise InputError(
            "items can be added while importing, not to what was imported",
            where=str(path),
            remedy="Import the original again with the items",
        )
    with _filled(
        path, columns, format, delimiter, encoding, roles, name, signals, limits, items
    ) as full:
        return full.build(), full.report


def read_splits(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    roles: Mapping[str, Role] | None = None,
    name: str | None = None,
    signals: SignalSettings | None = None,
    limits: ReadLimits | None = None,
) -> dict[str, Dataset]:
    """Read files that are split already, keeping the split.

    ``train.*``, ``valid.*``, ``test.*`` of any table form or of sequences, RecBole's
    ``name.train.inter`` ..., KGAT's ``train.txt`` and ``test.txt``. :func:`read` puts the
    parts together again.

    Args:
        path: The folder.
        columns: Part to column where names do not say.
        format: One of :data:`foretaste.data.FORMATS`.
        delimiter: Between columns of text files.
        encoding: Of text files.
        roles: Role of attributes, by column.
        name: What to call the data.
        signals: What events say about liking.
        limits: What is refused for its size.

    Returns:
        ``train``, ``valid`` and ``test``, those that are there, with one vocabulary.

    Raises:
        DataError: If nothing there is split.
        LimitError: If something is larger than allowed.
        UnknownNameError: If the format or a role does not exist.
    """
    with _filled(path, columns, format, delimiter, encoding, roles, name, signals, limits) as full:
        return full.build_parts()


@contextmanager
def _filled(
    path: str | Path,
    columns: Mapping[str, str] | None,
    form: str | None,
    delimiter: str | None,
    encoding: str | None,
    roles: Mapping[str, Role] | None,
    name: str | None,
    signals: SignalSettings | None,
    limits: ReadLimits | None,
    items: Sequence[str | Path] = (),
) -> Iterator[DatasetBuilder]:
    """A builder that holds everything at the path."""
    if form is not None and form not in FORMATS:
        raise UnknownNameError("format", form, FORMATS)
    place = Path(path)
    options = ReadOptions(columns or {}, delimiter, encoding, roles or {}, limits or ReadLimits())
    report = ReportBuilder()
    title = name or place.resolve().name.split(".")[0]
    builder = DatasetBuilder(title, signals, roles=options.roles, report=report)
    with _unpacked(place, options.limits) as inside:
        found, where = (form, inside) if form else detect(inside)
        FORMATS[found](where, builder, options, report)
        for extra in items:
            read_one(Path(extra), "items", builder, options, report)
        yield builder


@contextmanager
def _unpacked(path: Path, limits: ReadLimits) -> Iterator[Path]:
    if not (path.is_file() and zipfile.is_zipfile(path)):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="foretaste-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                total = sum(entry.file_size for entry in archive.infolist())
                if total > limits.file_bytes:
                    raise LimitError(
                        "the zip is too large once unpacked",
                        where=path.name,
                        expected=f"at most {limits.file_bytes:,} bytes",
                        got=f"{total:,}",
                        remedy="Raise file_bytes in ReadLimits",
                    )
                # extractall takes ".." and absolute paths out of member names.
                archive.extractall(folder)
        except OSError as error:
            raise StorageError(
                "the zip could not be unpacked",
                where=path.name,
                got=error.strerror or str(error),
                remedy="Free some space in the folder for temporary files",
            ) from error
        except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:  # RuntimeError: locked
            raise DataError(
                f"the zip is broken ({error})", where=path.name, remedy="Download it again"
            ) from None
        yield Path(folder)
