"""A folder that one process alone will write: claimed first, filled aside, swapped in whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from foretaste.core.errors import BusyError, StorageError

__all__ = ["Place", "claim"]


@dataclass(frozen=True, slots=True)
class Place:
    """A claimed folder; see :func:`claim`.

    Attributes:
        folder: Where the bundle will lie.
        aside: Where it is written first.
    """

    folder: Path
    aside: Path

    def swap(self) -> None:
        """Put what was written aside into place; what was there is gone afterwards."""
        (self.aside / "owner").unlink()
        old = self.folder.with_name(self.folder.name + ".old")
        if self.folder.exists():
            shutil.rmtree(old, ignore_errors=True)
            self.folder.rename(old)
        self.aside.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)

    def storage_error(self, error: OSError) -> StorageError:
        """What to raise when the disk refuses.

        Args:
            error: What it said.

        Returns:
            One clear sentence.
        """
        return _storage(error, self.folder)


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


def _storage(error: OSError, folder: Path) -> StorageError:
    return StorageError(
        "the bundle could not be written and nothing was left behind",
        got=error.strerror or str(error),
        where=str(folder),
        remedy="Free some space or choose a place you may write to",
    )
