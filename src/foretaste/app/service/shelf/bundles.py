"""The shelf: a workspace's bundles on disk, and which of them answers."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from foretaste.app.bundles import load, save
from foretaste.app.recommender import Recommender
from foretaste.app.service.values import BundleInfo
from foretaste.core.errors import BundleError, StorageError, UnknownIdError
from foretaste.store import Space

__all__ = ["ACTIVE", "FIT", "Shelf"]

ACTIVE = "bundle"
"""Name of the fact that says which bundle answers; changed by compare-and-swap alone."""
FIT = "fit-"
"""How folders begin that a fit is being written to; the job's id follows."""
_NAME = re.compile(r"[0-9a-f]{1,64}(-\d+)?")


class Shelf:
    """Bundles of one workspace, each a folder with a small JSON file beside it.

    ::

        bundles/
          3fa9c1.../        the bundle
          3fa9c1....json    what it has read, when and why it was made

    The active one is named by a fact in the store, so that every process sees the same.

    Args:
        folder: Where.
        space: The workspace in the store.
    """

    def __init__(self, folder: Path, space: Space) -> None:
        self.folder = folder
        self._space = space

    def active(self) -> str | None:
        """Name of the bundle that answers; ``None`` before the first."""
        found = self._space.facts.get(ACTIVE)
        return None if found is None else str(found["name"])

    def activate(self, name: str, *, instead_of: str | None) -> None:
        """Let a bundle answer, in every process.

        Args:
            name: Which.
            instead_of: The one that must be active until now.

        Raises:
            ConflictError: If another one is active meanwhile.
        """
        before = None if instead_of is None else {"name": instead_of}
        self._space.facts.put(ACTIVE, {"name": name}, expected=before)

    def infos(self) -> list[BundleInfo]:
        """What is on the shelf, newest first.

        Returns:
            One entry a bundle.
        """
        active = self.active()
        found = []
        for path in self.folder.glob("*.json"):
            if (self.folder / path.stem).is_dir():
                found.append(replace(self._info(path.stem), active=path.stem == active))
        return sorted(found, key=lambda info: (-info.made_s, info.name))

    def info(self, name: str) -> BundleInfo:
        """One bundle's entry.

        Args:
            name: Which.

        Returns:
            What is known of it.

        Raises:
            UnknownIdError: If there is none of that name.
        """
        return replace(self._info(name), active=name == self.active())

    def place(self, name: str) -> Path:
        """Where a bundle lies.

        Args:
            name: Which.

        Returns:
            Its folder.

        Raises:
            UnknownIdError: If that is no name of a bundle.
        """
        if not _NAME.fullmatch(name):
            raise UnknownIdError(f"no bundle has the name {name!r}")
        return self.folder / name

    def free_name(self, digest: str) -> str:
        """A name for a new bundle.

        Args:
            digest: Its digest.

        Returns:
            The digest, with a number where that is taken.
        """
        name, number = digest, 1
        while self.place(name).exists():
            number += 1
            name = f"{digest}-{number}"
        return name

    def put(self, recommender: Recommender, info: BundleInfo, extra: dict[str, Any]) -> BundleInfo:
        """Write a bundle; it does not answer yet.

        Args:
            recommender: What to write.
            info: What to note; the name is chosen here.
            extra: Further facts about what the bundle has read.

        Returns:
            The entry with its name.
        """
        name = self.free_name(recommender.digest)
        save(recommender, self.place(name))
        return self.note(replace(info, name=name), extra)

    def note(self, info: BundleInfo, extra: dict[str, Any]) -> BundleInfo:
        """Write the entry of a bundle whose folder is there.

        Args:
            info: The entry.
            extra: Further facts about what the bundle has read.

        Returns:
            The entry.
        """
        values = {
            "digest": info.digest,
            "position": info.position,
            "made_s": info.made_s,
            "reason": info.reason,
            "card": dict(info.card),
            **extra,
        }
        path = self.folder / f"{info.name}.json"
        aside = path.with_suffix(f".{os.getpid()}.aside")
        try:
            aside.write_text(json.dumps(values, default=str), encoding="utf-8")
            aside.replace(path)
        except OSError as error:
            raise StorageError(
                "the shelf cannot be written", where=str(path), got=str(error)
            ) from error
        return info

    def extra(self, name: str) -> dict[str, Any]:
        """Everything noted about a bundle.

        Args:
            name: Which.

        Returns:
            Plain values.
        """
        return self._noted(name)

    def load(self, name: str) -> Recommender:
        """Read a bundle.

        Args:
            name: Which.

        Returns:
            The recommender.
        """
        return load(self.place(name))

    def remove(self, name: str) -> None:
        """Take a bundle from the shelf for good.

        Args:
            name: Which; the active one stays.

        Raises:
            StorageError: If it is active.
        """
        if name == self.active():
            raise StorageError("the bundle that answers is not removed", where=name)
        (self.folder / f"{name}.json").unlink(missing_ok=True)
        shutil.rmtree(self.place(name), ignore_errors=True)

    def sweep(self, keep: Collection[str]) -> None:
        """Delete folders that a process which was killed left behind; they hold people's data.

        Call with the shelf locked: nothing is between its folder and its entry then.

        Args:
            keep: Folders of fits that go on.
        """
        for path in self.folder.glob("*"):
            fitting = path.name.startswith(FIT) and path.name not in keep
            nameless = (
                bool(_NAME.fullmatch(path.name))
                and not path.with_name(f"{path.name}.json").exists()
            )
            if path.is_dir() and (fitting or nameless):
                shutil.rmtree(path, ignore_errors=True)

    def prune(self, keep: int) -> list[str]:
        """Keep the newest bundles alone; the active one always stays.

        Args:
            keep: How many.

        Returns:
            Names of those that went.
        """
        infos = self.infos()
        spare = [info.name for info in infos if not info.active]
        gone = spare[max(keep - (len(infos) - len(spare)), 0) :]
        for name in gone:
            self.remove(name)
        return gone

    def _noted(self, name: str) -> dict[str, Any]:
        path = self.place(name).with_name(f"{name}.json")
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UnknownIdError(f"no bundle has the name {name!r}") from None
        except (OSError, ValueError) as error:
            raise BundleError(
                "the shelf cannot be read", where=str(path), got=str(error)
            ) from error
        return dict(found)

    def _info(self, name: str) -> BundleInfo:
        noted = self._noted(name)
        return BundleInfo(
            name,
            str(noted["digest"]),
            int(noted["position"]),
            float(noted["made_s"]),
            False,
            noted.get("card", {}),
            str(noted.get("reason", "")),
        )
