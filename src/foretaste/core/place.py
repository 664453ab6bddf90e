"""A folder that one process alone will write: claimed first, filled aside, swapped in whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from foretaste.core.errors import BusyError, StorageError

__all__ = ["Place", "claim"]


@dataclass(frozen=True, slots=True)
class Place:
    """A claimed folder; see :func:`claim`.

    Attributes:
        folder: Where it will lie.
        aside: Where it is written first.
        what: What will lie there, for messages.
    """

    folder: Path
    aside: Path
    what: str

    def swap(self) -> None:
        """Put what was written aside into place; what was there is gone only afterwards."""
        (self.aside / "owner").unlink()
        old = self.folder.with_name(f"{self.folder.name}.replaced-{os.getpid()}")
        if self.folder.exists():
            self.folder.rename(old)
        try:
            self.aside.rename(self.folder)
        except OSError:
            if old.exists():
                old.rename(self.folder)
            raise
        shutil.rmtree(old, ignore_errors=True)

    def storage_error(self, error: Exception) -> StorageError:
        """What to raise when the disk refuses.

        Args:
            error: What it said; libraries wrap the system's error in their own.

        Returns:
            One clear sentence.
        """
        full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)
        return StorageError(
            "the disk is full" if full else f"the {self.what} could not be written",
            got=getattr(error, "strerror", None) or str(error),
            where=str(self.folder),
            remedy="Free some space or choose a place you may write to; nothing was left behind",
        )


@contextmanager
def claim(
    folder: Path, what: str, ours: Callable[[Path], bool], *, overwrite: bool = False
) -> Iterator[Place]:
    """Reserve a place before long work, so that a second writer is refused at once.

    Whatever was written aside is removed on the way out, also after Ctrl-C. A claim left
    behind by a process that is no longer alive is taken over.

    Args:
        folder: Where it will lie.
        what: What will lie there, for messages, such as ``"bundle"``.
        ours: Whether what lies in a folder is of this sort: nothing else is ever replaced.
        overwrite: Whether one that is there may be replaced.

    Yields:
        The place.

    Raises:
        StorageError: If the place is taken by something else, or cannot be written.
        BusyError: If another living process has claimed it.
    """
    if folder.name in ("", ".."):
        folder = folder.resolve()
    if folder.exists():
        _may_replace(folder, what, ours, overwrite)
    place = Place(folder, folder.with_name(folder.name + ".writing"), what)
    aside = place.aside
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if aside.exists() and not _alive(aside):
            shutil.rmtree(aside)
        aside.mkdir()
        (aside / "owner").write_text(str(os.getpid()))
    except FileExistsError as error:
        if not folder.parent.is_dir():
            raise place.storage_error(error) from error
        raise BusyError(
            "another process is writing there",
            where=str(folder),
            remedy=f"Wait for it, or choose another place; if there is none, delete {aside}",
        ) from None
    except OSError as error:
        raise place.storage_error(error) from error
    try:
        yield place
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _alive(aside: Path) -> bool:
    """Whether whoever claimed a place still runs; unsure counts as yes."""
    try:
        os.kill(int((aside / "owner").read_text()), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError, OverflowError):
        return True
    return True


def _may_replace(folder: Path, what: str, ours: Callable[[Path], bool], overwrite: bool) -> None:
    if not overwrite:
        raise StorageError(
            "there is something already",
            where=str(folder),
            remedy="Choose another place, or allow to replace it: overwrite=True, --overwrite",
        )
    if not ours(folder):
        raise StorageError(
            f"this is no {what} of ours, so it is not overwritten",
            where=str(folder),
            remedy="Choose another place",
        )
