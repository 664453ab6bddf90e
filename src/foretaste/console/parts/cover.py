"""Covers made of type: a small poster for anything that has a title.

Colours, composition and sizes follow from title, year and genre alone, so that the same item looks
the same everywhere, without a picture and without the network. Sizes are in hundredths of the
cover's width (``cqw``), so that one cover serves a thumbnail and a wall.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import orjson

from foretaste.console.parts.colours import contrast
from foretaste.console.parts.still import Still, h

__all__ = [
    "COMPOSITIONS",
    "PALETTES",
    "Cover",
    "Face",
    "contrast",
    "cover",
    "cover_node",
    "cover_of",
    "fit",
]

PALETTES: Mapping[str, tuple[str, str, str]] = {
    "ember": ("#241512", "#e4572e", "#ffe9dc"),
    "blood": ("#7a0f1d", "#1d0609", "#ffe3dd"),
    "noir": ("#17181b", "#f2c14e", "#f5f1e6"),
    "paper": ("#efe9dc", "#1f1d1a", "#1f1d1a"),
    "rose": ("#f4cfd3", "#a61e4d", "#4a0d24"),
    "wine": ("#4a1130", "#f0a6b8", "#fdeef2"),
    "sun": ("#f6c445", "#e0522b", "#2b1a05"),
    "lemon": ("#f3e37c", "#2f6690", "#16324a"),
    "sky": ("#bcdcec", "#f26b3a", "#0f3350"),
    "deep": ("#10314f", "#e9c46a", "#eaf3fb"),
    "teal": ("#0e4749", "#f2a65a", "#e8f6f3"),
    "signal": ("#0d1f2d", "#38e1c6", "#dcfbf5"),
    "moss": ("#33402a", "#c9d08f", "#f3f5e3"),
    "olive": ("#c6c59a", "#5b5a2a", "#26260f"),
    "sand": ("#e6c9a0", "#9c4a1a", "#3d1d08"),
    "rust": ("#8c3a17", "#f4c27a", "#fff0df"),
    "violet": ("#2d1b4e", "#c792ea", "#f4ebff"),
    "candy": ("#f7b7d2", "#3d348b", "#27205f"),
    "mint": ("#bfe5cf", "#12664f", "#0a3b2e"),
    "ash": ("#d5d8da", "#c1272d", "#1c2125"),
}
"""Ground, figure and ink of each palette; ink on ground is readable (checked by a test)."""

_MOODS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "horror": (("blood", "ember", "noir"), ("spine", "numeral", "tower")),
    "thriller": (("noir", "ember", "ash"), ("split", "tower", "spine")),
    "crime": (("noir", "ash", "blood"), ("split", "tower", "numeral")),
    "mystery": (("noir", "violet", "deep"), ("rings", "split", "dots")),
    "romance": (("rose", "wine", "candy"), ("novel", "sun", "rings")),
    "comedy": (("sun", "lemon", "sky", "candy"), ("tower", "dots", "sun")),
    "drama": (("deep", "paper", "teal", "wine", "ash"), ("novel", "sun", "bands", "horizon")),
    "science": (("signal", "deep", "violet"), ("rings", "horizon", "dots")),
    "sci-fi": (("signal", "deep", "violet"), ("rings", "horizon", "dots")),
    "fantasy": (("violet", "teal", "mint"), ("rings", "novel", "sun")),
    "western": (("sand", "rust"), ("horizon", "tower", "bands")),
    "war": (("olive", "moss", "ember"), ("split", "bands", "tower")),
    "history": (("sand", "paper", "olive"), ("novel", "bands", "numeral")),
    "animation": (("sky", "mint", "candy", "lemon"), ("dots", "sun", "tower")),
    "family": (("sky", "mint", "lemon"), ("sun", "dots", "horizon")),
    "documentary": (("paper", "ash"), ("numeral", "bands", "split")),
    "music": (("violet", "sun", "candy"), ("bands", "rings", "tower")),
    "action": (("ember", "sun", "signal"), ("split", "tower", "spine")),
    "adventure": (("teal", "rust", "sky"), ("horizon", "sun", "split")),
}


@dataclass(frozen=True, slots=True)
class Face:
    """How a composition sets its title.

    Attributes:
        leading: Height of a line, in parts of the size.
        width: Room across, in hundredths of the cover's width.
        height: Room down, likewise (a cover is 150 high).
        most: Largest size.
    """

    leading: float
    width: float
    height: float
    most: float


COMPOSITIONS: Mapping[str, Face] = {
    "sun": Face(0.94, 84, 52, 30),
    "bands": Face(1.06, 84, 62, 17),
    "spine": Face(0.9, 134, 52, 40),
    "novel": Face(1.04, 70, 70, 22),
    "split": Face(1.0, 84, 62, 20),
    "rings": Face(1.0, 84, 56, 20),
    "numeral": Face(1.05, 84, 34, 15),
    "dots": Face(1.0, 84, 56, 19),
    "horizon": Face(1.02, 84, 56, 17),
    "tower": Face(0.84, 86, 112, 56),
}
"""All compositions and the room each leaves for the title."""

_LETTERS: Mapping[str, list[int]] = orjson.loads(
    resources.files("foretaste.console").joinpath("static/letters.json").read_bytes()
)
"""Widths of the letters ``!`` to ``~`` in each composition's type, in thousandths of the size."""

_YEAR = ("year", "released", "published", "date")
_KIND = ("genre", "categor", "type", "kind", "subject", "topic", "tag")
_MAKER = ("director", "author", "artist", "creator", "maker", "brand", "designer", "publisher")


@dataclass(frozen=True, slots=True)
class Cover:
    """What a cover is made from.

    Attributes:
        title: The title.
        year: A year, if there is one.
        kind: Genre or category.
        maker: Who made it.
    """

    title: str
    year: str = ""
    kind: str = ""
    maker: str = ""


def cover_of(title: str, attributes: Mapping[str, Any]) -> Cover:
    """Find what a cover needs in whatever an item's attributes are called.

    Args:
        title: The item's title.
        attributes: Its attributes.

    Returns:
        What there is.
    """
    years = (
        str(int(value))
        for name, value in attributes.items()
        if any(part in name.lower() for part in _YEAR)
        and isinstance(value, int | float)
        and 0 < value < 3000
    )
    kind, maker = _first(attributes, _KIND), _first(attributes, _MAKER)
    return Cover(title, next(years, ""), kind, maker)


def cover_node(of: Cover, classes: str = "") -> list[Any]:
    """A cover. It is decoration: the title must stand beside it.

    Args:
        of: What to draw.
        classes: Further CSS classes.

    Returns:
        A node; its width is that of its place.
    """
    chance = int.from_bytes(hashlib.sha256(f"{of.title}|{of.year}".encode()).digest()[:8], "big")
    palettes, compositions = _mood(of.kind)
    ground, figure, ink = PALETTES[palettes[chance % len(palettes)]]
    name = compositions[chance // 64 % len(compositions)]
    if name == "tower" and len(_tower(of.title)) < 2:
        name = "spine"  # one word makes no tower
    turn = chance // 4096 % 100
    on_figure = max(ground, ink, key=lambda colour: contrast(colour, figure))
    if name == "tower":
        words, height = _build(of.title, contrast(ground, figure) > 3)
        shape = h("i", "shape", style=f"top:{height + 12:.1f}cqw")
    else:
        size = f"font-size:{fit(of.title, name):.2f}cqw"
        words, shape = [h("div", "t", of.title, style=size)], h("i", "shape")
    mark = [h("b", "numeral-mark", of.year[-2:] or of.title[:1].upper())]
    return h(
        "div", f"cover {name} {classes}".strip(), shape, *(mark if name == "numeral" else []),
        h("div", "words", *words),
        h("div", "small-print", h("span", "", of.maker), h("span", "", of.year)),
        aria_hidden="true",
        style=f"--g:{ground};--f:{figure};--i:{ink};--p:{on_figure};--turn:{turn}",
    )  # fmt: skip


def cover(of: Cover, classes: str = "") -> Still:
    """Draw a cover.

    Args:
        of: What to draw.
        classes: Further CSS classes.

    Returns:
        The element.
    """
    return Still(cover_node(of, classes))


def fit(title: str, name: str) -> float:
    """The largest size at which a title fits its composition without breaking a word.

    Args:
        title: The title.
        name: The composition.

    Returns:
        Size in hundredths of the cover's width.
    """
    face = COMPOSITIONS[name]
    words = [_width(word, name) for word in title.split()] or [1.0]
    size = min(face.most, face.width / max(words))
    while size > 6 and _lines(words, face.width / size) * size * face.leading > face.height:
        size *= 0.94
    return max(size, 6.0)


def _build(title: str, coloured: bool) -> tuple[list[Any], float]:
    """A tower of words, each as wide as the cover, and how high it became."""
    face, lines = COMPOSITIONS["tower"], _tower(title)
    sizes = [min(face.most, face.width / _width(line, "tower")) for line in lines]
    shrink = min(1.0, face.height / (sum(sizes) * face.leading))
    built = [
        h("div", "t second" if coloured and place % 2 else "t", line,
          style=f"font-size:{size * shrink:.2f}cqw")
        for place, (line, size) in enumerate(zip(lines, sizes, strict=True))
    ]  # fmt: skip
    return built, sum(sizes) * shrink * face.leading


def _tower(title: str) -> list[str]:
    """Words one above the other, short ones joined to a neighbour."""
    lines: list[str] = []
    for word in title.split() or ["?"]:
        if lines and (len(lines[-1]) <= 3 or len(word) <= 2):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _lines(widths: list[float], room: float) -> int:
    lines, used = 1, 0.0
    for width in widths:
        if used and used + 0.28 + width > room:
            lines, used = lines + 1, 0.0
        used += width + (0.28 if used else 0.0)
        lines += int(width // max(room, 0.1)) if width > room else 0
    return lines


def _width(words: str, name: str) -> float:
    """Width of words set in one composition's type, in parts of the size, with a little air."""
    table = _LETTERS[name]
    total = 0.0
    for letter in unicodedata.normalize("NFD", words):
        if unicodedata.combining(letter):
            continue
        at = ord(letter) - 33
        wide = unicodedata.east_asian_width(letter) in "WF"
        total += table[at] / 1000 if 0 <= at < len(table) else 1.0 if wide else 0.6
    return max(total * 1.03, 0.2)


def _mood(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for name, mood in _MOODS.items():
        if name in kind.lower():
            return mood
    return tuple(PALETTES), tuple(COMPOSITIONS)


def _first(attributes: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name, value in attributes.items():
        if any(part in name.lower() for part in names):
            one = value[0] if isinstance(value, list | tuple) and value else value
            if isinstance(one, str) and one:
                return one
    return ""
