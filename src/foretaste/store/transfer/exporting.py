"""One workspace as a folder of files that any tool can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from foretaste.core import claim
from foretaste.core.errors import ForetasteError, InputError
from foretaste.store.schema import metadata
from foretaste.store.space import Space
from foretaste.store.text import to_db
from foretaste.store.transfer.dumping import Tell, dump, last_positions
from foretaste.store.transfer.manifest import MANIFEST, VERSION, Format, Manifest
from foretaste.store.transfer.places import Folder

__all__ = ["EXPORTED", "LEFT_OUT", "export_all"]

EXPORTED = (
    "events", "impressions", "items", "people", "consent", "sessions", "experiments", "facts",
    "jobs", "audit",
)  # fmt: skip
"""Tables of an export. Keys and tokens are not among them: secrets stay, even as hashes."""

LEFT_OUT = dict.fromkeys(EXPORTED, ("workspace",)) | {
    "impressions": ("workspace", "position"),
    "items": ("workspace", "deleted", "revision"),
    "people": ("workspace", "deleted", "revision"),
    "jobs": ("workspace", "cancel_asked"),
    "audit": ("workspace", "position"),
}
"""Columns that mean nothing elsewhere, or follow from the others."""


def export_all(
    space: Space,
    folder: Path,
    format: Format = "parquet",
    tell: Tell | None = None,
    *,
    overwrite: bool = False,
) -> dict[str, int]:
    """Write everything one workspace keeps, as of one moment, while writing goes on.

    Left out are API keys and login tokens (see :func:`backup`), markers of deleted items, and
    jobs that have not ended. JSON is text in Parquet files and JSON in JSON lines. A character
    that UTF-8 or a database cannot hold (NUL, lone surrogates) is written as the store keeps it,
    as U+001A and a letter.

    Args:
        space: The workspace.
        folder: Where to; written aside and put in place at the end.
        format: ``parquet`` or ``jsonl``.
        tell: Told what is done, and how far it is, 0 to 1.
        overwrite: Whether an earlier export there may be replaced.

    Returns:
        Rows by table.

    Raises:
        InputError: If there is no such format.
        StorageError: If the place is taken by something else, or cannot be written.
        BusyError: If another process writes there.
    """
    if format not in get_args(Format):
        raise InputError("no such format", expected="parquet or jsonl", got=format)
    tell = tell or _silent
    database = space.store.database
    tables = {name: metadata.tables[name] for name in EXPORTED}
    with claim(Path(folder), "export", _is_export, overwrite=overwrite) as place:
        try:
            aside = Folder(place.aside)
            with database.snapshot() as connection:
                written = dump(
                    database, connection, tables, aside, format, tell,
                    leave_out=LEFT_OUT, where=lambda name: _mine(space.workspace, name),
                )  # fmt: skip
                manifest = Manifest(
                    purpose="export", version=VERSION, schema_version=space.store.schema_version,
                    format=format, workspace=space.workspace, created_s=space.store.clock.now_s(),
                    positions=last_positions(database, connection), tables=written,
                )  # fmt: skip
            aside.write(MANIFEST, manifest.model_dump_json(indent=1).encode())
            place.swap()
        except ForetasteError:
            raise
        except OSError as error:
            raise place.storage_error(error) from error
    tell("done", 1.0)
    return {name: table.rows for name, table in written.items()}


def _mine(workspace: str, name: str) -> list[tuple[str, Any]]:
    mine: list[tuple[str, Any]] = [("workspace = ?", to_db(workspace))]
    if name in ("items", "people"):
        mine.append(("deleted = ?", False))
    if name == "jobs":
        mine.append(("ended_s >= ?", 0.0))
    return mine


def _is_export(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def _silent(what: str, share: float) -> None:
    """Tell nobody."""
