"""The sheet in which an experiment is drafted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from foretaste.console.desk import Desk
from foretaste.console.parts.elements import button, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.sheet import Sheet
from foretaste.core.errors import InputError
from foretaste.feedback import METRICS
from foretaste.store import Arm, Experiment

__all__ = ["Planning"]


class Planning:
    """A draft of an experiment with two arms: as usual, and one thing different.

    Args:
        desk: The visitor's desk.
        done: Called once it was saved.
    """

    def __init__(self, desk: Desk, done: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._done = desk, done
        self._sheet = Sheet("New experiment")
        sources = [one.name for one in desk.workspace.recommender.pipeline.sources]
        with self._sheet.body:
            self._name = Field("Name", longest=80, placeholder="more-variety")
            self._kind = Field(
                "How", "select", "ab",
                options=[["ab", "A/B: each person sees one arm"],
                         ["interleaving", "Interleaving: both lists woven into one"]],
            )  # fmt: skip
            self._metric = Field(
                "Compared by", "select", "click_rate",
                options=[[name, f"{name}: {words}"] for name, words in METRICS.items()],
            )  # fmt: skip
            note("The control answers as usual. The variant differs in this:", "small soft")
            self._source = Field(
                "Ranked by", "select", "",
                options=[["", "as usual"], *([name, name] for name in sources)],
            )  # fmt: skip
            self._diversity = Field(
                "Variety", "range", 0, least=0, most=1, step=0.05,
                words=["as usual", "a little", "some", "much", "most"],
            )  # fmt: skip
            self._explore = Field(
                "Left to chance", "range", 0, least=0, most=0.5, step=0.05,
                words=["as usual", "1 in 10", "1 in 5", "3 in 10", "2 in 5", "half"],
            )  # fmt: skip
            self._share = Field(
                "Share of people in the variant", "range", 50, least=5, most=95, step=5,
                words=[f"{n} %" for n in range(5, 100, 5)],
            )  # fmt: skip
            self._horizon = Field(
                "People until it is read", "number", "", least=1,
                hint="Left empty, the result may be read at any time, with wider intervals.",
            )  # fmt: skip
            with tag("div", classes="line"):
                button("Save the draft", desk.act(self._save, "experiments"), "main")
                button("Leave it", self._sheet.close, "quiet")

    def open(self) -> None:
        """Show the sheet."""
        self._sheet.open()

    async def _save(self) -> None:
        name = str(self._name.value or "").strip()
        if not name:
            raise InputError("the experiment has no name", remedy="Give it one")
        different: dict[str, Any] = {}
        if self._source.value:
            different["source"] = str(self._source.value)
        if float(self._diversity.value):
            different["diversity"] = float(self._diversity.value)
        if float(self._explore.value):
            different["explore"] = float(self._explore.value)
        if not different:
            raise InputError("the variant is the same as the control", remedy="Change one thing")
        share = float(self._share.value) / 100
        draft = Experiment(
            name,
            self._kind.value,
            {"control": Arm(round(1 - share, 4)), "variant": Arm(round(share, 4), different)},
            salt=name,
            metric=str(self._metric.value),
            horizon=int(self._horizon.value) if self._horizon.value else None,
        )
        workspace = self._desk.workspace
        await self._desk.ask(workspace.put_experiment, draft, actor=self._desk.actor)
        self._sheet.close()
        self._desk.tell(f"{name} is drafted. Start it when you are ready.")
        await self._done()
