"""Everything out as files, and back in."""

from __future__ import annotations

from foretaste.console.desk import Desk
from foretaste.console.pages.jobs import JobList
from foretaste.console.parts.elements import button, heading, note, tag
from foretaste.console.parts.fields import Field
from foretaste.core.errors import InputError

__all__ = ["transfer"]


async def transfer(desk: Desk) -> None:
    """Draw this part.

    Args:
        desk: The visitor's desk.
    """

    async def send(kind: str, arguments: dict[str, str], told: str) -> None:
        await desk.ask(desk.workspace.start_job, kind, arguments, actor=desk.actor)
        desk.tell(told)

    async def export() -> None:
        await send("export", {"format": str(how.value)}, "Exporting in the background.")

    async def import_() -> None:
        name = str(folder.value or "").strip()
        if not name:
            raise InputError("no folder is named", remedy="Name the folder to read")
        await send("import", {"folder": name}, "Importing in the background.")

    with tag("div", classes="two"):
        with tag("section", classes="card stack", aria_label="Export"):
            heading(2, "Export everything")
            note("Events, items, people, consent and lists shown, into a folder of the service.")
            how = Field(
                "As", "select", "parquet",
                options=[["parquet", "Parquet: small, for tools"],
                         ["jsonl", "JSON lines: for eyes and scripts"]],
            )  # fmt: skip
            with tag("div"):
                button("Export", desk.act(export, "transfer"), "main")
        with tag("section", classes="card stack", aria_label="Import"):
            heading(2, "Import")
            note("From a folder that an export wrote. What is there already is not doubled.")
            folder = Field("Folder, below the service's home", longest=200, placeholder="exports/…")
            with tag("div"):
                button("Import", desk.act(import_, "transfer"))
    with tag("section", classes="card stack", aria_label="Jobs"):
        heading(2, "Jobs")
        jobs = JobList(desk)
    await jobs.draw()
