"""Everything out as files, and back in."""

from __future__ import annotations

from foretaste.console.desk import Desk
from foretaste.console.pages.jobs import Watch
from foretaste.console.parts.elements import button, clear, heading, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.states import empty
from foretaste.console.parts.still import h
from foretaste.console.parts.tables import Cell, table

__all__ = ["transfer"]


async def transfer(desk: Desk) -> None:
    """Draw this part.

    Args:
        desk: The visitor's desk.
    """

    async def export() -> None:
        arguments = {"format": str(how.value)}
        await desk.ask(desk.workspace.start_job, "export", arguments, actor=desk.actor)
        desk.tell("Exporting in the background.")
        await watch.look()

    async def bring(name: str) -> None:
        arguments = {"folder": name}
        await desk.ask(desk.workspace.start_job, "import", arguments, actor=desk.actor)
        desk.tell(f"Importing {name} in the background.")

    def row(name: str) -> tuple[Cell, ...]:
        return (
            name,
            h("a", "button slim", "Save", href=desk.path(f"export/{name}"), download=True),
            lambda: button(
                "Import", desk.act(lambda: bring(name), "transfer"), "slim", label=f"Import {name}"
            ),
        )

    async def fill() -> None:
        names = await desk.ask(desk.workspace.transfers)
        with clear(room):
            if not names:
                empty("No exports yet", "An export that is done can be saved from here.")
                return
            table(("Folder", "As a file", "Back in"), [row(one) for one in names], label="Exports")

    with tag("div", classes="two"):
        with tag("section", classes="card stack", aria_label="Export"):
            heading(2, "Export everything")
            note("Events, items, people, consent and lists shown, as of one moment.")
            how = Field(
                "As", "select", "parquet",
                options=[["parquet", "Parquet: small, for tools"],
                         ["jsonl", "JSON lines: for eyes and scripts"]],
            )  # fmt: skip
            with tag("div"):
                button("Export", desk.act(export, "transfer"), "main")
        with tag("section", classes="card stack", aria_label="Import"):
            _import(desk)
    watch = Watch(desk, "export", fill)
    Watch(desk, "import", fill)
    with tag("section", classes="card stack", aria_label="Exports"):
        heading(2, "Exports")
        room = tag("div", classes="stack")
    await fill()


def _import(desk: Desk) -> None:
    heading(2, "Import")
    most = desk.service.settings.limits.body_bytes // 2**20
    note(
        f"A zip file saved from an export, up to {most} MB; `foretaste store import` on the"
        " machine takes any size. What is there already is not doubled."
    )
    with tag(
        "form", classes="stack", method="post", action=desk.path("import"),
        enctype="multipart/form-data",
    ):  # fmt: skip
        with tag("div", classes="field"):
            tag("label", "Zip file", for_="import-file")
            tag("input", type="file", name="file", id="import-file", accept=".zip", required=True)
        with tag("div"):
            button("Import", None, "", type="submit")
