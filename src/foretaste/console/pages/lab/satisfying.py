"""Whether people liked what they were shown: by arm, source and group."""

from __future__ import annotations

import math
import time

from foretaste.console.desk import Desk
from foretaste.console.parts.charts import Estimate, whiskers
from foretaste.console.parts.elements import button, clear, heading, note, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.states import empty, loading
from foretaste.console.parts.tables import count
from foretaste.feedback import MEASURES, Satisfaction

__all__ = ["satisfying"]

_DAY_S = 86_400.0
_NAMES = {
    "ctr": "Clicks", "conversion": "Conversion", "dwell_s": "Dwell, in seconds",
    "came_back": "Came back", "sent_back": "Sent back",
}  # fmt: skip


def satisfying(desk: Desk) -> None:
    """Draw the part that asks for the report, and the report once it is there.

    Args:
        desk: The visitor's desk.
    """
    heading(2, "Satisfaction")
    note("What people did with the lists they were shown, with 95 % intervals.")
    groups = [name for name, role in _people_roles(desk).items() if role == "category"]

    async def read() -> None:
        with clear(room):
            loading("Reading the log …", 3)
        chosen, since = str(by.value), float(days.value)
        since_s = time.time() - since * _DAY_S if since else None
        workspace = desk.workspace
        if chosen in ("source", "arm"):
            found = await desk.ask(workspace.satisfaction, (chosen,), since_s)
        else:
            found = await desk.ask(workspace.satisfaction, ("group",), since_s, group=chosen)
        with clear(room):
            _draw(found)

    with tag("div", classes="line"):
        by = Field(
            "Split by", "select", "source",
            options=[["source", "who ranked"], ["arm", "arm of an experiment"],
                     *([name, name.replace("_", " ")] for name in groups)],
        )  # fmt: skip
        days = Field(
            "Since", "select", 0,
            options=[[0, "the beginning"], [1, "a day ago"], [7, "a week ago"],
                     [30, "a month ago"]],
        )  # fmt: skip
    with tag("div"):
        button("Read the report", desk.act(read, "reports"), "", drawn="quality")
    room = tag("div", classes="stack", aria_live="polite")


def _people_roles(desk: Desk) -> dict[str, str]:
    return dict(desk.workspace.recommender.dataset.people_roles)


def _draw(found: Satisfaction) -> None:
    if not found.cells:
        empty("Nothing was shown yet", "The report begins with the first list shown.")
        return
    for name, words in MEASURES.items():
        rows = [
            Estimate(", ".join(cell.key.values()) or "all", one.value, one.low, one.high,
                     count(cell.people, "person", "people"))
            for cell in found.cells
            if math.isfinite((one := cell.measures[name]).value)
        ]  # fmt: skip
        if rows:
            with tag("div", classes="stack tight"):
                heading(3, _NAMES.get(name, name))
                note(words, "tiny faint")
                whiskers(rows, label=_NAMES.get(name, name), zero=False, digits=3,
                         span=(0.0, max(one.high for one in rows) * 1.04 or 1.0))  # fmt: skip
    note(
        f"{found.by_answer:,} events named their answer, {found.by_window:,} came soon after,"
        f" {found.unattributed:,} were no reaction to a list.", "tiny faint",
    )  # fmt: skip
