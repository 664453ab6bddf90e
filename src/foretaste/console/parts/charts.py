"""Charts made of boxes and lines: small, readable without colour, and said in words too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from foretaste.console.parts.still import Still, h

__all__ = ["Estimate", "Line", "lines", "nice_ticks", "whiskers"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and how sure it is.

    Attributes:
        name: What it is of.
        mean: The number.
        low: Lower end.
        high: Upper end.
        note: Small print.
    """

    name: str
    mean: float
    low: float
    high: float
    note: str = ""


def whiskers(
    rows: Sequence[Estimate],
    *,
    label: str,
    zero: bool = True,
    digits: int = 2,
    span: tuple[float, float] | None = None,
) -> Still:
    """Draw numbers as dots with whiskers, one below the other on one scale.

    Args:
        rows: The numbers.
        label: What the chart shows, for those who cannot see it.
        zero: Whether the scale holds zero, with a line through it.
        digits: Digits after the point.
        span: Ends of the scale, if not those of the numbers.

    Returns:
        The element: a table underneath, so that it can be read out.
    """
    ends = [one.low for one in rows] + [one.high for one in rows] + ([0.0] if zero else [])
    low, high = span or (min(ends, default=0.0), max(ends, default=1.0))
    wide = (high - low) or 1.0

    def at(value: float) -> float:
        return 2 + 96 * min(max((value - low) / wide, 0.0), 1.0)

    lines = []
    for one in rows:
        left, right = at(one.low), at(one.high)
        kind = "minus" if one.mean < 0 and zero else "plus"
        marks = [h("i", "zero", style=f"left:{at(0.0):.1f}%")] if zero else []
        long = f"left:{left:.1f}%;width:{max(right - left, 0.4):.1f}%"
        marks += [
            h("i", "whisker", style=long),
            h("i", f"dot {kind}", style=f"left:{at(one.mean):.1f}%"),
        ]
        between = f"{one.low:.{digits}f} to {one.high:.{digits}f}"
        name = [h("span", "wrap", one.name)]
        name += [h("span", "note tiny faint", one.note)] if one.note else []
        lines.append(
            h(
                "tr", "",
                h("th", "", *name, scope="row"),
                h("td", "scale", h("div", "track", *marks, aria_hidden="true")),
                h("td", "num value", h("span", "", f"{one.mean:.{digits}f}"),
                  h("span", "note tiny faint", between)),
            )
        )  # fmt: skip
    return Still(h("table", "whiskers", h("tbody", "", *lines), aria_label=label))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart.

    Attributes:
        name: What it is.
        points: Mean, low and high at each place of the horizontal axis; ``None`` where missing.
    """

    name: str
    points: Sequence[tuple[float, float, float] | None]


_WIDTH, _HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 120, 14, 40
_At = Callable[[Any], float]
_DASHES = ("", "7 4", "2 4", "10 3 2 3", "1 3", "12 5")


def lines(
    series: Sequence[Line], places: Sequence[str], *, label: str, across: str, up: str
) -> Still:
    """Draw lines with intervals as bands, named at their ends.

    Args:
        series: The lines; the first is the one that matters.
        places: Names of the places of the horizontal axis.
        label: What the chart shows, for those who cannot see it.
        across: What the horizontal axis is.
        up: What the vertical axis is.

    Returns:
        The drawing.
    """
    known = [point for line in series for point in line.points if point is not None]
    low, high = min((p[1] for p in known), default=0.0), max((p[2] for p in known), default=1.0)
    ticks = nice_ticks(min(low, 0.0) if low < 0.25 * high else low, high)
    low, high = ticks[0], max(ticks[-1], high)

    def x(place: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (place / max(len(places) - 1, 1))

    def y(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (value - low) / ((high - low) or 1.0))

    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    shapes = []
    for tick in ticks:
        ends = {"x1": _LEFT, "x2": _WIDTH - _RIGHT, "y1": y(tick), "y2": y(tick)}
        shapes.append(h("line", "grid", **ends))
        shapes.append(_text("tick", f"{tick:g}", _LEFT - 8, y(tick) + 4, "end"))
    for place, name in enumerate(places):
        shapes.append(_text("tick", name, x(place), _HEIGHT - _BOTTOM + 18, "middle"))
    shapes.append(_text("axis", across, middle, _HEIGHT - 4, "middle"))
    shapes.append(_text("axis", up, _LEFT, _TOP - 3))
    for at, line in enumerate(series):
        shapes += _line(line, at, x, y)
    shapes += _names(series, y)
    return Still(
        h("svg", "lines", *shapes, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", aria_label=label)
    )


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers that cover a range.

    Args:
        low: Lower end.
        high: Upper end.
        about: About how many steps.

    Returns:
        The numbers, ascending, the first not above ``low``.
    """
    wide = (high - low) or abs(high) or 1.0
    power = 10.0 ** _floor_log10(wide / about)
    step = next((m * power for m in (1, 2, 2.5, 5, 10) if wide / (m * power) <= about), 10 * power)
    first = int(low // step)
    count = int(-(-(high - first * step) // step))
    return [round((first + place) * step, 12) for place in range(max(count, 1) + 1)]


def _floor_log10(value: float) -> int:
    text = f"{value:e}"
    return int(text[text.index("e") + 1 :])


def _line(line: Line, at: int, x: _At, y: _At) -> list[Any]:
    known = [(place, point) for place, point in enumerate(line.points) if point is not None]
    top = [f"{x(place):.1f},{y(point[2]):.1f}" for place, point in known]
    bottom = [f"{x(place):.1f},{y(point[1]):.1f}" for place, point in reversed(known)]
    kind = f"l{min(at, 5)}"
    shapes = [h("polygon", f"band {kind}", points=" ".join(top + bottom))] if at == 0 else []
    spots = " ".join(f"{x(place):.1f},{y(point[0]):.1f}" for place, point in known)
    shapes.append(h("polyline", f"stroke {kind}", points=spots, stroke_dasharray=_DASHES[at % 6]))
    for place, point in known:
        spot = {"cx": x(place), "cy": y(point[0]), "r": 4 if at == 0 else 2.5}
        shapes.append(h("circle", f"spot {kind}", **spot))
    return shapes


def _names(series: Sequence[Line], y: _At) -> list[Any]:
    ends = sorted(
        (y(points[-1][0]), at, line.name)
        for at, line in enumerate(series)
        if (points := [point for point in line.points if point is not None])
    )
    below, names = -100.0, []
    for height, at, name in ends:
        below = max(height, below + 15)
        names.append(_text(f"name l{min(at, 5)}", name, _WIDTH - _RIGHT + 10, below + 4))
    return names


def _text(classes: str, text: str, x: float, y: float, anchor: str = "start") -> list[Any]:
    return h("text", classes, text, x=x, y=y, text_anchor=anchor)
