"""Labelled controls: one component for all kinds of input, one for searching in a long list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

__all__ = ["Field", "Option", "Picker"]

Take = Callable[[Any], Awaitable[None] | None]


class Field(Element, component="field.js"):
    """A control with a label; ``kind`` says which.

    Args:
        label: What it is for.
        kind: ``text``, ``search``, ``area``, ``password``, ``number``, ``range``, ``select`` or
            ``check``.
        value: What it holds at first.
        commit: Called with the value when it is settled (left, or chosen).
        edit: Called with the value while it changes, a moment after the last key.
        enter: Called with the value at Enter.
        **more: ``placeholder``, ``hint``, ``options`` (pairs of value and words), ``least``,
            ``most``, ``step``, ``words`` (what a range says along its way), ``rows``, ``bare``
            (label for screen readers alone), ``look``, ``name`` (in a plain form), ``complete``,
            ``longest``.
    """

    def __init__(
        self,
        label: str,
        kind: str = "text",
        value: Any = "",
        *,
        commit: Take | None = None,
        edit: Take | None = None,
        enter: Take | None = None,
        **more: Any,
    ) -> None:
        super().__init__()
        self.value = value
        self.props.update({"label": label, "kind": kind, "value": value, **more})
        if "name" in more:
            return  # part of a plain form: what is typed goes nowhere before it is sent
        for event, take in (("edit", edit), ("commit", commit), ("enter", enter)):
            if take is not None or event == "commit":
                self.on(event, self._hear(take))

    def put(self, value: Any) -> None:
        """Set what it holds.

        Args:
            value: The new value.
        """
        self.value = value
        self.run_method("put", value)

    def focus(self) -> None:
        """Put the cursor into it."""
        self.run_method("focus")

    def _hear(self, take: Take | None) -> Callable[[GenericEventArguments], Any]:
        def heard(event: GenericEventArguments) -> Awaitable[None] | None:
            self.value = event.args
            return None if take is None else take(event.args)

        return heard


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be picked.

    Attributes:
        id: What is handed back.
        title: What it says.
        note: Small print.
    """

    id: str
    title: str
    note: str = ""


class Picker(Element, component="picker.js"):
    """A search box with suggestions, for lists too long to show.

    Args:
        label: What it is for.
        find: Gives the options for a text; the text is empty before anything is typed.
        pick: Called with the id of what was chosen.
        placeholder: What an empty box shows.
        none: What to say when nothing was found.
        keep: Leave the title in the box afterwards.
    """

    def __init__(
        self,
        label: str,
        find: Callable[[str], Awaitable[Sequence[Option]]],
        pick: Take,
        *,
        placeholder: str = "",
        none: str = "Nothing found.",
        keep: bool = False,
    ) -> None:
        super().__init__()
        self.props.update(
            {"label": label, "placeholder": placeholder, "none": none, "keep": keep, "serial": 0}
        )
        self._find, self._asked = find, 0
        self.on("ask", self._ask)
        self.on("pick", lambda event: pick(str(event.args)))

    def put(self, text: str) -> None:
        """Set what the box shows.

        Args:
            text: The words.
        """
        self.run_method("put", text)

    async def _ask(self, event: GenericEventArguments) -> None:
        self._asked += 1
        mine = self._asked
        found = await self._find(str(event.args or ""))
        if mine == self._asked:  # an answer to letters typed since would flicker
            options = [{"id": one.id, "title": one.title, "note": one.note} for one in found]
            self.props.update({"options": options, "serial": mine})
