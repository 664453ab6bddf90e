"""Quality: what was measured, how sure that is, from how little it works, and on what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.datastructures import QueryParams

from foretaste.console.desk import Desk
from foretaste.console.pages.jobs import Watch
from foretaste.console.pages.quality.reports import Table, draw_cells, draw_curve, draw_metrics
from foretaste.console.parts.elements import button, clear, heading, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.states import empty
from foretaste.console.parts.tables import ago, facts, when
from foretaste.console.reading import spelt
from foretaste.console.shell import page_title

__all__ = ["quality", "reports_of"]


async def quality(desk: Desk, query: QueryParams) -> None:
    """Draw the page.

    Args:
        desk: The visitor's desk.
        query: ``metric``: which one to show.
    """
    await _Quality(desk, query.get("metric", "")).draw()


def reports_of(found: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The reports in what an evaluate job left behind.

    Args:
        found: Its result: several reports, or one by itself.

    Returns:
        Reports, as ``Report.to_dict`` writes them.
    """
    if not found:
        return []
    several = found.get("reports")
    if isinstance(several, Mapping):
        return list(several.values())
    if isinstance(several, Sequence):
        return list(several)
    return [found] if "rows" in found else []


class _Quality:
    """The page's state: the reports and the metric shown."""

    def __init__(self, desk: Desk, metric: str) -> None:
        self.desk, self.metric = desk, metric
        self.tables: list[Table] = []

    async def draw(self) -> None:
        desk = self.desk
        with tag("div", classes="line apart"):
            page_title(
                "Quality",
                "What was measured on events held back, with 95 % intervals over people.",
            )
            if desk.may("jobs"):
                button("Measure again", desk.act(self.measure, "jobs"), "main", drawn="refresh")
        self.watch = Watch(desk, "evaluate", self.fill)
        self.room = tag("div", classes="stack wide")
        with tag("section", classes="card stack", aria_label="The model that answers"):
            await self._model()
        await self.fill()

    async def measure(self) -> None:
        await self.desk.ask(self.desk.workspace.start_job, "evaluate", {}, actor=self.desk.actor)
        self.desk.tell("Measuring in the background. The page follows when it is done.")
        await self.watch.look()

    async def fill(self) -> None:
        found = await self.desk.ask(self.desk.workspace.quality)
        self.tables = [Table(one) for one in reports_of(found)]
        self._show()

    def _show(self) -> None:
        metrics = list(dict.fromkeys(m for one in self.tables for m in one.metrics))
        if self.metric not in metrics and metrics:
            first = [m for m in metrics if m.startswith("ndcg")]
            self.metric = (first or metrics)[0]
        with clear(self.room):
            if not self.tables:
                empty(
                    "Nothing measured yet",
                    "Measuring fits the models on earlier events and asks them for later ones."
                    " It runs in the background and takes from a minute up.",
                    label="Measure now" if self.desk.may("jobs") else "",
                    act=self.desk.act(self.measure, "jobs") if self.desk.may("jobs") else None,
                )
                return
            with tag("div", classes="line"):
                Field(
                    "Metric", "select", self.metric, options=[[m, m] for m in metrics],
                    commit=self.desk.act(self._choose),
                )  # fmt: skip
            for one in self.tables:
                if self.metric in one.metrics:
                    self._report(one)

    def _choose(self, metric: str) -> None:
        self.metric = metric
        self._show()
        self.desk.say(f"Showing {metric}")

    def _report(self, one: Table) -> None:
        with tag("section", classes="card stack", aria_label=one.protocol):
            with tag("div", classes="line apart even"):
                heading(2, one.title)
                tag("span", f"{one.protocol} · {one.metric_words(self.metric)}", "small faint")
            if one.shots:
                draw_curve(one, self.metric)
            else:
                draw_metrics(one, self.metric)
            draw_cells(one, self.metric)
            told = one.sentences(self.metric)
            if told:
                with tag("details", classes="more"):
                    tag("summary", "Compared with the best of the others")
                    with tag("ul", classes="stack tight small soft"):
                        for sentence in told:
                            tag("li", sentence)
            for left_out in one.notes:
                note(left_out, "tiny faint")
            with tag("details", classes="more"):
                tag("summary", "Run card")
                facts(one.card)

    async def _model(self) -> None:
        desk = self.desk
        heading(2, "The model that answers")
        bundles = await desk.ask(desk.workspace.bundles)
        active = next((one for one in bundles if one.active), None)
        if active is None:
            note("No bundle is on the shelf.")
            return
        told = {
            "Name": active.name, "Digest": active.digest, "Made": f"{when(active.made_s)} UTC"
            f" ({ago(active.made_s)})", "Because of": active.reason or "–",
            "Has read the log up to": f"{active.position:,}",
        }  # fmt: skip
        facts({**told, **card_facts(active.card)})
        due = await desk.ask(desk.workspace.stale)
        note(f"A refresh is due: {due}." if due else "It is fresh: no refresh is due.")


def card_facts(card: Mapping[str, Any], most: int = 16) -> dict[str, str]:
    """What a card says, flattened into names and words.

    Args:
        card: Any nesting of mappings.
        most: How many facts at most.

    Returns:
        Names such as ``data n items`` and values in words.
    """
    told: dict[str, str] = {}

    def walk(value: Any, name: str) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                walk(inner, f"{name} {key}".strip())
        elif value not in (None, "", [], ()):
            told[name.replace("_", " ")] = spelt(value)

    walk(card, "")
    return dict(list(told.items())[:most])
