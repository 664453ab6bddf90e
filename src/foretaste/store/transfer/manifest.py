"""What an export or a backup says of itself: which files, how many rows, what digests."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from foretaste.core.errors import DataError

__all__ = ["MANIFEST", "VERSION", "Format", "Manifest", "Part", "TablePart", "read_manifest"]

MANIFEST = "manifest.json"
VERSION = 1
Format = Literal["parquet", "jsonl"]
_SHA256 = r"^[0-9a-f]{64}$"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Part(_Value):
    """One file.

    Attributes:
        file: Its name: a plain one, never a path.
        rows: Rows in it.
        bytes: Its size.
        sha256: Its digest.
    """

    file: str = Field(pattern=r"^[a-z]+-[0-9]{5,9}\.(parquet|jsonl)$")
    rows: int = Field(ge=0)
    bytes: int = Field(ge=0, le=4 * 2**30)
    sha256: str = Field(pattern=_SHA256)


class TablePart(_Value):
    """One table.

    Attributes:
        columns: Its columns, in order.
        rows: Rows in all its files.
        digest: Digest of the rows themselves, in order, whatever the database or file format;
            backups have one, to compare a restored database with.
        parts: Its files, in order.
    """

    columns: list[Annotated[str, Field(pattern=r"^[a-z_]+$")]]
    rows: int = Field(ge=0)
    digest: str | None = Field(default=None, pattern=_SHA256)
    parts: list[Part]


class Manifest(_Value):
    """The whole of it.

    Attributes:
        purpose: ``export`` of one workspace, or ``backup`` of a whole store.
        version: Version of this layout.
        schema_version: Migration that the tables are of.
        format: Format of the files.
        workspace: Which one; ``None`` for a backup.
        created_s: When it was made.
        positions: The last position that was given, by table.
        tables: Every table by name.
    """

    purpose: Literal["export", "backup"]
    version: int
    schema_version: str
    format: Format
    workspace: str | None
    created_s: float
    positions: dict[str, int]
    tables: dict[str, TablePart]


def read_manifest(data: bytes, purpose: Literal["export", "backup"], where: str) -> Manifest:
    """Read a manifest and check that it is one of ours.

    Args:
        data: The file.
        purpose: What it should be of.
        where: What to name in an error.

    Returns:
        The manifest.

    Raises:
        DataError: If it is broken, of something else, or of a newer version.
    """
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(
            f"the manifest is not one of ours: {first['msg'].lower()}",
            got=".".join(str(part) for part in first["loc"]) or None,
            where=where,
        ) from None
    if manifest.version > VERSION:
        raise DataError(
            f"this {manifest.purpose} was made by a newer version of Foretaste",
            expected=f"layout {VERSION} or older",
            got=manifest.version,
            where=where,
            remedy="Update Foretaste: pip install -U foretaste",
        )
    if manifest.purpose != purpose:
        raise DataError(f"this is no {purpose}", got=manifest.purpose, where=where)
    for name, table in manifest.tables.items():
        wrong = [part.file for part in table.parts if not part.file.startswith(f"{name}-")]
        ends = [part.file for part in table.parts if not part.file.endswith(manifest.format)]
        if wrong or ends or sum(part.rows for part in table.parts) != table.rows:
            raise DataError(f"the manifest contradicts itself about {name!r}", where=where)
    return manifest
