"""One item: its words, its neighbours, what is known of it, who would like it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from foretaste.console.desk import Desk
from foretaste.console.parts.cover import cover
from foretaste.console.parts.elements import button, clear, heading, link, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.listing import small_row
from foretaste.console.parts.sheet import confirm
from foretaste.console.parts.states import empty, failed, loading
from foretaste.console.parts.still import Still, h
from foretaste.console.parts.tables import Cell, ago, facts, table, when
from foretaste.console.reading import Shown, read_items, shown_item, spelt, title_column
from foretaste.core.errors import ForetasteError
from foretaste.store import ItemRecord

__all__ = ["Item", "draw_audience"]

_LONG = 120  # characters from which a value is a text, not a fact
_TRIPLES = 40
_AUDIENCE = 10


class Item:
    """The page of one item.

    Args:
        desk: The visitor's desk.
        item_id: Which.
    """

    def __init__(self, desk: Desk, item_id: str) -> None:
        self.desk, self.item_id = desk, item_id
        self.workspace = desk.workspace

    async def draw(self) -> None:
        """Draw the page."""
        desk = self.desk
        record = await desk.ask(self.workspace.item, self.item_id)
        shown = shown_item(
            record.item_id, record.attributes,
            title_column=title_column(self.workspace), hidden=record.hidden,
        )  # fmt: skip
        link("‹ All items", desk.path("items"), "small")
        self._head(shown)
        with tag("div", classes="two"):
            with tag("section", classes="card stack", aria_label="Neighbours"):
                heading(2, "Who likes this also likes")
                await self._neighbours()
            with tag("section", classes="card stack", aria_label="Audience"):
                heading(2, "Who would like it")
                self._audience()
        with tag("div", classes="two"):
            with tag("section", classes="card stack", aria_label="Knowledge"):
                heading(2, "What is known of it")
                await self._knowledge()
            with tag("section", classes="card stack", aria_label="Events"):
                heading(2, "What happened to it")
                await self._events()
        if desk.may("write"):
            with tag("section", classes="card stack", aria_label="Change"):
                self._change(record)

    def _head(self, shown: Shown) -> None:
        texts = {k: v for k, v in shown.attributes.items() if len(spelt(v)) > _LONG}
        short = {k: v for k, v in shown.attributes.items() if k not in texts}
        with tag("article", classes="item-head"):
            with tag("div", classes="item-cover"):
                cover(shown.cover)
            with tag("div", classes="stack"):
                with tag("div", classes="line"):
                    tag("h1", shown.title, "wrap")
                    if shown.hidden:
                        tag("span", "hidden", "chip warn")
                for value in texts.values():
                    tag("p", spelt(value), "measure wrap")
                facts({_name(k): _fact(k, v) for k, v in short.items()})
                with tag("div", classes="line"):
                    link("Ask for things like this", self._ask_path(), "button")
                    tag("span", shown.item_id, "mono faint")

    def _ask_path(self) -> str:
        return self.desk.path("", item=self.item_id)

    def _audience(self) -> None:
        """Everybody's score takes a while with many people: the page does not wait for it."""
        room = tag("div", classes="stack", aria_live="polite")

        async def fill() -> None:
            found = await self.desk.ask(self.workspace.audience, self.item_id, _AUDIENCE)
            with clear(room):
                draw_audience(self.desk, found)

        with room:
            loading("Asking everybody …", 4)
        ui.timer(0.0, self.desk.act(fill), once=True)

    async def _neighbours(self) -> None:
        try:
            found = await self.desk.ask(self.workspace.similar, self.item_id, 8, record=False)
        except ForetasteError as error:
            failed(str(error), title="No neighbours yet")
            return
        if not found.items:
            empty("No neighbours", "Nothing in the catalogue comes near it yet.")
        rows = []
        for place, one in enumerate(found.items):
            shown = shown_item(one.item_id, one.attributes, title=one.title)
            href = self.desk.path("items", id=one.item_id)
            rows.append(small_row(shown, place + 1, f"{one.score:.2f}", href))
        Still(h("ol", "picks", *rows))

    async def _knowledge(self) -> None:
        triples = await self.desk.ask(self._triples)
        if not triples:
            empty("No knowledge", "A knowledge table with this id as head or tail fills this in.")
            return
        known = await self.desk.ask(
            read_items, self.workspace, [other for _, other, is_item in triples if is_item]
        )
        grouped: dict[str, list[tuple[str, bool]]] = {}
        for relation, other, is_item in triples[:_TRIPLES]:
            grouped.setdefault(relation.replace("_", " "), []).append((other, is_item))
        told: list[Any] = []
        for relation, others in grouped.items():
            chips = [
                h("a", "chip slim", known[other].title, href=self.desk.path("items", id=other))
                if is_item
                else h("span", "chip slim wrap", other)
                for other, is_item in others
            ]
            told += [h("dt", "", relation), h("dd", "line", *chips)]
        Still(h("dl", "facts", *told))
        if len(triples) > _TRIPLES:
            note(f"{len(triples) - _TRIPLES} more are not shown.", "tiny faint")

    def _triples(self) -> list[tuple[str, str, bool]]:
        import polars as pl

        data = self.workspace.recommender.dataset
        if data.knowledge is None:
            return []
        head, relation, tail = data.knowledge.columns[:3]
        found = data.knowledge.filter(
            (pl.col(head) == self.item_id) | (pl.col(tail) == self.item_id)
        )
        told = []
        for one in found.rows(named=True):
            out = one[head] == self.item_id
            other = str(one[tail] if out else one[head])
            name = str(one[relation]) if out else f"is {one[relation]} of"
            told.append((name, other, other in data.item_ids))
        return told

    async def _events(self) -> None:
        page = await self.desk.ask(self.workspace.events, item_id=self.item_id, n=8)
        if not page.items:
            empty("Nobody has met it", "Events with this item appear here.")
            return
        events: list[tuple[Cell, ...]] = [
            (ago(one.event.time_s), one.event.kind, self._person(one.event.user_id))
            for one in page.items
        ]
        table(("When", "What", "Who"), events, label="Events, newest first")

    def _person(self, user_id: str | None) -> Cell:
        if user_id is None:
            return "a session"
        return h("a", "wrap", user_id, href=self.desk.path("people", id=user_id))

    def _change(self, record: ItemRecord) -> None:
        desk = self.desk
        heading(2, "Change")

        async def hide(value: bool) -> None:
            await desk.ask(
                self.workspace.patch_item, self.item_id, {}, hidden=bool(value), actor=desk.actor
            )
            desk.tell("Hidden from every list." if value else "Shown again.")

        async def delete() -> None:
            await desk.ask(self.workspace.delete_item, self.item_id, actor=desk.actor)
            desk.go("items")

        Field(
            "Hidden", "check", record.hidden, commit=desk.act(hide, "write"),
            hint="Kept in the catalogue, recommended to nobody.",
        )  # fmt: skip
        sheet = confirm(
            "Delete this item?", "It leaves the catalogue and every list. Its events stay.",
            word=self.item_id, act=desk.act(delete, "write"), label="Delete",
        )  # fmt: skip
        with tag("div"):
            button("Delete …", sheet.open, "danger", drawn="forget")


def draw_audience(desk: Desk, found: Sequence[tuple[str, float]]) -> None:
    """Draw the people who would like an item most.

    Args:
        desk: The visitor's desk.
        found: People and their scores, best first.
    """
    if not found:
        empty("No audience yet", "Nobody whose taste is known would be shown this.")
        return
    top = max(abs(score) for _, score in found) or 1.0
    rows = []
    for user_id, score in found:
        bar = h("i", style=f"width:{100 * max(score, 0.0) / top:.0f}%")
        rows.append(
            h(
                "li", "",
                h("a", "wrap", user_id, href=desk.path("people", id=user_id)),
                h("span", "weight", bar, aria_hidden="true"),
                h("span", "num small faint", f"{score:.2f}"),
            )
        )  # fmt: skip
    Still(h("ol", "audience", *rows))


def _fact(name: str, value: object) -> str:
    if name.endswith("_s") and isinstance(value, int | float):
        return f"{when(float(value))} UTC"
    if isinstance(value, int) and not isinstance(value, bool) and "year" in name:
        return str(value)
    return spelt(value)


def _name(attribute: str) -> str:
    return attribute.removesuffix("_s").replace("_", " ")
