"""Everything out as files, and back in."""

from __future__ import annotations

from foretaste.console.desk import Desk
from foretaste.console.pages.jobs import Watch
from foretaste.console.parts.elements import button, clear, heading, link, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.states import empty
from foretaste.console.parts.tables import Cell, ago, table, when

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

    async def fill() -> None:
        page = await desk.ask(desk.workspace.jobs, 50)
        done = [one for one in page.items if one.kind == "export" and one.status == "done"]
        with clear(room):
            if not done:
                empty("No exports yet", "An export that is done can be saved from here.")
                return
            rows: list[tuple[Cell, ...]] = [
                (when(one.ended_s), ago(one.ended_s), str(one.arguments.get("format", "parquet")),
                 f"{_rows(one.result):,}", _save(desk, one.job_id))
                for one in done
            ]  # fmt: skip
            table(("When (UTC)", "", "As", "Rows", ""), rows, label="Exports, newest first")

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


def _rows(result: object) -> int:
    rows = result.get("rows", {}) if isinstance(result, dict) else {}
    return sum(int(n) for n in rows.values()) if isinstance(rows, dict) else 0


def _save(desk: Desk, job_id: str) -> Cell:
    return lambda: link("Save", desk.path(f"export/{job_id}"), "button slim", download=True)
