"""What somebody likes, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from foretaste.app.portrait import Leaning, Portrait
from foretaste.console.parts.charts import Estimate, whiskers
from foretaste.console.parts.cover import cover_node
from foretaste.console.parts.elements import heading, note, tag
from foretaste.console.parts.states import bar, empty
from foretaste.console.parts.still import Still, h
from foretaste.console.parts.tables import count
from foretaste.console.reading import Shown

__all__ = ["draw_portrait"]

Link = Callable[[str], str]
_SHOWN = 7


def draw_portrait(portrait: Portrait, nearest: Mapping[str, Shown], href: Link) -> None:
    """Draw likes and dislikes as dots with whiskers of one standard deviation.

    Args:
        portrait: What the model believes of somebody.
        nearest: Items nearest to their taste.
        href: Gives the address of an item's page.
    """
    heading(2, "What they like, and how sure we are")
    likes, dislikes = portrait.likes[:_SHOWN], portrait.dislikes[:_SHOWN]
    if not likes and not dislikes:
        empty("Nothing is known yet", "The first event begins the portrait.")
        return
    events = count(portrait.history_length, "event")
    with tag("div", classes="stack tight"):
        bar(portrait.sure, "How sure we are")
        note(
            f"{100 * portrait.sure:.0f} % of what there is to know, read from {events}.",
            "small soft",
        )
    rows = [_estimate(one) for one in likes]
    rows += [_estimate(one) for one in reversed(dislikes)]
    whiskers(rows, label="Likes and dislikes: mean and one standard deviation")
    note(
        "How much higher (or lower) they score what carries it, popularity aside. Dots are the"
        " best guess, whiskers one standard deviation each way.", "tiny faint",
    )  # fmt: skip
    if nearest:
        heading(3, "Nearest to their taste")
        covers = [
            h("li", "", h("a", "", cover_node(one.cover), href=href(item_id), aria_label=one.title))
            for item_id, one in nearest.items()
        ]
        Still(h("ul", "strip", *covers))


def _estimate(one: Leaning) -> Estimate:
    about = "in the text" if one.kind == "word" else one.field.replace("_", " ")
    small = f"{about} · {count(one.items, 'item')}"
    return Estimate(one.name, one.mean, one.mean - one.sd, one.mean + one.sd, small)
