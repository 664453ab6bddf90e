"""What somebody likes, and how sure that is."""

from __future__ import annotations

from typing import Any

from foretaste.console.parts.charts import Estimate, whiskers
from foretaste.console.parts.elements import heading, note
from foretaste.console.parts.states import empty

__all__ = ["draw_portrait"]

_SHOWN = 8


def draw_portrait(portrait: Any) -> None:
    """Draw likes and dislikes as dots with whiskers of one standard deviation.

    Args:
        portrait: What the model believes of somebody.
    """
    heading(2, "What they like, and how sure we are")
    likes, dislikes = list(portrait.likes)[:_SHOWN], list(portrait.dislikes)[:_SHOWN]
    if not likes and not dislikes:
        empty("Nothing is known yet", "The first event begins the portrait.")
        return
    rows = [
        Estimate(str(one.name), one.mean, one.mean - one.sd, one.mean + one.sd)
        for one in (*likes, *dislikes)
    ]
    whiskers(rows, label="Likes and dislikes: mean and one standard deviation")
    note("Dots are the best guess, whiskers one standard deviation each way.", "tiny faint")
