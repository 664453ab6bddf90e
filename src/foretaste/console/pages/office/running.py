"""Jobs with their progress, health, numbers, drift."""

from __future__ import annotations

from typing import Any

from foretaste.app.service.work.tasks import TASKS
from foretaste.console.desk import Desk
from foretaste.console.pages.jobs import JobList
from foretaste.console.parts.elements import button, clear, heading, note, tag
from foretaste.console.parts.states import banner, loading
from foretaste.console.parts.tables import ago, table, tiles

__all__ = ["running"]

_STARTS = (
    ("refresh", "Fit anew", "Learns from everything up to now; answers go on meanwhile."),
    ("evaluate", "Measure", "Fits on earlier events and asks for later ones."),
    ("retain", "Tidy up", "Erases what is older than the retention policy keeps."),
    ("backup", "Back up", "Writes a verified copy of the store."),
)


async def running(desk: Desk) -> None:
    """Draw this part.

    Args:
        desk: The visitor's desk.
    """
    await _health(desk)
    with tag("div", classes="two lead"):
        with tag("section", classes="card stack", aria_label="Jobs"):
            heading(2, "Jobs")
            jobs = JobList(desk)
        with tag("section", classes="card stack", aria_label="Start a job"):
            heading(2, "Start one")
            _starts(desk)
    await jobs.draw()
    with tag("section", classes="card stack", aria_label="Drift"):
        heading(2, "Drift")
        note("Whether what people do lately differs from what the model was fitted on.")
        _drift(desk)


async def _health(desk: Desk) -> None:
    health = await desk.ask(desk.service.health)
    stats = await desk.ask(desk.workspace.stats)
    if health.ready and not health.degraded:
        banner("All is well: the service answers and writes down what happens.", "good")
    tiles(
        {
            "People": f"{stats.people:,}",
            "Items": f"{stats.items:,}",
            "Events": f"{stats.events:,}",
            "Lists shown": f"{stats.impressions:,}",
            "Events since the fit": f"{stats.events_since_fit:,}",
            "Answers a second": f"{stats.rates.get('answers', 0.0):.1f}",
            "Events a second": f"{stats.rates.get('events', 0.0):.1f}",
            "Waiting on disk": f"{stats.spooled:,}",
        }
    )
    told = f"Model {stats.bundle_digest}, put on the shelf {ago(stats.fitted_s)}"
    if stats.simulated:
        told += f" · learned from a {stats.simulated}"
    note(told, "tiny faint wrap")


def _starts(desk: Desk) -> None:
    for kind, label, words in (one for one in _STARTS if one[0] in TASKS):

        async def start(kind: str = kind, label: str = label) -> None:
            await desk.ask(desk.workspace.start_job, kind, {}, actor=desk.actor)
            desk.tell(f"{label}: the job waits for a worker.")

        with tag("div", classes="line apart start"):
            with tag("div", classes="grow"):
                tag("span", label, "strong small")
                note(words, "tiny faint")
            button("Start", desk.act(start, "jobs"), "slim", label=f"Start: {label}")


def _drift(desk: Desk) -> None:
    room = tag("div", classes="stack")

    async def look() -> None:
        with clear(room):
            loading("Comparing …", 3)
        try:
            report: Any = await desk.ask(desk.workspace.drift)
        except BaseException:
            with clear(room):
                button("Look again", desk.act(look, "reports"))
            raise
        with clear(room):
            banner(str(report.words), "warn" if report.alarm else "good")
            rows = [
                (one.name, f"{one.size:.3f}", f"{one.p_holm:.3g}",
                 "alarm" if one.alarm else "quiet", one.words)
                for one in report.checks
            ]  # fmt: skip
            if rows:
                head = ("What", "Size", "p (Holm)", "State", "In words")
                table(head, rows, label="Drift by kind of thing")
            with tag("div"):
                button("Look again", desk.act(look, "reports"), "slim")

    with room, tag("div"):
        button("Compare now", desk.act(look, "reports"))
