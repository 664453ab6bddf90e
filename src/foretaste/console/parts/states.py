"""What a page says when there is nothing yet, something failed, or work is going on."""

from __future__ import annotations

from nicegui.element import Element

from foretaste.console.parts.elements import Action, Node, button, tag
from foretaste.console.parts.icons import icon

__all__ = ["banner", "bar", "empty", "failed", "loading"]


def empty(title: str, text: str, *, label: str = "", act: Action | None = None) -> Node:
    """Say that there is nothing yet, and what would change that.

    Args:
        title: One short sentence.
        text: What to do.
        label: Words of a button that does it.
        act: What the button does.

    Returns:
        The element.
    """
    with tag("div", classes="state") as state:
        icon("empty")
        tag("h3", title)
        tag("p", text, "small soft measure")
        if act is not None:
            button(label, act, "main")
    return state


def failed(text: str, *, act: Action | None = None, title: str = "That did not work") -> Node:
    """Say what failed, and offer to try again.

    Args:
        text: What was wrong and what helps.
        act: What "Try again" does.
        title: One short sentence.

    Returns:
        The element.
    """
    with tag("div", classes="state bad", role="alert") as state:
        icon("alert")
        tag("h3", title)
        tag("p", text, "small measure wrap")
        if act is not None:
            button("Try again", act)
    return state


def loading(text: str = "Loading …", rows: int = 4) -> Node:
    """Show that something is on its way: grey rows in the shape of what will come.

    Args:
        text: What a screen reader says.
        rows: How many rows.

    Returns:
        The element.
    """
    with tag("div", classes="ghosts", role="status") as state:
        tag("span", text, "unseen")
        for _ in range(rows):
            tag("div", classes="ghost", aria_hidden="true")
    return state


def banner(text: str, kind: str = "warn") -> Node:
    """One sentence that matters to the whole page.

    Args:
        text: The sentence.
        kind: ``warn``, ``bad`` or ``good``.

    Returns:
        The element.
    """
    with tag("div", classes=f"banner {kind}", role="status") as state:
        icon("alert" if kind != "good" else "check")
        tag("p", text, "small wrap")
    return state


def bar(share: float, label: str) -> Element:
    """Progress of a job.

    Args:
        share: How much is done, 0 to 1.
        label: What it is the progress of.

    Returns:
        The element.
    """
    done = min(max(share, 0.0), 1.0)
    with tag(
        "div", classes="progress", role="progressbar", aria_label=label, aria_valuemin=0,
        aria_valuemax=100, aria_valuenow=round(100 * done),
    ) as drawn:  # fmt: skip
        tag("div").style(f"width:{100 * done:.1f}%")
    return drawn
