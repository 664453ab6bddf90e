"""Experiments: compare arms on real people, and say how much is left to chance."""

from __future__ import annotations

from starlette.datastructures import QueryParams

from foretaste.console.desk import Desk
from foretaste.console.pages.lab.outcome import draw_outcome
from foretaste.console.pages.lab.planning import Planning
from foretaste.console.pages.lab.satisfying import satisfying
from foretaste.console.parts.elements import button, clear, heading, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.sheet import confirm
from foretaste.console.parts.states import empty, loading
from foretaste.console.parts.tables import count, table, when
from foretaste.console.shell import page_title
from foretaste.feedback import METRICS, Exploration
from foretaste.store import Experiment

__all__ = ["experiments"]

_STATUS = {"draft": "", "running": "on", "stopped": "warn"}


async def experiments(desk: Desk, query: QueryParams) -> None:
    """Draw the page.

    Args:
        desk: The visitor's desk.
        query: Nothing.
    """
    await _Experiments(desk).draw()


class _Experiments:
    """The page's state."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def draw(self) -> None:
        desk = self.desk
        planning = Planning(desk, self.fill)
        with tag("div", classes="line apart"):
            page_title(
                "Experiments",
                "Each person stays in one arm. Read the result at any time, or at the planned end.",
            )
            button("New experiment", planning.open, "main", drawn="plus")
        self.room = tag("div", classes="stack")
        with tag("section", classes="card stack", aria_label="Exploration"):
            await self._exploration()
        if desk.may("reports"):
            with tag("section", classes="card stack", aria_label="Satisfaction"):
                satisfying(desk)
        await self.fill()

    async def fill(self) -> None:
        found = await self.desk.ask(self.desk.workspace.experiments)
        with clear(self.room):
            if not found:
                empty(
                    "No experiments",
                    "Compare how answers are made: another source, more variety, some chance."
                    " Draft one, look at it, start it.",
                )
            for one in sorted(found, key=lambda one: (one.status != "running", -one.created_s)):
                with tag("section", classes="card stack", aria_label=one.name):
                    self._one(one)

    def _one(self, one: Experiment) -> None:
        with tag("div", classes="line apart"):
            with tag("div", classes="line"):
                heading(2, one.name, "wrap")
                tag("span", one.status, f"chip slim {_STATUS[one.status]}".strip())
            with tag("div", classes="line"):
                self._buttons(one)
        kind = "one arm for each person" if one.kind == "ab" else "both lists woven into one"
        plan = (
            f"read at {count(one.horizon, 'person', 'people')}" if one.horizon else "read any time"
        )
        began = f"started {when(one.started_s)} UTC" if one.started_s else "not started"
        metric = METRICS.get(one.metric, one.metric)
        note(f"{kind.capitalize()} · {one.metric}: {metric} · {plan} · {began}", "small faint wrap")
        total = sum(arm.weight for arm in one.arms.values()) or 1.0
        rows = [
            (name, f"{100 * arm.weight / total:.0f} %", _differs(dict(arm.settings)))
            for name, arm in one.arms.items()
        ]
        table(("Arm", "Share of people", "What is different"), rows, label=f"Arms of {one.name}")
        if one.status != "draft":
            self._result(one)

    def _result(self, one: Experiment) -> None:
        room = tag("div", classes="stack")

        async def read() -> None:
            with clear(room):
                loading("Reading the log …", 2)
            result = await self.desk.ask(self.desk.workspace.experiment_result, one.name)
            with clear(room):
                draw_outcome(result)

        with room, tag("div"):
            button("Read the result", self.desk.act(read), "", drawn="quality")

    def _buttons(self, one: Experiment) -> None:
        desk, workspace = self.desk, self.desk.workspace

        async def start() -> None:
            await desk.ask(workspace.start_experiment, one.name, actor=desk.actor)
            desk.tell(f"{one.name} is running.")
            await self.fill()

        async def stop() -> None:
            await desk.ask(workspace.stop_experiment, one.name, actor=desk.actor)
            desk.tell(f"{one.name} has ended; everybody gets the usual answers.")
            await self.fill()

        async def delete() -> None:
            await desk.ask(workspace.delete_experiment, one.name, actor=desk.actor)
            await self.fill()

        if one.status == "draft":
            button("Start", desk.act(start, "experiments"), "main slim")
        if one.status == "running":
            button("Stop", desk.act(stop, "experiments"), "slim")
            return
        sheet = confirm(
            f"Delete {one.name}?", "Its plan is deleted; what was shown and done stays in the log.",
            word=one.name, act=desk.act(delete, "experiments"), label="Delete",
        )  # fmt: skip
        button("Delete …", sheet.open, "quiet slim")

    async def _exploration(self) -> None:
        desk = self.desk
        heading(2, "Exploration")
        note(
            "A bounded share of places is left to chance, so that what is rarely shown gets a"
            " hearing. How probable each place was is written down."
        )
        now = await desk.ask(desk.workspace.exploration)

        async def save() -> None:
            values = {**now.model_dump(), "kind": kind.value, "share": float(share.value)}
            made = Exploration.of(values, "exploration")
            await desk.ask(desk.workspace.set_exploration, made, actor=desk.actor)
            desk.tell("Nothing is left to chance." if made.kind == "none" else "Exploration is on.")

        with tag("div", classes="two"):
            kind = Field(
                "Rule", "select", now.kind,
                options=[
                    ["none", "Off"],
                    ["thompson", "Thompson: as often as it may be the best"],
                    ["ucb", "UCB: whoever could be the best"],
                ],
            )  # fmt: skip
            share = Field(
                "Share of places", "range", now.share, least=0, most=0.5, step=0.05,
                words=[f"{n} %" for n in range(0, 51, 5)],
            )  # fmt: skip
        with tag("div"):
            button("Save", desk.act(save, "experiments"))


def _differs(settings: dict[str, object]) -> str:
    if not settings:
        return "nothing: as usual"
    return ", ".join(f"{name} {value}" for name, value in settings.items())
