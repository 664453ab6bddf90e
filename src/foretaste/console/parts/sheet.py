"""A sheet over the page for questions that need an answer: the browser's own dialog element."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui.element import Element

from foretaste.console.parts.elements import Action, Node, button, tag
from foretaste.console.parts.fields import Field

__all__ = ["Sheet", "confirm", "tabs"]


class Sheet:
    """A dialog; the browser keeps focus inside and closes it at Escape.

    Args:
        title: What it is about.
    """

    def __init__(self, title: str) -> None:
        self.dialog: Element = tag("dialog", classes="sheet")
        self.dialog.props["aria-label"] = title
        with self.dialog:
            self.body: Node = tag("div", classes="stack")
        with self.body:
            tag("h2", title, "wrap")

    def open(self) -> None:
        """Show it."""
        self.dialog.run_method("showModal")

    def close(self) -> None:
        """Hide it."""
        self.dialog.run_method("close")


def confirm(title: str, text: str, *, word: str, act: Action, label: str) -> Sheet:
    """Ask before something that cannot be undone: a word must be typed.

    Args:
        title: What is about to happen.
        text: What that means.
        word: What must be typed.
        act: What is done then.
        label: What the button says.

    Returns:
        The sheet, not yet open.
    """
    sheet = Sheet(title)

    def typed(value: object) -> None:
        go.props.set_bool("disabled", str(value).strip() != word)

    async def done() -> None:
        if str(field.value).strip() != word:
            return
        sheet.close()
        result = act()
        if result is not None:
            await result

    with sheet.body:
        tag("p", text, "small wrap")
        field = Field(
            f"Type {word} to confirm", edit=typed, commit=typed, enter=lambda _: done(), wait=0
        )
        with tag("div", classes="line"):
            go = button(label, done, "danger", disabled=True)
            button("Leave it", sheet.close, "quiet")
    return sheet


def tabs(choices: Sequence[tuple[str, str, str]], current: str, label: str) -> Element:
    """Links to the parts of a page.

    Args:
        choices: Name, words and address of each.
        current: Name of the one shown.
        label: What they are parts of.

    Returns:
        The element.
    """
    with tag("nav", classes="tabs", aria_label=label) as drawn:
        for name, words, href in choices:
            tag("a", words, href=href, aria_current="page" if name == current else None)
    return drawn
