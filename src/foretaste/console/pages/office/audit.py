"""The audit log: who did what to the service, newest first."""

from __future__ import annotations

from foretaste.console.desk import Desk
from foretaste.console.parts.elements import button, clear, heading, tag
from foretaste.console.parts.states import empty
from foretaste.console.parts.tables import table, when
from foretaste.console.reading import spelt

__all__ = ["audit"]

_PAGE = 30


async def audit(desk: Desk) -> None:
    """Draw this part.

    Args:
        desk: The visitor's desk.
    """

    async def fill(cursor: str | None) -> None:
        page = await desk.ask(desk.workspace.audit, _PAGE, cursor)
        with clear(room):
            if not page.items:
                empty("Nothing yet", "Every administrative action is written down here.")
                return
            rows = [
                (f"{when(one.time_s)}", one.actor, one.action, one.subject,
                 ", ".join(f"{name} {spelt(value)}" for name, value in one.details.items()))
                for one in page.items
            ]  # fmt: skip
            head = ("When (UTC)", "Who", "What", "On what", "Details")
            table(head, rows, label="Audit log, newest first")
            with tag("div", classes="line"):
                if cursor is not None:
                    button("Newest", desk.act(lambda: fill(None)), "slim")
                if page.cursor is not None:
                    button("Older", desk.act(lambda: fill(page.cursor)), "slim")

    with tag("section", classes="card stack", aria_label="Audit log"):
        heading(2, "Audit log")
        room = tag("div", classes="stack")
    await fill(None)
