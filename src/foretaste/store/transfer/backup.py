"""A whole store in one file that says of itself whether it is whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from foretaste.core.errors import DataError, ForetasteError, StorageError
from foretaste.store.engine import Address, Database
from foretaste.store.schema import metadata
from foretaste.store.store import Store
from foretaste.store.transfer.columns import RowDigest
from foretaste.store.transfer.dumping import Tell, dump, last_positions
from foretaste.store.transfer.manifest import MANIFEST, VERSION, Manifest
from foretaste.store.transfer.parts import read_parquet
from foretaste.store.transfer.places import Archive, manifest_in, read_checked

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Backup", "backup", "frames_in", "opened", "verify_backup"]


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes:
        file: Where it lies.
        created_s: The moment it shows, seconds since 1970 UTC.
        schema_version: The migration its tables are of.
        bytes: Its size.
        rows: Rows by table, over all workspaces.
    """

    file: Path
    created_s: float
    schema_version: str
    bytes: int
    rows: Mapping[str, int]


def backup(
    store: Store, file: Path, tell: Tell | None = None, *, overwrite: bool = False
) -> Backup:
    """Write a whole store into one archive, as of one moment, while writing goes on.

    All workspaces, with the hashes of API keys, so keep it as safe as the store itself (only its
    owner may read the file); login tokens are left out. The archive is the same for both
    databases (Parquet in a ZIP, with digests), so it can be restored into either. SQLite is
    copied by its own online backup first, which holds nobody up; PostgreSQL is read in one
    snapshot. For one workspace, or for other tools, see :func:`export_all`.

    Args:
        store: The store.
        file: Where to, such as ``store-2026-11-21.zip``; written aside and put in place.
        tell: Told what is done, and how far it is, 0 to 1.
        overwrite: Whether a file that is there may be replaced.

    Returns:
        What it holds.

    Raises:
        StorageError: If the file is there already, or cannot be written.
    """
    tell = tell or _silent
    file = Path(file)
    if file.exists() and not overwrite:
        raise StorageError(
            "there is something already",
            where=str(file),
            remedy="Choose another place, or allow to replace it: overwrite=True, --overwrite",
        )
    with aside(file.parent, file.name) as folder:
        new = folder / "new.zip"
        with (
            _moment(store, folder) as (database, connection),
            zipfile.ZipFile(new, "w", zipfile.ZIP_STORED) as archive,
        ):
            place = Archive(archive, str(file))
            tables = {one.name: one for one in metadata.sorted_tables if one.name != "tokens"}
            written = dump(database, connection, tables, place, "parquet", tell, digests=True)
            manifest = Manifest(
                purpose="backup", version=VERSION, schema_version=store.schema_version,
                format="parquet", workspace=None, created_s=store.clock.now_s(),
                positions=last_positions(database, connection), tables=written,
            )  # fmt: skip
            place.write(MANIFEST, manifest.model_dump_json(indent=1).encode())
        new.chmod(0o600)
        _to_disk(new)
        new.replace(file)
    tell("done", 1.0)
    return _of(file, manifest)


def verify_backup(file: Path, tell: Tell | None = None) -> Backup:
    """Read a whole backup again and compare counts and digests of files and rows.

    Args:
        file: The backup.
        tell: Told what is done, and how far it is, 0 to 1.

    Returns:
        What it holds.

    Raises:
        DataError: If it is no backup, or anything in it is not what was written.
        StorageError: If it cannot be read.
    """
    tell = tell or _silent
    with opened(Path(file)) as (archive, manifest):
        expected = {part.file for table in manifest.tables.values() for part in table.parts}
        names = archive.names()
        if len(names) != len(set(names)) or set(names) != expected | {MANIFEST}:
            raise DataError(
                "the archive does not hold the files its manifest names",
                got=sorted(set(names) ^ (expected | {MANIFEST})),
                where=str(file),
            )
        for number, (name, table) in enumerate(manifest.tables.items()):
            tell(f"reading {name}", number / len(manifest.tables))
            digest = RowDigest(table.columns)
            for frame in frames_in(archive, manifest, name):
                digest.add(frame)
            if digest.hex() != table.digest:
                raise DataError(f"the rows of {name} are not those written", where=str(file))
    tell("done", 1.0)
    return _of(Path(file), manifest)


@contextmanager
def opened(file: Path) -> Iterator[tuple[Archive, Manifest]]:
    """Open a backup.

    Args:
        file: The backup.

    Yields:
        Its files, and its manifest.

    Raises:
        DataError: If it is none.
        StorageError: If it cannot be read.
    """
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise DataError("this is no backup of ours", got=str(error), where=str(file)) from None
    except OSError as error:
        raise StorageError(
            "the backup cannot be read", got=error.strerror or str(error), where=str(file)
        ) from error
    with archive:
        place = Archive(archive, str(file))
        yield place, manifest_in(place, "backup")


def frames_in(archive: Archive, manifest: Manifest, name: str) -> Iterator[pl.DataFrame]:
    """Rows of one table of a backup, checked.

    Args:
        archive: Its files.
        manifest: Its manifest.
        name: The table.

    Yields:
        Rows, piece by piece.

    Raises:
        DataError: If a file is not what was written.
    """
    for part in manifest.tables[name].parts:
        where = f"{archive.where}: {part.file}"
        frame = read_parquet(read_checked(archive, part), where)
        if len(frame) != part.rows or frame.columns != manifest.tables[name].columns:
            raise DataError(
                "this file is not as the manifest says",
                expected=f"{part.rows:,} rows of {', '.join(manifest.tables[name].columns)}",
                got=f"{len(frame):,} rows of {', '.join(frame.columns)}",
                where=where,
            )
        yield frame


@contextmanager
def aside(folder: Path, name: str) -> Iterator[Path]:
    """A folder beside a place, that only its owner may read; removed on the way out.

    Args:
        folder: Where the finished file will lie.
        name: Its name.

    Yields:
        The folder.

    Raises:
        StorageError: If the disk refuses.
    """
    made = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{name[:100]}.", dir=folder))
        yield made
    except ForetasteError:
        raise
    except OSError as error:
        raise StorageError(
            "this could not be written",
            got=error.strerror or str(error),
            where=str(folder / name),
            remedy="Free some space or choose a place you may write to; nothing was left behind",
        ) from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _moment(store: Store, folder: Path) -> Iterator[tuple[Database, sa.Connection]]:
    """One moment of a store, to be read at leisure."""
    if store.dialect == "postgresql":
        with store.database.snapshot() as connection:
            yield store.database, connection
        return
    copy = folder / "copy.db"
    source = sqlite3.connect(store.database.address.target)
    target = sqlite3.connect(copy)
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    finally:
        source.close()
        target.close()
    database = Database(Address("sqlite", str(copy), f"sqlite:///{copy}"), store.settings)
    try:
        with database.snapshot() as connection:
            yield database, connection
    finally:
        database.close()


def _of(file: Path, manifest: Manifest) -> Backup:
    rows = {name: table.rows for name, table in manifest.tables.items()}
    size = file.stat().st_size
    return Backup(file, manifest.created_s, manifest.schema_version, size, rows)


def _to_disk(file: Path) -> None:
    with file.open("rb") as opened_file:
        os.fsync(opened_file.fileno())


def _silent(what: str, share: float) -> None:
    """Tell nobody."""
