"""Line icons, drawn for this console on a grid of 24: no icon font is loaded."""

from __future__ import annotations

from importlib import resources
from typing import Any

import orjson

from foretaste.console.parts.still import Still, h

__all__ = ["FAVICON", "ICONS", "brand_mark", "icon", "icon_node"]

ICONS: dict[str, list[str]] = orjson.loads(
    resources.files("foretaste.console").joinpath("static/icons.json").read_bytes()
)
"""Strokes of each icon, in a box of 24 by 24."""

_BITE = "M12 2a10 10 0 1 0 10 10 4.2 4.2 0 0 1-4.6-4.100A4.3 4.3 0 0 1 12 2z"
FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
    f'<path d="{_BITE}" fill="#0b7a57"/><circle cx="19.3" cy="3.8" r="1.9" fill="#0b7a57"/></svg>'
)
"""The mark: a disc with the first bite taken."""


def icon_node(name: str) -> list[Any]:
    """An icon; it is decoration, so what it means must be said in words beside it.

    Args:
        name: One of :data:`ICONS`.

    Returns:
        A node.
    """
    return _svg("icon", *(h("path", d=path) for path in ICONS[name]))


def icon(name: str) -> Still:
    """Draw an icon.

    Args:
        name: One of :data:`ICONS`.

    Returns:
        The element.
    """
    return Still(icon_node(name))


def brand_mark() -> Still:
    """Draw the mark.

    Returns:
        The element.
    """
    dot = h("circle", cx="19.3", cy="3.8", r="1.9", fill="currentColor")
    return Still(_svg("mark", h("path", d=_BITE, fill="currentColor"), dot))


def _svg(classes: str, *shapes: list[Any]) -> list[Any]:
    return h("svg", classes, *shapes, viewBox="0 0 24 24", aria_hidden="true", focusable="false")
