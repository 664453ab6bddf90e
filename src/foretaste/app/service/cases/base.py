"""What every group of use-cases stands on."""

from __future__ import annotations

from foretaste.app.service.inside import Inside

__all__ = ["Cases", "DEGRADED"]

DEGRADED = "degraded: the database does not answer, so this is from memory"
"""Warning of answers made while the database is gone."""


class Cases:
    """A group of use-cases of one workspace; :class:`Workspace` joins the groups.

    Args:
        inside: What the workspace is made of.
    """

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
