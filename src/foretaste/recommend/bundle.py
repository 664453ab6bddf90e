"""A bundle on disk: everything an answer needs, as data that never runs.

::

    bundle/
      manifest.json            format, digests, versions, metrics card; checksum of every file
      parts/NAME.safetensors   arrays of one fitted part (its JSON values are in the manifest)
      tables/NAME.parquet      catalogue, people, events

Written aside and renamed, so a bundle is whole or absent. Nothing is pickled, loading runs
no code, and a file that was changed or cut is refused.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foretaste.core import Place, State, claim, digest_of, file_sha256
from foretaste.core.errors import BundleError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FORMAT", "Bundle", "claim_bundle", "read_bundle", "write_bundle"]

FORMAT = 1
"""Version of this layout. A reader reads every version up to its own, or says what to do."""

_LIBRARIES = ("foretaste", "numpy", "scipy", "polars")


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """What is in a bundle, in memory.

    Attributes:
        parts: Fitted parts as plain data, by name.
        tables: Tables by name.
        meta: JSON values: settings, digests of data and settings, metrics card.
        digest: Name of this content (empty before it is written).
    """

    parts: Mapping[str, State]
    tables: Mapping[str, pl.DataFrame]
    meta: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""


def claim_bundle(folder: Path, *, overwrite: bool = False) -> AbstractContextManager[Place]:
    """Reserve a place for a bundle before fitting; see :func:`foretaste.core.claim`.

    Args:
        folder: Where it will lie.
        overwrite: Whether a bundle that is there may be replaced.

    Returns:
        Yields the place; refuses one that is taken or being written.
    """
    return claim(Path(folder), "bundle", _is_bundle, overwrite=overwrite)


def write_bundle(bundle: Bundle, place: Path | Place, *, overwrite: bool = False) -> str:
    """Write a bundle aside, then rename it into place.

    Args:
        bundle: What to write.
        place: A folder that must not exist unless ``overwrite`` (and then must be a bundle),
            or a place claimed before.
        overwrite: Replace a bundle that is there.

    Returns:
        The digest of what was written.

    Raises:
        StorageError: If the place is taken by something else, or cannot be written.
        BusyError: If another process is writing the same bundle.
    """
    if not isinstance(place, Place):
        with claim_bundle(Path(place), overwrite=overwrite) as claimed:
            return write_bundle(bundle, claimed)
    import polars as pl
    from safetensors import SafetensorError

    try:
        manifest = _write_files(bundle, place.aside)
        text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True)
        (place.aside / "manifest.json").write_text(text + "\n", encoding="utf-8")
        place.swap()
    except (OSError, SafetensorError, pl.exceptions.PolarsError) as error:
        raise place.storage_error(error) from error
    return str(manifest["digest"])


def read_bundle(folder: Path) -> Bundle:
    """Read a bundle back, checking every file.

    Args:
        folder: Where it lies.

    Returns:
        Its content.

    Raises:
        BundleError: If it is not a bundle, is of a newer version, or was damaged.
    """
    folder = Path(folder)
    manifest = _manifest(folder)
    for name, checksum in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            raise BundleError("a file is missing", where=str(path), remedy="Fit again")
        if file_sha256(path) != checksum:
            raise BundleError(
                "the file is not the one that was written",
                where=str(path),
                remedy="Copy the bundle again from its source, or fit again",
            )
    return _read_files(folder, manifest)


def _is_bundle(folder: Path) -> bool:
    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and "foretaste_bundle" in found


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    remedy = "Make one with: foretaste fit --data PATH --out BUNDLE"
    if not path.is_file():
        raise BundleError(
            "this is not a bundle",
            expected="a folder with manifest.json",
            where=str(folder),
            remedy=remedy,
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        number = manifest["foretaste_bundle"]
        manifest["files"].items(), manifest["parts"].items(), manifest["meta"].items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BundleError("this is not a bundle of ours", where=str(path), remedy=remedy) from None
    if number != FORMAT:
        raise BundleError(
            "the bundle has another format version",
            expected=f"version {FORMAT}",
            got=str(number),
            where=str(folder),
            remedy="Fit again with this version of foretaste, or use the version that wrote it: "
            + str(manifest.get("libraries", {}).get("foretaste", "unknown")),
        )
    if any(".." in Path(name).parts or Path(name).is_absolute() for name in manifest["files"]):
        raise BundleError("the manifest names files outside the bundle", where=str(path))
    found: dict[str, Any] = manifest
    return found


def _write_files(bundle: Bundle, folder: Path) -> dict[str, Any]:
    from safetensors.numpy import save_file

    (folder / "parts").mkdir()
    (folder / "tables").mkdir()
    files: dict[str, str] = {}
    parts: dict[str, Any] = {}
    for name, state in bundle.parts.items():
        path = folder / "parts" / f"{name}.safetensors"
        save_file({key: np.ascontiguousarray(a) for key, a in state.arrays.items()}, path)
        parts[name] = dict(state.meta)
        files[f"parts/{name}.safetensors"] = file_sha256(path)
    for name, table in bundle.tables.items():
        path = folder / "tables" / f"{name}.parquet"
        table.write_parquet(path)
        files[f"tables/{name}.parquet"] = file_sha256(path)
    meta = dict(bundle.meta)
    return {
        "foretaste_bundle": FORMAT,
        "created_utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "digest": digest_of(files, parts, meta),
        "files": files,
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "parts": parts,
        "meta": meta,
    }


def _read_files(folder: Path, manifest: Mapping[str, Any]) -> Bundle:
    import polars as pl
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    parts = manifest["parts"]
    try:
        states = {
            name: State(load_file(folder / "parts" / f"{name}.safetensors"), meta)
            for name, meta in parts.items()
        }
        tables = {
            Path(name).stem: pl.read_parquet(folder / name)
            for name in manifest["files"]
            if name.startswith("tables/")
        }
    except (OSError, SafetensorError, pl.exceptions.PolarsError) as error:
        raise BundleError(
            "a file of the bundle cannot be read", got=str(error), where=str(folder)
        ) from error
    if digest_of(manifest["files"], parts, manifest["meta"]) != manifest.get("digest"):
        raise BundleError("the manifest was changed", where=str(folder), remedy="Fit again")
    return Bundle(states, tables, manifest["meta"], manifest["digest"])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
