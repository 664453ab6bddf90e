"""Jobs: what runs in the background, how far it is, and what came out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from foretaste.console.desk import Desk
from foretaste.console.parts.elements import button, clear, note, tag
from foretaste.console.parts.states import bar, empty
from foretaste.console.parts.tables import ago, when
from foretaste.core.errors import ForetasteError
from foretaste.store import Job

__all__ = ["JobList", "Watch", "draw_job"]

_LIVE = ("queued", "running")
_LOOK_S = 1.0
_SAID = {"queued": "waits", "running": "runs", "done": "done", "failed": "failed",
         "cancelled": "cancelled"}  # fmt: skip
_KIND = {"done": "on", "failed": "bad", "running": "warn"}


class Watch:
    """Follows the newest job of a kind, while it runs, where the page wants it shown.

    Args:
        desk: The visitor's desk.
        kind: Kind of job; every kind when empty.
        ended: Called once a job that was running has ended.
    """

    def __init__(self, desk: Desk, kind: str, ended: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._kind, self._ended = desk, kind, ended
        self._room: Element = tag("div", classes="stack", aria_live="polite")
        self._running: str | None = None
        if desk.may("jobs"):
            ui.timer(_LOOK_S, self._tick)

    async def look(self) -> None:
        """Look now."""
        page = await self._desk.ask(self._desk.workspace.jobs, 20)
        live = [one for one in page.items if one.status in _LIVE and one.kind == self._kind]
        with clear(self._room):
            for job in live[:1]:
                draw_job(self._desk, job)
        before, self._running = self._running, live[0].job_id if live else None
        if before is not None and self._running is None:
            ended = next((one for one in page.items if one.job_id == before), None)
            if ended is not None and ended.status == "failed":
                self._desk.tell(f"{ended.kind} failed: {ended.error}", bad=True)
            await self._ended()

    async def _tick(self) -> None:
        try:
            await self.look()
        except ForetasteError:
            return  # signed out or busy: the next action says so


class JobList:
    """All jobs, kept up to date.

    Args:
        desk: The visitor's desk.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._room: Element = tag("div", classes="stack")
        self._seen: object = None

    async def draw(self) -> None:
        """Draw the list and keep it up to date."""
        await self._look()
        ui.timer(_LOOK_S, self._tick)

    async def _look(self) -> None:
        page = await self._desk.ask(self._desk.workspace.jobs, 15)
        now = [(one.job_id, one.status, one.progress, one.message) for one in page.items]
        if now != self._seen:
            self._seen = now
            self._draw(page.items)

    def _draw(self, jobs: Sequence[Job]) -> None:
        with clear(self._room):
            if not jobs:
                empty("No jobs yet", "A refresh, a measurement or an export appears here.")
            with tag("ul", classes="jobs"):
                for job in jobs:
                    with tag("li"):
                        draw_job(self._desk, job)

    async def _tick(self) -> None:
        try:
            await self._look()
        except ForetasteError:
            return


def draw_job(desk: Desk, job: Job) -> None:
    """Draw one job.

    Args:
        desk: The visitor's desk.
        job: The job.
    """
    with tag("div", classes="job"):
        with tag("div", classes="line apart"):
            with tag("div", classes="line"):
                tag("span", job.kind.capitalize(), "strong")
                said = f"{_SAID[job.status]}"
                tag("span", said, f"chip slim {_KIND.get(job.status, '')}".strip())
                tag("span", ago(job.ended_s or job.started_s or job.created_s), "tiny faint",
                    title=when(job.created_s))  # fmt: skip
            if job.status in _LIVE:

                async def cancel() -> None:
                    await desk.ask(desk.workspace.cancel_job, job.job_id, actor=desk.actor)
                    desk.tell(f"{job.kind} is being cancelled.")

                button("Cancel", desk.act(cancel, "jobs"), "slim")
        if job.status in _LIVE:
            bar(job.progress, f"Progress of {job.kind}")
            note(
                f"{100 * job.progress:.0f} % · {job.message or 'waiting for a worker'}",
                "tiny faint",
            )
        elif job.error:
            note(job.error, "small minus wrap")
        elif job.result:
            note(_result(job.result), "tiny faint wrap")


def _result(result: Mapping[str, Any]) -> str:
    told = []
    for name, value in result.items():
        if isinstance(value, Mapping) and all(isinstance(n, int) for n in value.values()):
            told.append(f"{name} {sum(value.values()):,}")
        elif isinstance(value, int) and not isinstance(value, bool):
            told.append(f"{name.replace('_', ' ')} {value:,}")
        elif isinstance(value, str) and name not in ("digest", "job_id"):
            told.append(f"{name} {value}")
    return " · ".join(told[:6])
