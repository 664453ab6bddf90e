"""Discover: ask in words, for somebody, after a few clicks; see why; react; compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nicegui.element import Element
from starlette.datastructures import QueryParams

from foretaste.console.desk import Desk
from foretaste.console.pages.discover.results import Results
from foretaste.console.pages.discover.wanting import Wanting
from foretaste.console.parts.cover import cover
from foretaste.console.parts.elements import clear, tag
from foretaste.console.parts.fields import Field, Option, Picker
from foretaste.console.parts.states import loading
from foretaste.console.reading import read_items, shown_item
from foretaste.console.shell import page_title
from foretaste.core.errors import UnknownIdError

if TYPE_CHECKING:
    from foretaste.app.service import PersonRecord, Workspace

__all__ = ["discover", "find_items", "find_people"]

_STARTERS = 12
_SOUGHT = 60  # people looked at for suggestions


async def discover(desk: Desk, query: QueryParams) -> None:
    """Draw the page.

    Args:
        desk: The visitor's desk.
        query: ``user``, ``wish`` and ``item`` (repeatable) to begin with.
    """
    # Reasons tell what somebody did: only those who may read people may ask for them.
    user_id = query.get("user") if desk.may("read") else None
    want = Wanting(user_id or None, query.get("wish", "")[:500])
    begun = query.getlist("item")[:20]
    if begun:
        known = await desk.ask(read_items, desk.workspace, begun)
        want.history.update((one.item_id, one.title) for one in known.values())
    page_title(
        "What would you like?",
        "Say it in words, pick somebody, or click a few things together. Every answer says why.",
    )
    with tag("div", classes="discover"):
        with tag("section", classes="ask stack", aria_label="What to ask for"):
            asked = tag("div", classes="stack")
        with tag("section", classes="stack", aria_label="Answer"):
            room = tag("div", classes="stack")
    results = Results(desk, want, room)
    await _Composer(desk, want, results).draw(asked)
    with room:
        loading("Asking …", 5)
    await results.ask()


class _Composer:
    """The left column: everything that makes up the question."""

    def __init__(self, desk: Desk, want: Wanting, results: Results) -> None:
        self.desk, self.want, self.results = desk, want, results

    async def draw(self, room: Element) -> None:
        desk, want = self.desk, self.want
        with room:
            Field(
                "A wish, in plain words", "area", want.wish, rows=2, longest=500, look="big",
                placeholder="a slow, melancholy story about memory", wait=600,
                edit=desk.act(self.wish), enter=desk.act(self.wish),
            )  # fmt: skip
            if desk.may("read"):
                with tag("div", classes="stack tight"):
                    Picker(
                        "For somebody", lambda text: find_people(desk, text),
                        desk.act(self.person), placeholder="Search people …",
                        none="Nobody of that name.",
                    )  # fmt: skip
                    self.who = tag("div", classes="line")
                self._who()
            with tag("div", classes="stack tight"):
                Picker(
                    "After these", lambda text: find_items(desk, text), desk.act(self.add),
                    placeholder="Search titles …", none="No title like that.",
                )  # fmt: skip
                self.chips = tag("div", classes="line")
                self.shelf = tag("div", classes="starters", role="group")
                self.shelf.props["aria-label"] = "Click a history together"
            self._chips()
            with tag("div", classes="stack tight dials"):
                Field(
                    "Variety", "range", 0, least=0, most=1, step=0.05, wait=120,
                    words=["none", "a little", "some", "much", "most"],
                    edit=desk.act(self.variety),
                )  # fmt: skip
                Field(
                    "Left to chance", "range", 0, least=0, most=0.5, step=0.05, wait=120,
                    words=["nothing", "1 in 10", "1 in 5", "3 in 10", "2 in 5", "half"],
                    edit=desk.act(self.chance),
                )  # fmt: skip
        await self._starters()

    async def wish(self, text: str) -> None:
        if text.strip() != self.want.wish:
            self.want.wish = text.strip()
            await self.results.ask()

    async def person(self, user_id: str | None) -> None:
        self.want.user_id = user_id
        self._who()
        await self.results.ask()

    async def add(self, item_id: str) -> None:
        if item_id in self.want.history:
            await self.drop(item_id)
            return
        found = await self.desk.ask(read_items, self.desk.workspace, [item_id])
        self.want.history[item_id] = found[item_id].title
        self._chips()
        await self.results.ask()

    async def drop(self, item_id: str) -> None:
        self.want.history.pop(item_id, None)
        self._chips()
        await self.results.ask()

    async def variety(self, value: float) -> None:
        self.want.diversity = float(value)
        await self.results.ask()

    async def chance(self, value: float) -> None:
        self.want.explore = float(value)
        await self.results.ask()

    def _who(self) -> None:
        with clear(self.who):
            if self.want.user_id:
                with tag("span", classes="chip on"):
                    tag("span", self.want.user_id, "wrap")
                    tag("button", "×", aria_label="For nobody in particular", type="button").on(
                        "click", lambda: self.desk.act(self.person)(None), []
                    )

    def _chips(self) -> None:
        with clear(self.chips):
            for item_id, title in self.want.history.items():
                with tag("span", classes="chip on"):
                    tag("span", title, "wrap")
                    tag("button", "×", aria_label=f"Take away {title}", type="button").on(
                        "click", lambda one=item_id: self.desk.act(self.drop)(one), []
                    )

    async def _starters(self) -> None:
        found = await self.desk.ask(self.desk.workspace.popular, _STARTERS, record=False)
        with clear(self.shelf):
            for one in found.items:
                shown = shown_item(one.item_id, one.attributes, title=one.title)
                starter = tag(
                    "button", classes="starter", type="button", title=one.title,
                    aria_label=f"Add {one.title}",
                )  # fmt: skip
                starter.on("click", lambda item=one.item_id: self.desk.act(self.add)(item), [])
                with starter:
                    cover(shown.cover)


async def find_people(desk: Desk, text: str) -> Sequence[Option]:
    """Suggestions for a person.

    Args:
        desk: The visitor's desk.
        text: What was typed.

    Returns:
        Up to eight people.
    """
    words = text.strip()
    found = await desk.ask(_people, desk.workspace, words)
    return [Option(one.user_id, one.user_id, _about(one.attributes)) for one in found[:8]]


def _people(workspace: Workspace, words: str) -> list[PersonRecord]:
    """People by the words typed: the very id first, then ids that begin so, then the rest."""
    page = workspace.people(_SOUGHT, None, words or None)
    near = sorted(page.items, key=lambda one: not one.user_id.lower().startswith(words.lower()))
    if not words:
        return near
    try:
        exact = [workspace.person(words)]
    except UnknownIdError:
        exact = []
    return exact + [one for one in near if one.user_id != words]


async def find_items(desk: Desk, text: str) -> Sequence[Option]:
    """Suggestions for an item: by title, or by what it is about.

    Args:
        desk: The visitor's desk.
        text: What was typed.

    Returns:
        Up to eight items.
    """
    workspace, words = desk.workspace, text.strip()
    if words:
        found = await desk.ask(workspace.search, words, 8, record=False)
    else:
        found = await desk.ask(workspace.popular, 8, record=False)
    shown = [shown_item(one.item_id, one.attributes, title=one.title) for one in found.items]
    return [Option(one.item_id, one.title, one.facts) for one in shown]


def _about(attributes: Mapping[str, object]) -> str:
    short = [str(value) for value in attributes.values() if value and len(str(value)) < 30]
    return " · ".join(short[:3])
