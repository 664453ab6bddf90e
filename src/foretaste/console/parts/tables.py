"""Tables of facts, numbers in words, and times as people say them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from nicegui.element import Element

from foretaste.console.parts.elements import tag

__all__ = ["Cell", "ago", "count", "facts", "number", "table", "tiles", "when"]

Cell = str | Callable[[], object]


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], *, label: str) -> Element:
    """Draw a table; on a phone each row becomes a block with the names beside the values.

    Args:
        head: Column names; an empty one heads a column of buttons.
        rows: Cells: words, or something that draws them.
        label: What the table holds.

    Returns:
        The element.
    """
    with (
        tag("div", classes="scroller", tabindex="0", role="region", aria_label=label) as drawn,
        tag("table", classes="table"),
    ):
        with tag("thead"), tag("tr"):
            for name in head:
                tag("th", name, scope="col")
        with tag("tbody"):
            for row in rows:
                with tag("tr"):
                    for name, cell in zip(head, row, strict=True):
                        if isinstance(cell, str):
                            tag("td", cell, "wrap", data_name=name)
                        else:
                            with tag("td", data_name=name):
                                cell()
    return drawn


def facts(pairs: Mapping[str, str]) -> Element:
    """Draw names and values as a list of facts.

    Args:
        pairs: What is said of something.

    Returns:
        The element.
    """
    with tag("dl", classes="facts") as drawn:
        for name, value in pairs.items():
            tag("dt", name)
            tag("dd", value, "wrap")
    return drawn


def tiles(pairs: Mapping[str, str]) -> Element:
    """Draw a few numbers large, side by side.

    Args:
        pairs: Name and number in words.

    Returns:
        The element.
    """
    with tag("dl", classes="tiles") as drawn:
        for name, value in pairs.items():
            with tag("div"):
                tag("dt", name)
                tag("dd", value, "num")
    return drawn


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
