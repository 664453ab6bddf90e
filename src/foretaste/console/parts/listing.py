"""A recommendation as it is shown: cover, title, reasons as sentences with their weights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from foretaste.console.parts.cover import cover
from foretaste.console.parts.elements import button, link, tag
from foretaste.console.reading import Shown
from foretaste.core import Reason

__all__ = ["Move", "moves", "reason_lines", "row", "small_row"]

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


def reason_lines(reasons: Sequence[Reason], largest: float) -> None:
    """Draw reasons: a sentence each, and how much it weighs.

    Args:
        reasons: Strongest first.
        largest: Weight that fills a bar, the same for the whole list.
    """
    if not reasons:
        tag("p", "No single reason stands out.", "small faint")
        return
    _reasons(reasons[:_SHOWN], largest)
    if len(reasons) > _SHOWN:
        with tag("details", classes="more"):
            tag("summary", f"{len(reasons) - _SHOWN} more")
            _reasons(reasons[_SHOWN:], largest)


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
    with tag("li", classes="pick"):
        tag("span", place, "place num", aria_hidden="true")
        with tag("a", classes="face", href=href, tabindex="-1", aria_hidden="true"):
            cover(shown.cover)
        with tag("div", classes="body"):
            with tag("div", classes="line even"):
                with tag("h3", classes="wrap"):
                    link(shown.title, href)
                if move is not None:
                    _badge(move)
                if explored:
                    tag("span", "explored", "chip slim warn", title="Chance put it at this place")
            if shown.facts:
                tag("p", shown.facts, "small faint wrap")
            reason_lines(reasons, largest)
        if thumb is not None:
            with tag("div", classes="thumbs"):
                _thumb(shown, "up", "like", thumb)
                _thumb(shown, "down", "dislike", thumb)


def small_row(shown: Shown, place: int, note: str, href: str, move: Move | None = None) -> None:
    """Draw an item in one line, for lists beside each other.

    Args:
        shown: The item.
        place: Its rank, from 1.
        note: Small print on the right.
        href: Where the item's own page is.
        move: Where it stood before, if that is to be shown.
    """
    with tag("li", classes="pick slim"):
        tag("span", place, "place num", aria_hidden="true")
        with tag("span", classes="face"):
            cover(shown.cover)
        with tag("div", classes="body"):
            link(shown.title, href, "strong wrap")
            if shown.facts:
                tag("span", shown.facts, "tiny faint wrap")
        if move is not None:
            _badge(move)
        elif note:
            tag("span", note, "tiny faint num")


def _reasons(reasons: Sequence[Reason], largest: float) -> None:
    with tag("ul", classes="reasons"):
        for reason in reasons:
            share = min(abs(reason.weight) / largest, 1.0) if largest > 0 else 0.0
            sign = "plus" if reason.weight >= 0 else "minus"
            with tag("li"):
                with tag("span", classes=f"weight {sign}", aria_hidden="true"):
                    tag("i").style(f"width:{100 * share:.0f}%")
                tag("span", reason.text, "wrap")
                tag("span", f"{reason.weight:+.2f}", "num faint tiny amount")


def _badge(move: Move) -> None:
    kind = "on" if move.by is None or move.by > 0 else ""
    with tag("span", classes=f"chip slim num {kind}".strip()):
        tag("span", move.sign, aria_hidden="true")
        tag("span", move.words, "unseen")


def _thumb(shown: Shown, drawn: str, kind: str, thumb: Thumb) -> None:
    words = "More like this" if kind == "like" else "Less like this"
    classes = "round quiet no" if kind == "dislike" else "round quiet"
    button(
        "", lambda: thumb(shown.item_id, kind), classes, drawn=drawn,
        label=f"{words}: {shown.title}",
    )  # fmt: skip
