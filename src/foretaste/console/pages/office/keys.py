"""Keys: who may come in, as what; a new one is shown once."""

from __future__ import annotations

import time
from typing import cast

from nicegui import ui

from foretaste.app.service import RIGHTS, ROLES, Role
from foretaste.console.desk import Desk
from foretaste.console.parts.elements import button, clear, heading, tag
from foretaste.console.parts.fields import Field
from foretaste.console.parts.sheet import confirm
from foretaste.console.parts.states import banner
from foretaste.console.parts.tables import Cell, ago, table, when
from foretaste.core.errors import InputError
from foretaste.store import KeyRecord

__all__ = ["keys"]

_DAY_S = 86_400.0
_ENDS = ((0, "never"), (30, "in 30 days"), (90, "in 90 days"), (365, "in a year"))
_ROLE_WORDS = {
    "page": "a web page: ask and report, nothing about anybody's record",
    "reader": "read people, items and why",
    "writer": "put items, people, feedback and consent",
    "operator": "forget, jobs, experiments, reports, roll back",
    "admin": "everything, keys included",
}


async def keys(desk: Desk) -> None:
    """Draw this part.

    Args:
        desk: The visitor's desk.
    """
    access, workspace = desk.service.access, desk.principal.workspace

    async def create() -> None:
        name = str(named.value or "").strip()
        if not name:
            raise InputError("the key has no name", remedy="Say what it is for")
        days = float(ends.value)
        made = await desk.ask(
            access.create_key, workspace, cast(Role, role.value), name,
            time.time() + days * _DAY_S if days else None, actor=desk.actor,
        )  # fmt: skip
        with clear(shown):
            _new_key(made.key)
        named.put("")
        desk.say("The key was made. It is shown once.")
        await fill()

    async def fill() -> None:
        found = await desk.ask(access.keys, workspace)
        with clear(room):
            order = sorted(found, key=lambda one: (one.revoked_s is not None, -one.created_s))
            rows = [_row(desk, one, fill) for one in order]
            head = ("Name", "Role", "Id", "Made", "Last used", "Ends", "")
            table(head, rows, label="Keys of this workspace")

    with tag("section", classes="card stack", aria_label="New key"):
        heading(2, "New key")
        with tag("div", classes="three"):
            named = Field("What it is for", longest=80, placeholder="shop front end")
            role = Field(
                "What it may do", "select", "reader",
                options=[[one, f"{one}: {_ROLE_WORDS[one]}"] for one in ROLES],
            )  # fmt: skip
            ends = Field("Ends", "select", 0, options=[[days, words] for days, words in _ENDS])
        with tag("div"):
            button("Make a key", desk.act(create, "keys"), "main", drawn="key")
        shown = tag("div", role="status")
    with tag("section", classes="card stack", aria_label="Keys"):
        heading(2, "Keys")
        room = tag("div")
        with tag("details", classes="more"):
            tag("summary", "What each right needs")
            rights = [(right.replace("_", " "), role) for right, role in RIGHTS.items()]
            table(("Right", "Least role"), rights, label="Rights")
    await fill()


def _new_key(key: str) -> None:
    with tag("div", classes="stack tight newkey"):
        banner("Copy it now: it is kept nowhere and cannot be shown again.")
        with tag("div", classes="line"):
            tag("code", key, "secret")
            button("Copy", lambda: ui.clipboard.write(key), "slim")


def _row(desk: Desk, one: KeyRecord, fill: object) -> tuple[Cell, ...]:
    assert callable(fill)

    async def revoke() -> None:
        await desk.ask(
            desk.service.access.revoke, one.key_id, workspace=desk.principal.workspace,
            actor=desk.actor,
        )  # fmt: skip
        desk.tell(f"“{one.name}” no longer opens anything.")
        await fill()

    ended = one.revoked_s is not None
    mine = one.key_id == desk.principal.key_id

    def last() -> None:
        if ended:
            tag("span", "revoked", "chip slim bad")
        elif mine:
            tag("span", "this is you", "chip slim on")
        else:
            sheet = confirm(
                f"Revoke “{one.name}”?", "Whoever uses it is shut out within a second.",
                word=one.name, act=desk.act(revoke, "keys"), label="Revoke",
            )  # fmt: skip
            button("Revoke …", sheet.open, "slim", label=f"Revoke {one.name}")

    return (
        one.name, one.role, one.key_id, when(one.created_s), ago(one.last_used_s),
        when(one.expires_s) if one.expires_s else "never", last,
    )  # fmt: skip
