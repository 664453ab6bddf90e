"""Charts made of boxes and lines: small, readable without colour, and said in words too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nicegui.element import Element

from foretaste.console.parts.elements import tag

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
) -> Element:
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

    with tag("table", classes="whiskers", aria_label=label) as drawn, tag("tbody"):
        for one in rows:
            with tag("tr"):
                with tag("th", scope="row"):
                    tag("span", one.name, "wrap")
                    if one.note:
                        tag("span", one.note, "note tiny faint")
                with tag("td", classes="scale"), tag("div", classes="track", aria_hidden="true"):
                    if zero:
                        tag("i", classes="zero").style(f"left:{at(0.0):.1f}%")
                    left, right = at(one.low), at(one.high)
                    tag("i", classes="whisker").style(
                        f"left:{left:.1f}%;width:{max(right - left, 0.4):.1f}%"
                    )
                    kind = "minus" if one.mean < 0 and zero else "plus"
                    tag("i", classes=f"dot {kind}").style(f"left:{at(one.mean):.1f}%")
                with tag("td", classes="num value"):
                    tag("span", f"{one.mean:.{digits}f}")
                    between = f"{one.low:.{digits}f} to {one.high:.{digits}f}"
                    tag("span", between, "note tiny faint")
    return drawn


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
_DASHES = ("", "7 4", "2 4", "10 3 2 3", "1 3", "12 5")


def lines(
    series: Sequence[Line], places: Sequence[str], *, label: str, across: str, up: str
) -> Element:
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

    drawn = tag("svg", classes="lines", role="img", aria_label=label)
    drawn.props["viewBox"] = f"0 0 {_WIDTH} {_HEIGHT}"
    with drawn:
        for tick in ticks:
            _svg("line", {"x1": _LEFT, "x2": _WIDTH - _RIGHT, "y1": y(tick), "y2": y(tick)}, "grid")
            _svg(
                "text",
                {"x": _LEFT - 8, "y": y(tick) + 4, "text-anchor": "end"},
                "tick",
                f"{tick:g}",
            )
        for place, name in enumerate(places):
            spot = {"x": x(place), "y": _HEIGHT - _BOTTOM + 18, "text-anchor": "middle"}
            _svg("text", spot, "tick", name)
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        _svg("text", {"x": middle, "y": _HEIGHT - 4, "text-anchor": "middle"}, "axis", across)
        _svg("text", {"x": _LEFT, "y": _TOP - 3}, "axis", up)
        for at, line in enumerate(series):
            _line(line, at, x, y)
        _names(series, y)
    return drawn


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


def _line(line: Line, at: int, x: object, y: object) -> None:
    assert callable(x) and callable(y)
    known = [(place, point) for place, point in enumerate(line.points) if point is not None]
    top = [f"{x(place):.1f},{y(point[2]):.1f}" for place, point in known]
    bottom = [f"{x(place):.1f},{y(point[1]):.1f}" for place, point in reversed(known)]
    kind = f"l{min(at, 5)}"
    if at == 0:
        _svg("polygon", {"points": " ".join(top + bottom)}, f"band {kind}")
    spots = " ".join(f"{x(place):.1f},{y(point[0]):.1f}" for place, point in known)
    _svg("polyline", {"points": spots, "stroke-dasharray": _DASHES[at % 6]}, f"stroke {kind}")
    for place, point in known:
        _svg(
            "circle",
            {"cx": x(place), "cy": y(point[0]), "r": 4 if at == 0 else 2.5},
            f"spot {kind}",
        )


def _names(series: Sequence[Line], y: object) -> None:
    assert callable(y)
    ends = sorted(
        (y(points[-1][0]), at, line.name)
        for at, line in enumerate(series)
        if (points := [point for point in line.points if point is not None])
    )
    below = -100.0
    for height, at, name in ends:
        below = max(height, below + 15)
        place = {"x": _WIDTH - _RIGHT + 10, "y": below + 4}
        _svg("text", place, f"name l{min(at, 5)}", name)


def _svg(name: str, attributes: Mapping[str, object], classes: str, text: str = "") -> None:
    drawn = tag(name, text, classes)
    spelt = {
        key: f"{value:.1f}" if isinstance(value, float) else str(value)
        for key, value in attributes.items()
    }
    drawn.props.update(spelt)
