"""Folders that exports lie in: named by people, and never outside the workspace's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from foretaste.core.errors import InputError

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["transfer_folder", "transfers"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


def transfer_folder(inside: Inside, name: str) -> Path:
    """Where an export of this name lies.

    Args:
        inside: The workspace.
        name: Letters, digits, hyphens and underscores.

    Returns:
        The folder; it need not exist.

    Raises:
        InputError: If that is no name.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            "that is no name for a folder",
            expected="letters, digits, hyphens and underscores, at most 80", got=name,
        )  # fmt: skip
    return inside.folder / "transfer" / name


def transfers(inside: Inside) -> list[str]:
    """Exports that are there.

    Args:
        inside: The workspace.

    Returns:
        Their names, in order.
    """
    found = (inside.folder / "transfer").glob("*/manifest.json")
    return sorted(path.parent.name for path in found if _NAME.fullmatch(path.parent.name))
