"""Everybody: a list with a search box; one person's page behind each name."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import QueryParams

from foretaste.app.service import PersonRecord
from foretaste.console.desk import Desk
from foretaste.console.pages.people.person import Person
from foretaste.console.parts.elements import button, clear, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.states import empty
from foretaste.console.parts.still import Still, h
from foretaste.console.reading import first_words, spelt
from foretaste.console.shell import page_title

__all__ = ["people"]

_PAGE = 30


async def people(desk: Desk, query: QueryParams) -> None:
    """Draw the page.

    Args:
        desk: The visitor's desk.
        query: ``id``: whom to show; without, everybody.
    """
    if query.get("id"):
        await Person(desk, query["id"]).draw()
        return
    page_title("People", "Find somebody to see what they did, what they like and what they get.")
    await _Everybody(desk).draw()


class _Everybody:
    """The list of people with its search box."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.search: str | None = None
        self.turn = 0

    async def draw(self) -> None:
        Field(
            "Search", "search", edit=self.desk.act(self.find), enter=self.desk.act(self.find),
            placeholder="A name, a country, a word they use …", longest=200,
        )  # fmt: skip
        with tag("section", aria_label="People"):
            self.room = tag("div", classes="stack")
        await self.fill()

    async def find(self, text: str) -> None:
        self.search = text.strip() or None
        await self.fill()

    async def fill(self) -> None:
        self.turn += 1
        mine = self.turn
        page = await self.desk.ask(self.desk.workspace.people, _PAGE, None, self.search)
        if mine != self.turn:
            return
        with clear(self.room):
            if not page.items:
                self._nobody()
                return
            self.rows = tag("ul", classes="people")
            self.below = tag("div", classes="line")
        self._add(page.items)
        self._more(page.cursor)
        self.desk.say(f"{len(page.items)} people shown")

    def _add(self, records: tuple[PersonRecord, ...] | list[PersonRecord]) -> None:
        with self.rows:
            for record in records:
                href = self.desk.path("people", id=record.user_id)
                name = h("a", "strong wrap", record.user_id, href=href)
                Still(h("li", "", name, h("span", "small faint wrap", about(record.attributes))))

    def _more(self, cursor: str | None) -> None:
        async def more() -> None:
            page = await self.desk.ask(self.desk.workspace.people, _PAGE, cursor, self.search)
            self._add(page.items)
            self._more(page.cursor)

        with clear(self.below):
            if cursor is not None:
                button("More people", self.desk.act(more))

    def _nobody(self) -> None:
        if self.search:
            empty("Nobody found", "No id or attribute holds these words. Try fewer of them.")
        else:
            empty(
                "Nobody here yet",
                "People appear with their first event, or when they are posted to /v1/people.",
                label="Go to Discover", act=lambda: self.desk.go(""),
            )  # fmt: skip


def about(attributes: Mapping[str, object]) -> str:
    """A person's attributes in one line.

    Args:
        attributes: What is known.

    Returns:
        Words.
    """
    told = [spelt(value) for value in attributes.values() if value not in (None, "", [])]
    return first_words(" · ".join(told), 140) or "known by events alone"
