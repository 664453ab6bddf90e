"""A backup, made into a store again: written aside, compared, then swapped in."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from foretaste.core.errors import BusyError, DataError, StorageError
from foretaste.store.engine import Address, Database, address_of
from foretaste.store.migrations import bring_up, current_version, known_versions
from foretaste.store.schema import SCHEMA_VERSION, metadata
from foretaste.store.settings import StoreSettings
from foretaste.store.transfer.backup import Backup, aside, frames_in, opened, verify_backup
from foretaste.store.transfer.columns import Column, RowDigest, batches, columns_of, frame_of
from foretaste.store.transfer.dumping import Tell, reserve_positions, roomy
from foretaste.store.transfer.manifest import Manifest
from foretaste.store.transfer.places import Archive

__all__ = ["restore"]

_EMPTY = {"workspaces", "revisions"}  # these have rows as soon as a store is opened
_ROWS = {"sqlite": 100_000, "postgresql": 20_000}  # far from any limit of a statement's time


def restore(
    file: Path,
    store_url: str,
    *,
    overwrite: bool = False,
    settings: StoreSettings | None = None,
    tell: Tell | None = None,
) -> Backup:
    """Make a store of a backup, in either database, whichever it came from.

    The backup is verified whole; a new store is made aside at the backup's own schema, filled,
    compared with the backup row by row (digests), and brought to the newest schema; only then it
    takes the place of what is there. Nobody may use the store meanwhile.

    Args:
        file: What :func:`backup` wrote.
        store_url: Where to: as for :func:`open_store`.
        overwrite: Whether a store that holds anything may be replaced.
        settings: Timeouts and sizes.
        tell: Told what is done, and how far it is, 0 to 1.

    Returns:
        What was restored.

    Raises:
        StorageError: If the store there holds something and may not be overwritten, or the
            database cannot be reached.
        BusyError: If somebody uses the store there.
        DataError: If the backup is damaged, or of a newer version.
        SettingsError: If the URL is none.
    """
    tell = tell or (lambda what, share: None)
    address, settings = address_of(store_url), settings or StoreSettings()
    _may_replace(address, settings, overwrite)
    tell("verifying the backup", 0.0)
    found = verify_backup(file)
    if found.schema_version not in known_versions():
        raise DataError(
            "this backup was made by a newer version of Foretaste",
            expected=f"schema {SCHEMA_VERSION} or older", got=found.schema_version,
            where=str(file), remedy="Update Foretaste: pip install -U foretaste",
        )  # fmt: skip
    with opened(Path(file)) as (archive, manifest):
        tell("writing aside", 0.3)

        def fill(database: Database) -> None:
            with roomy(database):
                _fill(database, archive, manifest)
            tell("comparing", 0.7)
            _compare(database, manifest)
            bring_up(database, SCHEMA_VERSION)
            tell("putting in place", 0.9)

        swap = _swap_sqlite if address.dialect == "sqlite" else _swap_postgres
        swap(address, settings, fill)
    tell("done", 1.0)
    return found


def _may_replace(address: Address, settings: StoreSettings, overwrite: bool) -> None:
    """Refuse to replace a store that holds something, unless that was allowed."""
    if address.dialect == "sqlite" and not Path(address.target).exists():
        return
    database = Database(address, settings)
    try:
        with database.read() as connection:
            there = set(sa.inspect(connection).get_table_names())
            full = [
                table.name
                for table in metadata.sorted_tables
                if table.name in there - _EMPTY
                and connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
            ]
            ours = current_version(connection) is not None
    finally:
        database.close()
    if there and not ours:
        taken = sorted(there & set(metadata.tables)) if address.dialect == "postgresql" else there
        if taken:
            raise StorageError(
                "this database is not a store of ours, so it is not overwritten",
                got=", ".join(sorted(taken)), where=address.shown, remedy="Choose another place",
            )  # fmt: skip
    if full and not overwrite:
        raise StorageError(
            "the store there holds something already",
            got=", ".join(full), where=address.shown,
            remedy="Choose another place, or allow to replace it: overwrite=True, --overwrite",
        )  # fmt: skip


def _fill(database: Database, archive: Archive, manifest: Manifest) -> None:
    bring_up(database, manifest.schema_version)
    with database.read() as connection:
        known = {
            name: {column["name"] for column in sa.inspect(connection).get_columns(name)}
            for name in sa.inspect(connection).get_table_names()
        }
    for name, table in manifest.tables.items():
        if not set(table.columns) <= known.get(name, set()):
            raise DataError(
                f"the backup's table {name!r} does not fit its schema",
                expected=", ".join(sorted(known.get(name, set()))) or "no such table",
                got=", ".join(table.columns), where=archive.where,
            )  # fmt: skip
        for frame in frames_in(archive, manifest, name):
            for piece in frame.iter_slices(_ROWS[database.dialect]):
                _insert(database, name, table.columns, piece.rows())
    with database.write() as connection:
        for name, last in manifest.positions.items():
            if name in known and name in manifest.tables:
                reserve_positions(connection, name, last)


def _insert(database: Database, name: str, columns: list[str], rows: list[Any]) -> None:
    names = ", ".join(columns)  # of this schema: compared with it before
    with database.write(durable=False) as connection:
        raw: Any = connection.connection.dbapi_connection
        if database.dialect == "postgresql":
            copy = f"COPY {name} ({names}) FROM STDIN"
            with raw.cursor() as cursor, cursor.copy(copy) as stream:
                for row in rows:
                    stream.write_row(row)
        else:
            marks = ", ".join("?" for _ in columns)
            raw.executemany(f"INSERT INTO {name} ({names}) VALUES ({marks})", rows)


def _compare(database: Database, manifest: Manifest) -> None:
    """Digest what was written, read back from the database."""
    with database.snapshot() as connection:
        for name, written in manifest.tables.items():
            table = metadata.tables[name]
            by_name: dict[str, Column] = {one.name: one for one in columns_of(table)}
            columns = [by_name[one] for one in written.columns]
            digest, count = RowDigest(written.columns), 0
            for rows in batches(database, connection, table, columns, _ROWS[database.dialect]):
                digest.add(frame_of(rows, columns))
                count += len(rows)
            if count != written.rows or digest.hex() != written.digest:
                raise StorageError(
                    f"the restored table {name!r} differs from the backup",
                    expected=f"{written.rows:,} rows", got=f"{count:,} rows",
                    where=database.address.shown, remedy="Nothing was replaced; try again",
                )  # fmt: skip


def _swap_sqlite(
    address: Address, settings: StoreSettings, fill: Callable[[Database], None]
) -> None:
    target = Path(address.target).expanduser().resolve()
    with aside(target.parent, target.name) as folder:
        new = folder / "new.db"
        database = Database(Address("sqlite", str(new), address.shown), settings)
        try:
            fill(database)
        finally:
            database.close()
        _alone(new, settings)
        new.chmod(0o600)
        if target.exists():
            _alone(target, settings)
        new.replace(target)


def _alone(file: Path, settings: StoreSettings) -> None:
    """Fold the write-ahead log into the file, which works only when nobody else has it open."""
    connection = sqlite3.connect(file, timeout=min(1.0, settings.statement_timeout_s))
    try:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise BusyError(
            "somebody uses this store", got=str(error), where=str(file),
            remedy="Stop the service, then restore",
        ) from None  # fmt: skip
    finally:
        connection.close()
    if mode != "delete":
        raise BusyError("somebody uses this store", where=str(file), remedy="Stop the service")


def _swap_postgres(
    address: Address, settings: StoreSettings, fill: Callable[[Database], None]
) -> None:
    """Fill a schema of its own; then one transaction drops the old tables and moves the new."""
    schema = f"foretaste_restore_{uuid.uuid4().hex[:12]}"
    database = Database(address, settings)
    try:
        with database.write() as connection:
            connection.execute(sa.schema.CreateSchema(schema))
        try:
            inside = Database(_within(address, schema), settings)
            try:
                fill(inside)
            finally:
                inside.close()
            with database.write() as connection:
                _move(connection, schema)
        finally:
            with contextlib.suppress(StorageError), database.write() as connection:
                connection.execute(sa.schema.DropSchema(schema, cascade=True, if_exists=True))
    finally:
        database.close()


def _within(address: Address, schema: str) -> Address:
    mark = "&" if "?" in address.target else "?"
    option = quote(f"-csearch_path={schema}")
    return Address("postgresql", f"{address.target}{mark}options={option}", address.shown)


def _move(connection: sa.Connection, schema: str) -> None:
    here = connection.execute(sa.select(sa.func.current_schema())).scalar_one()
    quoted = connection.dialect.identifier_preparer.quote
    there = sa.inspect(connection)
    old = set(there.get_table_names(schema=here)) & {*metadata.tables, "alembic_version"}
    for name in sorted(old):
        connection.exec_driver_sql(f"DROP TABLE {quoted(here)}.{quoted(name)} CASCADE")
    for name in there.get_table_names(schema=schema):
        connection.exec_driver_sql(
            f"ALTER TABLE {quoted(schema)}.{quoted(name)} SET SCHEMA {quoted(here)}"
        )
