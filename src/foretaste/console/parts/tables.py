"""Tables of facts, numbers in words, and times as people say them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from nicegui.element import Element

from foretaste.console.parts.elements import tag
from foretaste.console.parts.still import Still, h

__all__ = ["Cell", "ago", "count", "facts", "number", "table", "tiles", "when"]

Cell = str | list[Any] | Callable[[], object]
"""Words, a node (see :func:`~foretaste.console.parts.still.h`), or what draws something alive."""


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], *, label: str) -> Element:
    """Draw a table; on a phone each row becomes a block with the names beside the values.

    Args:
        head: Column names; an empty one heads a column of buttons.
        rows: Cells: words, or something that draws them.
        label: What the table holds.

    Returns:
        The element.
    """
    lines = [list(row) for row in rows]
    top = h("thead", "", h("tr", "", *(h("th", "", name, scope="col") for name in head)))
    with tag(
        "div", classes="scroller", tabindex="0", role="region", aria_label=label
    ) as drawn:  # fmt: skip
        if not any(callable(cell) for line in lines for cell in line):
            body = [h("tr", "", *_still_cells(head, line)) for line in lines]
            Still(h("table", "table", top, h("tbody", "", *body)))
            return drawn
        with tag("table", classes="table"):
            Still(top)
            with tag("tbody"):
                for line in lines:
                    with tag("tr"):
                        _cells(head, line)
    return drawn


def _still_cells(head: Sequence[str], line: Sequence[Cell]) -> list[list[Any]]:
    return [
        h("td", "wrap", cell if isinstance(cell, str | list) else "", data_name=name)
        for name, cell in zip(head, line, strict=True)
    ]


def _cells(head: Sequence[str], line: Sequence[Cell]) -> None:
    for name, cell in zip(head, line, strict=True):
        if callable(cell):
            with tag("td", data_name=name):
                cell()
        else:
            Still(h("td", "wrap", cell, data_name=name))


def facts(pairs: Mapping[str, str]) -> Element:
    """Draw names and values as a list of facts.

    Args:
        pairs: What is said of something.

    Returns:
        The element.
    """
    nodes = [(h("dt", "", name), h("dd", "wrap", value)) for name, value in pairs.items()]
    return Still(h("dl", "facts", *(node for pair in nodes for node in pair)))


def tiles(pairs: Mapping[str, str]) -> Element:
    """Draw a few numbers large, side by side.

    Args:
        pairs: Name and number in words.

    Returns:
        The element.
    """
    return Still(
        h("dl", "tiles", *(
            h("div", "", h("dt", "", name), h("dd", "num", value)) for name, value in pairs.items()
        ))
    )  # fmt: skip


def number(value: float | None, digits: int = 3) -> str:
    """A number in words.

    Args:
        value: The number; ``None`` or NaN is said as a dash.
        digits: Digits after the point.

    Returns:
        Words.
    """
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:,.{digits}f}"


def count(n: int, one: str, many: str | None = None) -> str:
    """So many of something.

    Args:
        n: How many.
        one: What one is called.
        many: What several are called, if not with an s.

    Returns:
        Such as ``3 people``.
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def when(time_s: float | None) -> str:
    """A point in time.

    Args:
        time_s: Seconds since 1970 UTC.

    Returns:
        Date and time, UTC; a dash for none.
    """
    if time_s is None or not 0 < time_s < 32_503_680_000:
        return "–"
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M")


def ago(time_s: float | None, now_s: float | None = None) -> str:
    """How long ago something was.

    Args:
        time_s: When, seconds since 1970 UTC.
        now_s: What time it is; the system's clock when left out.

    Returns:
        Such as ``5 minutes ago``.
    """
    if not time_s:
        return "–"
    past = (time.time() if now_s is None else now_s) - time_s
    if past < 0:
        return when(time_s)
    if past < 5:
        return "just now"
    for size, name in ((86_400 * 365.25, "year"), (86_400, "day"), (3600, "hour"), (60, "minute")):
        if past >= size:
            return f"{count(int(past // size), name)} ago"
    return f"{count(int(past), 'second')} ago"
