"""Forgetting somebody: asked twice, done at once, and proved by a receipt."""

from __future__ import annotations

import json
from dataclasses import asdict

from nicegui import ui
from nicegui.element import Element

from foretaste.app.service import Receipt
from foretaste.console.desk import Desk
from foretaste.console.parts.elements import button, clear, heading, link, note, tag
from foretaste.console.parts.sheet import confirm
from foretaste.console.parts.states import banner, loading
from foretaste.console.parts.tables import count, table, when

__all__ = ["draw_receipt", "forget_part"]


def forget_part(desk: Desk, user_id: str) -> None:
    """Draw the button, and what comes after it.

    Args:
        desk: The visitor's desk.
        user_id: Who may be forgotten.
    """
    room = tag("div", classes="stack")

    async def forget() -> None:
        with clear(room):
            loading("Forgetting …", 2)
        try:
            receipt = await desk.ask(desk.workspace.forget, user_id, actor=desk.actor)
        except BaseException:
            _ask(desk, user_id, room, sheet.open)
            raise
        with clear(room):
            draw_receipt(desk, receipt)
        desk.say("Forgotten. The receipt is on the page.")

    sheet = confirm(
        f"Forget {user_id}?",
        "Their events, record, consent, sessions and lists shown are erased, and their share is"
        " taken out of the model. This cannot be undone.",
        word=user_id, act=desk.act(forget, "forget"), label="Forget for good",
    )  # fmt: skip
    _ask(desk, user_id, room, sheet.open)


def _ask(desk: Desk, user_id: str, room: Element, act: object) -> None:
    assert callable(act)
    with clear(room):
        heading(2, "Forget this person")
        note("Erases everything about them here and takes their share out of the model.")
        with tag("div"):
            button("Forget …", act, "danger", drawn="forget")


def draw_receipt(desk: Desk, receipt: Receipt) -> None:
    """Draw what was forgotten, and what is left to be done.

    Args:
        desk: The visitor's desk.
        receipt: What the service gave back.
    """
    heading(2, "Receipt")
    if receipt.complete:
        banner(f"{receipt.user_id} is forgotten, here and in every part of the model.", "good")
    else:
        banner(f"{receipt.user_id} is forgotten here; parts of the model still have to be trained.")
    erased = [(name.replace("_", " "), f"{n:,}") for name, n in receipt.erased.items()]
    table(("Erased", "Rows"), erased, label="What was erased")
    rows = [
        (name, "as if they had never been" if part.exact else "not yet", part.how)
        for name, part in receipt.parts.items()
    ]
    table(("Part of the model", "State", "How"), rows, label="Parts of the model")
    told = f"{when(receipt.time_s)} UTC · {count(len(receipt.bundles), 'bundle')} rewritten"
    note(told, "tiny faint")
    with tag("div", classes="line"):
        button(
            "Save the receipt",
            lambda: ui.download.content(
                json.dumps(asdict(receipt), indent=1, default=str), "receipt.json"
            ),
        )
        if receipt.job_id is not None and desk.may("jobs"):
            link("Follow the training", desk.path("operations"), "button")
        link("All people", desk.path("people"), "button quiet")
