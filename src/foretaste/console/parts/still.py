"""Markup that does not listen, as plain values: a whole tree costs one element.

Every element of the framework costs the server about a tenth of a millisecond, in which nobody
else is answered; lists and charts have hundreds. What needs no handler is therefore described as
nested lists and drawn in the browser, text always as text.
"""

from __future__ import annotations

from typing import Any

from nicegui.element import Element

__all__ = ["Still", "Tree", "h"]

Tree = str | list[Any]
"""Text, or a node: tag, attributes, children."""


def h(tag: str, classes: str = "", /, *children: Tree, **attributes: Any) -> list[Any]:
    """Describe an HTML or SVG node.

    Args:
        tag: Its name.
        classes: CSS classes.
        *children: Text and nodes inside it.
        **attributes: Attributes; ``aria_label`` means ``aria-label``, a trailing underscore is
            dropped, ``None`` and ``False`` leave one out, ``True`` sets it empty.

    Returns:
        The node.
    """
    spelt: dict[str, Any] = {"class": classes} if classes else {}
    for name, value in attributes.items():
        if value is not None and value is not False:
            spelt[name.rstrip("_").replace("_", "-")] = "" if value is True else value
    return [tag, spelt, *children]


class Still(Element, component="still.js"):
    """Draws a tree where the context stands.

    Args:
        tree: What to draw; a node.
    """

    def __init__(self, tree: list[Any]) -> None:
        super().__init__()
        self.props["tree"] = tree
