"""What every group of use-cases stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from foretaste.app.service.inside import Inside
from foretaste.app.service.settings import LimitSettings
from foretaste.core.errors import LimitError

__all__ = ["DEGRADED", "Cases", "checked_attributes", "checked_batch"]

DEGRADED = "degraded: the database does not answer in time, so this is from memory"
"""Warning of answers made while the database is gone."""


class Cases:
    """A group of use-cases of one workspace; :class:`Workspace` joins the groups.

    Args:
        inside: What the workspace is made of.
    """

    def __init__(self, inside: Inside) -> None:
        self._inside = inside


def checked_batch(things: Sequence[object], limits: LimitSettings) -> None:
    """Refuse too many things at once.

    Args:
        things: What came.
        limits: How many may.

    Raises:
        LimitError: If there are more.
    """
    if len(things) > limits.batch:
        raise LimitError("too many at once", expected=f"at most {limits.batch}", got=len(things))


def checked_attributes(attributes: Mapping[str, Any], limits: LimitSettings, where: str) -> None:
    """Refuse texts that are too long.

    Args:
        attributes: Values by name.
        limits: How long they may be.
        where: Whose they are, for messages.

    Raises:
        LimitError: If one is longer.
    """
    most = limits.text_characters
    for name, value in attributes.items():
        texts = value if isinstance(value, list | tuple) else (value,)
        for text in (name, *texts):
            if isinstance(text, str) and len(text) > most:
                raise LimitError(
                    f"{name[:50]} is too long",
                    expected=f"at most {most} characters", got=len(text), where=where,
                )  # fmt: skip
