"""Where the files of an export or backup lie: a folder, or one archive."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Literal, Protocol

from foretaste.core.errors import DataError
from foretaste.store.transfer.manifest import MANIFEST, Manifest, Part, read_manifest

__all__ = ["Archive", "Folder", "Place", "manifest_in", "read_checked"]

_LARGEST_MANIFEST = 64 * 2**20


class Place(Protocol):
    """Files by plain names."""

    where: str

    def read(self, name: str, largest: int) -> bytes:
        """One file, if it is not larger than allowed."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Keep a file."""
        ...


class Folder:
    """Files in a folder.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.where = str(folder)

    def read(self, name: str, largest: int) -> bytes:
        """Read a file that really lies in this folder.

        Args:
            name: A plain name.
            largest: Most bytes.

        Returns:
            The file.

        Raises:
            DataError: If it is not there, a link, or too large.
        """
        path = self._folder / _plain(name, self.where)
        if path.is_symlink() or not path.is_file():
            raise DataError("a file is missing, or no plain file", where=str(path))
        if path.stat().st_size > largest:
            raise DataError("a file is larger than it should be", where=str(path))
        return path.read_bytes()

    def write(self, name: str, data: bytes) -> None:
        """Write a file.

        Args:
            name: A plain name.
            data: The file.
        """
        (self._folder / _plain(name, self.where)).write_bytes(data)


class Archive:
    """Files in a ZIP archive, stored as they are (Parquet is compressed already).

    Nothing is ever unpacked to disk, so no name in an archive can lead anywhere.

    Args:
        archive: The open archive.
        where: Its name, for messages.
    """

    def __init__(self, archive: zipfile.ZipFile, where: str) -> None:
        self._archive = archive
        self.where = where

    def names(self) -> list[str]:
        """What it holds.

        Returns:
            Names, in order.
        """
        return self._archive.namelist()

    def read(self, name: str, largest: int) -> bytes:
        """Read a file.

        Args:
            name: A plain name.
            largest: Most bytes; the archive's own word is not trusted.

        Returns:
            The file.

        Raises:
            DataError: If it is not there, damaged or too large.
        """
        try:
            with self._archive.open(_plain(name, self.where)) as file:
                data = file.read(largest + 1)
        except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise DataError(f"{name} cannot be read", got=str(error), where=self.where) from None
        if len(data) > largest:
            raise DataError(f"{name} is larger than it should be", where=self.where)
        return data

    def write(self, name: str, data: bytes) -> None:
        """Write a file.

        Args:
            name: A plain name.
            data: The file.
        """
        self._archive.writestr(_plain(name, self.where), data)


def manifest_in(place: Place, purpose: Literal["export", "backup"]) -> Manifest:
    """The manifest of a place.

    Args:
        place: Where.
        purpose: What it should be of.

    Returns:
        The manifest.

    Raises:
        DataError: If there is none, or it is not one of ours.
    """
    data = place.read(MANIFEST, _LARGEST_MANIFEST)
    return read_manifest(data, purpose, f"{place.where}: {MANIFEST}")


def read_checked(place: Place, part: Part) -> bytes:
    """A file, if it is the one that the manifest speaks of.

    Args:
        place: Where it lies.
        part: What the manifest says.

    Returns:
        The file.

    Raises:
        DataError: If it is missing or has changed.
    """
    data = place.read(part.file, part.bytes)
    if len(data) != part.bytes or hashlib.sha256(data).hexdigest() != part.sha256:
        raise DataError(
            f"{part.file} is not what was written",
            expected=f"{part.bytes:,} bytes, SHA-256 {part.sha256[:12]}…",
            got=f"{len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()[:12]}…",
            where=place.where,
            remedy="Copy it again, or use another one",
        )
    return data


def _plain(name: str, where: str) -> str:
    if not name or name in (".", "..") or "/" in name or "\\" in name or "\x00" in name:
        raise DataError("a file name may not lead anywhere", got=repr(name), where=where)
    return name
