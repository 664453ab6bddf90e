"""The Operations page: which part of it to show."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.datastructures import QueryParams

from foretaste.console.desk import Desk
from foretaste.console.pages.office.audit import audit
from foretaste.console.pages.office.keys import keys
from foretaste.console.pages.office.models import models
from foretaste.console.pages.office.running import running
from foretaste.console.pages.office.transfer import transfer
from foretaste.console.parts.sheet import tabs
from foretaste.console.shell import page_title

__all__ = ["operations"]

Draw = Callable[[Desk], Awaitable[None]]

_TABS: tuple[tuple[str, str, str, Draw], ...] = (
    ("running", "Jobs and health", "jobs", running),
    ("models", "Models", "jobs", models),
    ("keys", "Keys", "keys", keys),
    ("data", "Data in and out", "transfer", transfer),
    ("audit", "Audit log", "audit", audit),
)


async def operations(desk: Desk, query: QueryParams) -> None:
    """Draw the page.

    Args:
        desk: The visitor's desk.
        query: ``tab``: which part.
    """
    page_title("Operations", "What runs, how it is, and who may do what.")
    mine = [one for one in _TABS if desk.may(one[2])]
    current = query.get("tab")
    draw = next((one for one in mine if one[0] == current), mine[0])
    tabs(
        [(name, words, desk.path("operations", tab=name)) for name, words, _, _ in mine],
        draw[0], "Parts of Operations",
    )  # fmt: skip
    await draw[3](desk)
