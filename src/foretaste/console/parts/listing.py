"""A recommendation as it is shown: cover, title, reasons as sentences with their weights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from foretaste.console.parts.cover import cover_node
from foretaste.console.parts.elements import button, tag
from foretaste.console.parts.still import Still, h
from foretaste.console.reading import Shown
from foretaste.core import Reason

__all__ = ["Move", "moves", "reason_nodes", "row", "small_row"]

Thumb = Callable[[str, str], Awaitable[None] | None]
_SHOWN = 3  # reasons before the rest is folded away


@dataclass(frozen=True, slots=True)
class Move:
    """Where an item stood before.

    Attributes:
        by: Places it went up (negative: down); ``None`` when it was not there.
    """

    by: int | None

    @property
    def words(self) -> str:
        """What happened, in words."""
        if self.by is None:
            return "new"
        if self.by == 0:
            return "same place"
        return f"{'up' if self.by > 0 else 'down'} {abs(self.by)}"

    @property
    def sign(self) -> str:
        """The same as a sign."""
        if self.by is None:
            return "new"
        return "=" if self.by == 0 else f"{'↑' if self.by > 0 else '↓'}{abs(self.by)}"


def moves(before: Sequence[str], after: Sequence[str]) -> list[Move]:
    """Compare two lists.

    Args:
        before: Item ids, best first.
        after: Likewise.

    Returns:
        For each item of ``after``, where it came from.
    """
    places = {item: place for place, item in enumerate(before)}
    return [
        Move(places[item] - place if item in places else None) for place, item in enumerate(after)
    ]


def reason_nodes(reasons: Sequence[Reason], largest: float) -> list[list[Any]]:
    """Reasons: a sentence each, and how much it weighs.

    Args:
        reasons: Strongest first.
        largest: Weight that fills a bar, the same for the whole list.

    Returns:
        Nodes.
    """
    if not reasons:
        return [h("p", "small faint", "No single reason stands out.")]
    nodes = [_reasons(reasons[:_SHOWN], largest)]
    if len(reasons) > _SHOWN:
        more = h("summary", "", f"{len(reasons) - _SHOWN} more")
        nodes.append(h("details", "more", more, _reasons(reasons[_SHOWN:], largest)))
    return nodes


def row(
    shown: Shown,
    place: int,
    reasons: Sequence[Reason],
    *,
    largest: float,
    href: str,
    move: Move | None = None,
    explored: bool = False,
    thumb: Thumb | None = None,
) -> None:
    """Draw one recommendation.

    Args:
        shown: The item.
        place: Its rank, from 1.
        reasons: Why it is here.
        largest: Weight that fills a bar.
        href: Where the item's own page is.
        move: Where it stood before, if that is to be shown.
        explored: Whether chance put it here.
        thumb: Called with the item's id and ``like`` or ``dislike``; no thumbs without.
    """
    link = h("a", "", shown.title, href=href)
    head = [h("h3", "wrap", link)]
    if move is not None:
        head.append(_badge(move))
    if explored:
        chance = "Chance put it at this place"
        head.append(h("span", "chip slim warn", "explored", title=chance))
    body = [h("div", "line even", *head)]
    if shown.facts:
        body.append(h("p", "small faint wrap", shown.facts))
    with tag("li", classes="pick"):
        Still(
            h(
                "div", "inside",
                h("span", "place num", str(place), aria_hidden="true"),
                h("a", "face", cover_node(shown.cover), href=href, tabindex="-1",
                  aria_hidden="true"),
                h("div", "body", *body, *reason_nodes(reasons, largest)),
            )
        )  # fmt: skip
        if thumb is not None:
            with tag("div", classes="thumbs"):
                _thumb(shown, "up", "like", thumb)
                _thumb(shown, "down", "dislike", thumb)


def small_row(
    shown: Shown,
    place: int,
    note: str,
    href: str,
    move: Move | None = None,
    why: str = "",
) -> list[Any]:
    """An item in one line, for lists beside each other.

    Args:
        shown: The item.
        place: Its rank, from 1.
        note: Small print on the right.
        href: Where the item's own page is.
        move: Where it stood before, if that is to be shown.
        why: A sentence below.

    Returns:
        A node, a list item.
    """
    body = [h("a", "strong wrap", shown.title, href=href)]
    body += [h("span", "tiny faint wrap", text) for text in (shown.facts, why) if text]
    end = _badge(move) if move is not None else h("span", "tiny faint num", note)
    return h(
        "li", "pick slim",
        h("span", "place num", str(place), aria_hidden="true"),
        h("span", "face", cover_node(shown.cover)),
        h("div", "body", *body),
        end,
    )  # fmt: skip


def _reasons(reasons: Sequence[Reason], largest: float) -> list[Any]:
    lines = []
    for reason in reasons:
        share = min(abs(reason.weight) / largest, 1.0) if largest > 0 else 0.0
        sign = "plus" if reason.weight >= 0 else "minus"
        bar = h("i", style=f"width:{100 * share:.0f}%")
        lines.append(
            h(
                "li", "",
                h("span", f"weight {sign}", bar, aria_hidden="true"),
                h("span", "wrap", reason.text),
                h("span", "num faint tiny amount", f"{reason.weight:+.2f}"),
            )
        )  # fmt: skip
    return h("ul", "reasons", *lines)


def _badge(move: Move) -> list[Any]:
    kind = "on" if move.by is None or move.by > 0 else ""
    sign = h("span", "", move.sign, aria_hidden="true")
    return h("span", f"chip slim num {kind}".strip(), sign, h("span", "unseen", move.words))


def _thumb(shown: Shown, drawn: str, kind: str, thumb: Thumb) -> None:
    words = "More like this" if kind == "like" else "Less like this"
    classes = "round quiet no" if kind == "dislike" else "round quiet"
    button(
        "", lambda: thumb(shown.item_id, kind), classes, drawn=drawn,
        label=f"{words}: {shown.title}",
    )  # fmt: skip
