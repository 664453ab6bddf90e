"""A folder that was exported, back into a workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from foretaste.core.errors import DataError, InputError
from foretaste.store.schema import events, metadata
from foretaste.store.space import Space
from foretaste.store.tables.base import bump, lock
from foretaste.store.transfer.columns import columns_of
from foretaste.store.transfer.dumping import Tell, last_positions, reserve_positions, roomy
from foretaste.store.transfer.exporting import EXPORTED, LEFT_OUT
from foretaste.store.transfer.manifest import Manifest
from foretaste.store.transfer.merging import (
    AuditMerge,
    EventMerge,
    ImpressionMerge,
    Merge,
    in_row,
)
from foretaste.store.transfer.merging_rows import (
    ConsentMerge,
    ExperimentMerge,
    FactMerge,
    ItemMerge,
    JobMerge,
    PersonMerge,
    SessionMerge,
)
from foretaste.store.transfer.parts import read_part
from foretaste.store.transfer.places import Folder, manifest_in, read_checked

if TYPE_CHECKING:
    import polars as pl

__all__ = ["import_all"]

_MERGES: dict[str, type[Merge]] = {
    "events": EventMerge, "impressions": ImpressionMerge, "items": ItemMerge,
    "people": PersonMerge, "consent": ConsentMerge, "sessions": SessionMerge,
    "experiments": ExperimentMerge, "facts": FactMerge, "jobs": JobMerge, "audit": AuditMerge,
}  # fmt: skip
_ONE_TRANSACTION = 100_000


def import_all(space: Space, folder: Path, tell: Tell | None = None) -> dict[str, int]:
    """Bring what :func:`export_all` wrote into a workspace; the same again changes nothing.

    Every file is read and checked before anything is written. Events and impressions that are
    there stay as they are; of items, people and consent the one changed later stays; sessions,
    experiments, facts and jobs that are there stay. Events keep their positions if this database
    never had any, and get new ones otherwise. People who were forgotten since the export come
    back with it: forget them again.

    Args:
        space: Where to.
        folder: What was exported.
        tell: Told what is done, and how far it is, 0 to 1.

    Returns:
        Rows that were new or changed something, by table.

    Raises:
        DataError: If a file is missing, has changed or holds what cannot be kept; then nothing
            was written.
        BusyError: If the database is locked; importing again goes on where it ended.
        StorageError: If the database cannot be reached.
    """
    tell = tell or (lambda what, share: None)
    place = Folder(Path(folder))
    manifest = manifest_in(place, "export")
    unknown = sorted(set(manifest.tables) - set(EXPORTED))
    if unknown:
        raise DataError("the export has tables we do not know", got=unknown, where=place.where)
    names = [name for name in EXPORTED if name in manifest.tables]
    merges = {name: _merge(space, name) for name in names}
    for number, name in enumerate(names):
        tell(f"checking {name}", number / len(names) / 2)
        _check(place, manifest, name, merges[name])
    counts = {}
    with roomy(space.store.database):
        for number, name in enumerate(names):
            tell(f"writing {name}", 0.5 + number / len(names) / 2)
            counts[name] = _write(space, place, manifest, name, merges[name])
        _finish(space, counts)
    tell("done", 1.0)
    return counts


def _merge(space: Space, name: str) -> Merge:
    columns = [one for one in columns_of(metadata.tables[name]) if one.name not in LEFT_OUT[name]]
    return _MERGES[name](space, columns)


def _frames(
    place: Folder, manifest: Manifest, name: str, merge: Merge
) -> Iterator[tuple[str, pl.DataFrame]]:
    for part in manifest.tables[name].parts:
        where = str(Path(place.where) / part.file)
        frame = read_part(read_checked(place, part), merge.columns, manifest.format, where)
        if len(frame) != part.rows:
            raise DataError(
                "this file has not as many rows as the manifest says",
                expected=f"{part.rows:,}", got=f"{len(frame):,}", where=where,
            )  # fmt: skip
        yield where, frame


def _check(place: Folder, manifest: Manifest, name: str, merge: Merge) -> None:
    for where, frame in _frames(place, manifest, name, merge):
        try:
            merge.check(frame)
        except InputError as error:
            raise in_row(error, where) from None


def _write(space: Space, place: Folder, manifest: Manifest, name: str, merge: Merge) -> int:
    database = space.store.database
    if isinstance(merge, EventMerge):
        merge.keeps_positions = _takes_positions(space, manifest)
    count = 0
    for _, frame in _frames(place, manifest, name, merge):
        for piece in frame.iter_slices(_ONE_TRANSACTION):
            # Not each is waited for: the last transaction of the import takes all to the disk.
            with database.write(durable=False) as connection:
                count += merge.write(connection, piece)
    return count


def _takes_positions(space: Space, manifest: Manifest) -> bool:
    """Whether events may keep their positions: if none was ever given in this database."""
    database = space.store.database
    last = manifest.positions.get("events", 0)
    with database.write() as connection:
        if database.dialect == "postgresql":
            connection.execute(sa.text("LOCK TABLE events IN EXCLUSIVE MODE"))
        given = last_positions(database, connection).get("events", 0)
        there = connection.execute(sa.select(events.c.position).limit(1)).first()
        if given or there is not None or not last:
            return False
        reserve_positions(connection, "events", last)
    return True


def _finish(space: Space, counts: dict[str, int]) -> None:
    with space.store.database.write() as connection:
        lock(connection, space.workspace, "events")
        if counts.get("events"):
            # Whoever follows the log may be past these positions: it has to look again.
            bump(connection, space.workspace, "events")
