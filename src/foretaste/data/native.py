"""Our own form on disk: Parquet tables, vectors as ``.npy``, and a manifest with digests.

::

    shop/
      manifest.json          format version, roles, kinds, digests, SHA-256 of every file
      interactions.parquet   inside rows, signals, context, sorted
      items.parquet  people.parquet  [knowledge.parquet]  [remarks.parquet]
      [vectors-0.npy ...]    which is which is in the manifest

Written aside and renamed: a folder is whole or absent.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from foretaste.core import Dataset, Vocabulary, claim, file_sha256
from foretaste.core.errors import DataError

__all__ = ["FORMAT", "is_native", "read_native", "write_native"]

FORMAT = 1
"""Version of this layout."""

_TABLES = ("interactions", "items", "people", "knowledge", "remarks")


def write_native(dataset: Dataset, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write a dataset so that it reads back fast and unchanged.

    Args:
        dataset: The data.
        folder: Where; must not exist unless ``overwrite``, and then must be such a folder.
        overwrite: Replace what is there.

    Returns:
        The folder.

    Raises:
        StorageError: If the place is taken, or cannot be written (nothing is left behind).
        BusyError: If another process is writing there.
    """
    with claim(Path(folder), "data folder", is_native, overwrite=overwrite) as place:
        try:
            manifest = _write_files(dataset, place.aside)
            text = json.dumps(manifest, indent=1, ensure_ascii=False)
            (place.aside / "manifest.json").write_text(text + "\n", encoding="utf-8")
            place.swap()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise place.storage_error(error) from error
    return Path(folder)


def is_native(folder: Path) -> bool:
    """Whether a folder is of this form.

    Args:
        folder: The folder.

    Returns:
        ``True`` if its manifest says so.
    """
    path = folder / "manifest.json"
    if not path.is_file():
        return False
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(found, dict) and "foretaste_data" in found


def read_native(folder: str | Path) -> Dataset:
    """Read what :func:`write_native` wrote, checking every file.

    Args:
        folder: The folder.

    Returns:
        The dataset, equal to the one written (same digest).

    Raises:
        DataError: If it is of another version or a file was changed, cut or lost.
    """
    place = Path(folder)
    if not is_native(place):
        raise DataError(
            "this is no data folder of ours",
            where=str(place),
            expected="a manifest.json that write_native wrote",
            remedy="Read the original with foretaste.read",
        )
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    if manifest["foretaste_data"] != FORMAT:
        raise DataError(
            "the data were written in another version of the form",
            where=str(place),
            expected=f"version {FORMAT}",
            got=manifest["foretaste_data"],
            remedy="Import the original again",
        )
    for name, checksum in manifest["files"].items():
        path = place / Path(name).name
        if not path.is_file() or file_sha256(path) != checksum:
            raise DataError(
                "the file is missing or is not the one that was written",
                where=str(path),
                remedy="Copy the folder again, or import the original again",
            )
    return _read_files(place, manifest)


def _read_files(place: Path, manifest: dict[str, Any]) -> Dataset:
    tables = {
        name: pl.read_parquet(place / f"{name}.parquet", glob=False)
        for name in _TABLES
        if f"{name}.parquet" in manifest["files"]
    }
    items, people = tables["items"], tables["people"]
    return Dataset(
        manifest["name"],
        Vocabulary(people["user_id"].to_list(), "person"),
        Vocabulary(items["item_id"].to_list(), "item"),
        tables["interactions"].rechunk(),
        items,
        people,
        manifest["item_roles"],
        manifest["people_roles"],
        tuple(manifest["kinds"]),
        tables.get("knowledge"),
        tables.get("remarks"),
        {name: np.load(place / file) for name, file in manifest["vectors"].items()},
        manifest["simulated"],
    )


def _write_files(dataset: Dataset, aside: Path) -> dict[str, Any]:
    files = {}
    for name in _TABLES:
        table: pl.DataFrame | None = getattr(dataset, name)
        if table is not None:
            path = aside / f"{name}.parquet"
            table.write_parquet(path)
            files[path.name] = file_sha256(path)
    vectors = {}
    for number, (name, array) in enumerate(sorted(dataset.vectors.items())):
        path = aside / f"vectors-{number}.npy"
        np.save(path, array)
        files[path.name], vectors[name] = file_sha256(path), path.name
    return {
        "foretaste_data": FORMAT,
        "name": dataset.name,
        "digest": dataset.digest,
        "created_utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "counts": {
            "events": len(dataset.interactions),
            "people": dataset.n_users,
            "items": dataset.n_items,
        },
        "kinds": list(dataset.kinds),
        "item_roles": dict(dataset.item_roles),
        "people_roles": dict(dataset.people_roles),
        "simulated": dataset.simulated,
        "vectors": vectors,
        "files": files,
    }
