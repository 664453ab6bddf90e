"""A new item: described in words, placed within a second, and shown with its audience."""

from __future__ import annotations

import asyncio
import re
import time
import unicodedata
from typing import Any

from nicegui import ui

from foretaste.console.desk import Desk
from foretaste.console.pages.items.item import draw_audience
from foretaste.console.parts.cover import cover, cover_of
from foretaste.console.parts.elements import button, clear, heading, link, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.states import banner, failed, loading
from foretaste.console.shell import page_title
from foretaste.core.errors import ConflictError, InputError, UnknownIdError

__all__ = ["Adding", "slug"]

_WAIT_S = 5.0
_ROLES = {"title": "text", "text": "area", "category": "text", "categories": "text",
          "number": "number"}  # fmt: skip


class Adding:
    """The form, the cover that grows with it, and what became of it.

    Args:
        desk: The visitor's desk.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.roles = {
            name: role for name, role in desk.workspace.attributes().items() if role in _ROLES
        }
        if "title" not in self.roles.values():
            self.roles = {"title": "title", **self.roles}
        self.fields: dict[str, Field] = {}

    def draw(self) -> None:
        """Draw the page."""
        desk = self.desk
        link("‹ All items", desk.path("items"), "small")
        page_title("Add an item", "Describe it; people who would like it are found by its words.")
        with tag("div", classes="two lead"):
            with tag("section", classes="card stack", aria_label="Description"):
                for role in ("title", "text"):
                    for name in (one for one, its in self.roles.items() if its == role):
                        self._field(name, role)
                with tag("div", classes="grid-2"):
                    for name, role in self.roles.items():
                        if role not in ("title", "text"):
                            self._field(name, role)
                    self.id_field = Field(
                        "Id", longest=200, placeholder="made from the title if left empty"
                    )
                with tag("div", classes="line"):
                    button("Add it", desk.act(self.add, "write"), "main", drawn="plus")
            with tag("section", classes="stack", aria_label="Preview and audience"):
                self.preview = tag("div", classes="preview")
                self.room = tag("div", classes="stack", aria_live="polite")
        self._preview()

    def _field(self, name: str, role: str) -> None:
        several = role == "categories"
        self.fields[name] = Field(
            name.replace("_", " ").capitalize(), _ROLES[role], rows=4, longest=4000,
            placeholder="one, two, three" if several else None,
            edit=self.desk.act(lambda _: self._preview()),
            commit=self.desk.act(lambda _: self._preview()),
        )  # fmt: skip

    def _preview(self) -> None:
        values = self.values()
        title = str(values.get(self._title_name()) or "Untitled")
        with clear(self.preview):
            cover(cover_of(title, values))

    def _title_name(self) -> str:
        return next(name for name, role in self.roles.items() if role == "title")

    def values(self) -> dict[str, Any]:
        """What the form says.

        Returns:
            Attributes that were filled in.
        """
        found: dict[str, Any] = {}
        for name, field in self.fields.items():
            text = str(field.value if field.value is not None else "").strip()
            if not text:
                continue
            role = self.roles[name]
            if role == "categories":
                found[name] = [one.strip() for one in text.split(",") if one.strip()]
            elif role == "number":
                number = float(text)
                found[name] = int(number) if number.is_integer() else number
            else:
                found[name] = text
        return found

    async def add(self) -> None:
        """Put it into the catalogue, wait until it can be recommended, show its audience."""
        values = self.values()
        title = str(values.get(self._title_name(), ""))
        if not title:
            raise InputError("the item has no title", remedy="Give it one")
        given = str(self.id_field.value or "").strip()
        item_id = given or slug(title, values.get("year"))
        await self._free(item_id)
        with clear(self.room):
            loading("Placing it …", 3)
        started_s = time.perf_counter()
        put = {"item_id": item_id, **values}
        await self.desk.ask(self.desk.workspace.put_items, [put], actor=self.desk.actor)
        placed = await self._placed(item_id)
        took_s = time.perf_counter() - started_s
        found = await self.desk.ask(self.desk.workspace.audience, item_id, 10) if placed else []
        with clear(self.room):
            if not placed:
                failed(
                    f"It is in the catalogue, but could not be recommended within {_WAIT_S:.0f}"
                    " seconds. Operations shows whether anything is wrong."
                )
                return
            banner(
                f"“{title}” can be recommended, {took_s:.1f} seconds after it was posted.", "good"
            )
            heading(2, "Who would like it")
            draw_audience(self.desk, found)
            note("Nobody has met it: this is read from its words and attributes alone.")
            with tag("div", classes="line"):
                link("Its page", self.desk.path("items", id=item_id), "button")
                button("Add another", lambda: ui.navigate.reload(), "quiet")
        self.desk.say(f"{title} was added; its audience is on the page.")

    async def _free(self, item_id: str) -> None:
        try:
            await self.desk.ask(self.desk.workspace.item, item_id)
        except UnknownIdError:
            return
        raise ConflictError(f"there is an item {item_id!r} already", remedy="Choose another id")

    async def _placed(self, item_id: str) -> bool:
        until_s = time.perf_counter() + _WAIT_S
        while time.perf_counter() < until_s:
            if item_id in self.desk.workspace.recommender.dataset.item_ids:
                return True
            await asyncio.sleep(0.05)
        return False


def slug(title: str, year: object = None) -> str:
    """An id from a title.

    Args:
        title: The title.
        year: A year to tell namesakes apart.

    Returns:
        Small letters, digits and hyphens; the title itself where it has no Latin letters.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "-".join(title.split())
    return f"{words}-{year}" if year else words
