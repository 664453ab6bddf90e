"""Items: browse or search the catalogue, look at one, add one."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui
from starlette.datastructures import QueryParams

from foretaste.console.desk import Desk
from foretaste.console.pages.items.adding import Adding
from foretaste.console.pages.items.item import Item
from foretaste.console.parts.cover import cover_node
from foretaste.console.parts.elements import button, clear, link, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.sheet import tabs
from foretaste.console.parts.states import empty
from foretaste.console.parts.still import Still, h
from foretaste.console.reading import Shown, shown_item, title_column
from foretaste.console.shell import page_title

__all__ = ["draw_wall", "items"]

_PAGE = 24
_LISTS = (("all", "All"), ("popular", "Popular"), ("trending", "Trending"), ("latest", "Latest"))


async def items(desk: Desk, query: QueryParams) -> None:
    """Draw the page.

    Args:
        desk: The visitor's desk.
        query: ``id``: what to show; ``new``: add one; ``list``: which list to browse.
    """
    if query.get("id"):
        await Item(desk, query["id"]).draw()
        return
    if "new" in query and desk.may("write"):
        Adding(desk).draw()
        return
    with tag("div", classes="line apart"):
        page_title("Items", "Search by title or by what it is about; see who would like it.")
        if desk.may("write"):
            with link("", desk.path("items", new="1"), "button main"):
                tag("span", "Add an item")
    await _Catalogue(desk, query.get("list", "all")).draw()


class _Catalogue:
    """The wall of covers with its search box."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk = desk
        self.name = name if name in dict(_LISTS) else "all"
        self.turn = 0

    async def draw(self) -> None:
        desk = self.desk
        Field(
            "Search", "search", edit=desk.act(self.find), enter=desk.act(self.find), longest=200,
            placeholder="A title, or what it is about …",
        )  # fmt: skip
        tabs(
            [(name, words, desk.path("items", list=name)) for name, words in _LISTS],
            self.name, "Lists",
        )  # fmt: skip
        with tag("section", aria_label="Items"):
            self.room = tag("div", classes="stack")
        await self.find("")

    async def find(self, text: str) -> None:
        self.turn += 1
        mine, words = self.turn, text.strip()
        workspace = self.desk.workspace
        cursor: str | None = None
        if words:
            listing = await self.desk.ask(workspace.search, words, _PAGE, record=False)
            found = [shown_item(i.item_id, i.attributes, title=i.title) for i in listing.items]
        elif self.name == "all":
            found, cursor = await self._page(None)
        else:
            call = getattr(workspace, self.name)
            listing = await self.desk.ask(call, _PAGE, record=False)
            found = [shown_item(i.item_id, i.attributes, title=i.title) for i in listing.items]
        if mine == self.turn:
            self._draw(found, cursor, words)

    async def _page(self, cursor: str | None) -> tuple[list[Shown], str | None]:
        workspace = self.desk.workspace
        page = await self.desk.ask(workspace.items, _PAGE, cursor)
        column = title_column(workspace)
        shown = [
            shown_item(one.item_id, one.attributes, title_column=column, hidden=one.hidden)
            for one in page.items
        ]
        return shown, page.cursor

    def _draw(self, found: Sequence[Shown], cursor: str | None, words: str) -> None:
        with clear(self.room):
            if not found and words:
                empty("Nothing found", "No title or text comes near these words.")
            elif not found:
                empty(
                    "The catalogue is empty",
                    "Add an item here, or post many to /v1/items.",
                    label="Add an item" if self.desk.may("write") else "",
                    act=(lambda: self.desk.go("items", new="1"))
                    if self.desk.may("write")
                    else None,
                )
            else:
                wall = draw_wall(self.desk, found)
                below = tag("div", classes="line")
                self._more(wall, below, cursor)
        self.desk.say(f"{len(found)} items shown")

    def _more(self, wall: ui.element, below: ui.element, cursor: str | None) -> None:
        async def more() -> None:
            found, after = await self._page(cursor)
            with wall:
                _cards(self.desk, found)
            self._more(wall, below, after)

        with clear(below):
            if cursor is not None:
                button("More items", self.desk.act(more))


def draw_wall(desk: Desk, found: Sequence[Shown], kind: str = "wall-of-covers") -> ui.element:
    """Draw items as covers with their titles below.

    Args:
        desk: The visitor's desk.
        found: The items.
        kind: CSS class of the list.

    Returns:
        The list.
    """
    wall = tag("ul", classes=kind)
    with wall:
        _cards(desk, found)
    return wall


def _cards(desk: Desk, found: Sequence[Shown]) -> None:
    for one in found:
        inside = [
            cover_node(one.cover), h("span", "strong small wrap", one.title),
            h("span", "tiny faint wrap", one.facts),
        ]  # fmt: skip
        if one.hidden:
            inside.append(h("span", "chip slim warn", "hidden"))
        Still(h("li", "", h("a", "", *inside, href=desk.path("items", id=one.item_id))))
