"""Tables written as files, of one moment of the database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from foretaste.store.engine import Database
from foretaste.store.transfer.columns import Column, RowDigest, batches, columns_of, frame_of
from foretaste.store.transfer.manifest import Format, Part, TablePart
from foretaste.store.transfer.parts import write_part
from foretaste.store.transfer.places import Place

__all__ = ["Tell", "dump", "last_positions", "reserve_positions", "roomy"]

Tell = Callable[[str, float], None]
_ROWS = {"events": 100_000}
_ROWS_ELSE = 20_000
_CACHE_MB = 256.0


def dump(
    database: Database,
    connection: sa.Connection,
    tables: Mapping[str, sa.Table],
    place: Place,
    format: Format,
    tell: Tell,
    *,
    leave_out: Mapping[str, Sequence[str]] | None = None,
    digests: bool = False,
    where: Callable[[str], Sequence[tuple[str, Any]]] = lambda name: (),
) -> dict[str, TablePart]:
    """Write tables.

    Args:
        database: Where from.
        connection: In a snapshot.
        tables: Which, by name.
        place: Where to.
        format: Format of the files.
        tell: Told what is done, and how far it is.
        leave_out: Columns not to write, by table.
        digests: Whether the rows of each table get a digest.
        where: Conditions on the rows of a table.

    Returns:
        What was written, for the manifest.
    """
    written = {}
    for number, (name, table) in enumerate(tables.items()):
        tell(f"writing {name}", number / len(tables))
        without = (leave_out or {}).get(name, ())
        columns = [one for one in columns_of(table) if one.name not in without]
        rows = batches(
            database, connection, table, columns, _ROWS.get(name, _ROWS_ELSE), where(name)
        )
        written[name] = _dump_one(name, rows, columns, place, format, digests)
    return written


def _dump_one(
    name: str,
    batches: Iterable[Sequence[Sequence[Any]]],
    columns: Sequence[Column],
    place: Place,
    format: Format,
    digests: bool,
) -> TablePart:
    names = [column.name for column in columns]
    digest = RowDigest(names) if digests else None
    parts: list[Part] = []
    for rows in batches:
        frame = frame_of(rows, columns)
        if digest is not None:
            digest.add(frame)
        data = write_part(frame, columns, format)
        file = f"{name}-{len(parts) + 1:05d}.{format}"
        place.write(file, data)
        sha256 = hashlib.sha256(data).hexdigest()
        parts.append(Part(file=file, rows=len(rows), bytes=len(data), sha256=sha256))
    total = sum(part.rows for part in parts)
    return TablePart(
        columns=names, rows=total, digest=digest.hex() if digest else None, parts=parts
    )


def last_positions(database: Database, connection: sa.Connection) -> dict[str, int]:
    """The last position that was given, by table, also of rows that are gone since.

    Args:
        database: Which database.
        connection: To read with.

    Returns:
        Positions of the tables that number their rows.
    """
    raw: Any = connection.connection.dbapi_connection
    if database.dialect == "sqlite":
        return {str(name): int(last) for name, last in raw.execute(
            "SELECT name, seq FROM sqlite_sequence WHERE name IN ('events', 'impressions', 'audit')"
        )}  # fmt: skip
    found = {}
    for name in ("events", "impressions", "audit"):
        sequence = raw.execute("SELECT pg_get_serial_sequence(%s, 'position')", (name,))
        quoted = sequence.fetchone()[0]
        last = raw.execute(
            "SELECT last_value FROM pg_sequences WHERE"
            " format('%%I.%%I', schemaname, sequencename)::regclass = %s::regclass",
            (quoted,),
        ).fetchone()
        if last and last[0] is not None:
            found[name] = int(last[0])
    return found


def reserve_positions(connection: sa.Connection, table: str, last: int) -> None:
    """Let new rows be numbered after a position, so that no number is given twice.

    Args:
        connection: In a transaction that nobody else numbers rows beside.
        table: ``events``, ``impressions`` or ``audit``.
        last: The last position that counts as given.
    """
    if connection.dialect.name == "sqlite":
        known = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
        mine = known.c.name == table
        now = connection.execute(sa.select(known.c.seq).where(mine)).scalar()
        if now is None:
            connection.execute(sa.insert(known).values(name=table, seq=last))
        else:
            connection.execute(sa.update(known).where(mine).values(seq=max(int(now), last)))
        return
    sequence = sa.func.pg_get_serial_sequence(table, "position")
    next_one = connection.execute(sa.select(sa.func.nextval(sequence))).scalar_one()
    connection.execute(sa.select(sa.func.setval(sequence, max(int(next_one), last))))


@contextmanager
def roomy(database: Database) -> Iterator[None]:
    """More memory for SQLite's pages while much is written, so that each is written once.

    Args:
        database: Where to.

    Yields:
        Nothing.
    """
    _cache(database, max(database.settings.cache_mb, _CACHE_MB))
    try:
        yield
    finally:
        _cache(database, database.settings.cache_mb)


def _cache(database: Database, size_mb: float) -> None:
    if database.dialect == "sqlite":
        with database.write(durable=False) as connection:
            connection.exec_driver_sql(f"PRAGMA cache_size={-int(size_mb * 1024)}")
