"""Plain HTML elements with text: what every other part is made of.

Text goes to the browser as text, never as HTML, and attributes are set by name, never parsed from
a string: a title such as ``<img onerror=...>`` shows as it is spelt.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from foretaste.console.parts.icons import icon_node
from foretaste.console.parts.still import Still, h

__all__ = ["Action", "Node", "button", "clear", "heading", "link", "note", "tag"]

Action = Callable[[], Awaitable[None] | None]


class Node(TextElement):
    """One HTML or SVG element that may hold text and children."""


def tag(name: str, /, text: object = "", classes: str = "", **attributes: Any) -> Node:
    """Make an element where the context stands.

    Args:
        name: Its HTML or SVG name.
        text: Its text, shown as it is.
        classes: CSS classes, separated by spaces.
        **attributes: Attributes; ``aria_label`` means ``aria-label``, a trailing underscore is
            dropped (``for_``), ``None`` leaves the attribute out and ``True`` sets it empty.

    Returns:
        The element; use it with ``with`` to put children in.
    """
    element = Node(tag=name, text=str(text))
    if classes:
        element.classes(classes)
    for key, value in attributes.items():
        if value is not None and value is not False:
            spelt = key.rstrip("_").replace("_", "-")
            element.props[spelt] = "" if value is True else value
    return element


def heading(level: int, text: object, classes: str = "", **attributes: Any) -> Node:
    """Make a heading.

    Args:
        level: 1 to 4.
        text: What it says.
        classes: CSS classes.
        **attributes: As for :func:`tag`.

    Returns:
        The element.
    """
    return tag(f"h{level}", text, classes, **attributes)


def note(text: object, classes: str = "small soft") -> Node:
    """Make a paragraph.

    Args:
        text: What it says.
        classes: CSS classes.

    Returns:
        The element.
    """
    return tag("p", text, classes)


def link(text: object, href: str, classes: str = "", **attributes: Any) -> Node:
    """Make a link to one of our own pages.

    Args:
        text: What it says.
        href: Where it leads: a path of ours.
        classes: CSS classes.
        **attributes: As for :func:`tag`.

    Returns:
        The element.
    """
    return tag("a", text, classes, href=href, **attributes)


def button(
    text: str,
    act: Action | None = None,
    kind: str = "",
    *,
    drawn: str | None = None,
    label: str | None = None,
    **attributes: Any,
) -> Node:
    """Make a button.

    Args:
        text: What it says; empty for one with an icon alone, which needs ``label``.
        act: What to do when it is pressed.
        kind: ``main``, ``quiet``, ``danger``, ``round``, ``slim`` ... in any combination.
        drawn: Name of an icon before the text.
        label: What a screen reader says, if not the text.
        **attributes: As for :func:`tag`.

    Returns:
        The element.
    """
    attributes.setdefault("type", "button")
    element = tag("button", "", f"button {kind}".strip(), aria_label=label, **attributes)
    if label and not text:
        element.props["title"] = label
    inside = [icon_node(drawn)] if drawn else []
    inside += [h("span", "", text)] if text else []
    with element:
        Still(h("span", "inside", *inside))
    if act is not None:
        element.on("click", lambda: act(), [])
    return element


def clear(element: ui.element) -> ui.element:
    """Empty an element, so that it can be filled again.

    Args:
        element: What to empty.

    Returns:
        The same element, to be used with ``with``.
    """
    element.clear()
    return element
