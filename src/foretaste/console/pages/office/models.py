"""Bundles on the shelf, and the way back to an earlier one."""

from __future__ import annotations

from nicegui import ui

from foretaste.app.service import BundleInfo
from foretaste.console.desk import Desk
from foretaste.console.pages.jobs import Watch
from foretaste.console.pages.quality.page import card_facts
from foretaste.console.parts.elements import button, clear, heading, note, tag
from foretaste.console.parts.sheet import confirm
from foretaste.console.parts.states import empty
from foretaste.console.parts.tables import ago, facts, when

__all__ = ["models"]


async def models(desk: Desk) -> None:
    """Draw this part.

    Args:
        desk: The visitor's desk.
    """

    async def fill() -> None:
        bundles = await desk.ask(desk.workspace.bundles)
        with clear(room):
            if not bundles:
                empty("The shelf is empty", "The first fit puts a bundle here.")
            for one in bundles:
                with tag("section", classes="card stack", aria_label=one.name):
                    _bundle(desk, one)

    async def refresh() -> None:
        await desk.ask(desk.workspace.start_job, "refresh", {}, actor=desk.actor)
        desk.tell("Fitting in the background; answers go on meanwhile.")
        await watch.look()

    due = await desk.ask(desk.workspace.stale)
    with tag("div", classes="line apart"):
        note(f"A refresh is due: {due}." if due else "No refresh is due.", "soft")
        button("Fit anew", desk.act(refresh, "jobs"), "main", drawn="refresh")
    watch = Watch(desk, "refresh", fill)
    room = tag("div", classes="stack")
    await fill()


def _bundle(desk: Desk, one: BundleInfo) -> None:
    async def back() -> None:
        active = await desk.ask(desk.workspace.roll_back, one.name, actor=desk.actor)
        desk.tell(f"{active} answers now.")
        ui.navigate.reload()

    with tag("div", classes="line apart"):
        with tag("div", classes="line"):
            heading(2, one.name, "mono wrap")
            if one.active:
                tag("span", "answers now", "chip on slim")
        if not one.active and desk.may("roll_back"):
            sheet = confirm(
                "Go back to this one?",
                "It answers at once, in every process. Events since it was made still count.",
                word=one.name[:8], act=desk.act(back, "roll_back"), label="Go back",
            )  # fmt: skip
            button("Go back to it …", sheet.open, "slim")
    told = {
        "Made": f"{when(one.made_s)} UTC ({ago(one.made_s)})", "Because of": one.reason or "–",
        "Has read the log up to": f"{one.position:,}", "Digest": one.digest,
    }  # fmt: skip
    facts(told)
    if one.card:
        with tag("details", classes="more"):
            tag("summary", "Its card")
            facts(card_facts(one.card, 30))
