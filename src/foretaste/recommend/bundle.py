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
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foretaste.core import State, digest_of, file_sha256
from foretaste.core.errors import BundleError, BusyError, StorageError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["FORMAT", "Bundle", "Place", "claim", "read_bundle", "write_bundle"]

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


def write_bundle(bundle: Bundle, folder: Path, *, overwrite: bool = False) -> str:
    """Write a bundle aside, then rename it into place.

    Args:
        bundle: What to write.
        folder: Where; must not exist unless ``overwrite``, and then must be a bundle.
        overwrite: Replace a bundle that is there.

    Returns:
        The digest of what was written.

    Raises:
        StorageError: If the place is taken by something else, or cannot be written.
        BusyError: If another process is writing the same bundle.
    """
    with claim(folder, overwrite=overwrite) as place:
        return place.write(bundle)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that this process alone will write; see :func:`claim`.

    Attributes:
        folder: Where the bundle will lie.
        aside: Where it is written first.
    """

    folder: Path
    aside: Path

    def write(self, bundle: Bundle) -> str:
        """Write everything aside, then swap it in.

        Args:
            bundle: What to write.

        Returns:
            Its digest.

        Raises:
            StorageError: If something could not be written; the old bundle stays.
        """
        try:
            manifest = _write_files(bundle, self.aside)
            text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True)
            (self.aside / "manifest.json").write_text(text + "\n", encoding="utf-8")
            (self.aside / "owner").unlink()
            _swap(self.aside, self.folder)
        except OSError as error:
            raise _storage(error, self.folder) from error
        return str(manifest["digest"])


@contextmanager
def claim(folder: Path, *, overwrite: bool = False) -> Iterator[Place]:
    """Reserve a place before long work, so that a second fit into it is refused at once.

    Whatever was written aside is removed on the way out, also after Ctrl-C. A claim left
    behind by a process that is no longer alive is taken over.

    Args:
        folder: Where a bundle will lie.
        overwrite: Whether a bundle that is there may be replaced.

    Yields:
        The place.

    Raises:
        StorageError: If the place is taken by something else, or cannot be written.
        BusyError: If another living process has claimed it.
    """
    folder = Path(folder)
    if folder.exists():
        _may_replace(folder, overwrite)
    aside = folder.with_name(folder.name + ".writing")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if aside.exists() and not _alive(aside):
            shutil.rmtree(aside)
        aside.mkdir()
        (aside / "owner").write_text(str(os.getpid()))
    except FileExistsError:
        raise BusyError(
            "another process is writing this bundle",
            where=str(folder),
            remedy=f"Wait for it, or choose another place; if there is none, delete {aside}",
        ) from None
    except OSError as error:
        raise _storage(error, folder) from error
    try:
        yield Place(folder, aside)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _alive(aside: Path) -> bool:
    """Whether whoever claimed a place still runs; unsure counts as yes."""
    try:
        owner = int((aside / "owner").read_text())
    except (OSError, ValueError):
        return True
    try:
        os.kill(owner, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


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
    except (ValueError, KeyError, TypeError, AttributeError):
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
    if digest_of(manifest["files"], parts, manifest["meta"]) != manifest["digest"]:
        raise BundleError("the manifest was changed", where=str(folder), remedy="Fit again")
    return Bundle(states, tables, manifest["meta"], manifest["digest"])


def _may_replace(folder: Path, overwrite: bool) -> None:
    if not overwrite:
        raise StorageError(
            "there is something already",
            where=str(folder),
            remedy="Choose another place, or say that it may be overwritten (--overwrite)",
        )
    if not (folder / "manifest.json").is_file():
        raise StorageError(
            "this is no bundle, so it is not overwritten",
            where=str(folder),
            remedy="Choose another place",
        )


def _swap(aside: Path, folder: Path) -> None:
    old = folder.with_name(folder.name + ".old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    aside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _storage(error: OSError, folder: Path) -> StorageError:
    return StorageError(
        "the bundle could not be written and nothing was left behind",
        got=error.strerror or str(error),
        where=str(folder),
        remedy="Free some space or choose a place you may write to",
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
