"""``foretaste keys``: who may use the service."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

import typer

from foretaste.cli.output import JsonFlag, moment, say, show_json, table
from foretaste.cli.service.options import (
    ConfigOption,
    HomeOption,
    SetOption,
    StoreOption,
    WorkspaceOption,
    opened,
    settings_of,
)
from foretaste.core.errors import InputError

__all__ = ["app", "console"]

_DAY_S = 86_400.0

app = typer.Typer(
    help="Who may use the service: create, list and revoke keys.", no_args_is_help=True
)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    role: Annotated[
        Literal["page", "reader", "writer", "operator", "admin"],
        typer.Option(help="What it may do; see the page about security."),
    ] = "reader",
    days: Annotated[
        float | None, typer.Option(help="Works this long; for ever if not said.")
    ] = None,
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a key and show it this once."""
    if days is not None and not 0 < days < 36_500:
        raise InputError("--days makes no sense", expected="more than 0", got=str(days))
    expires_s = None if days is None else time.time() + days * _DAY_S
    with opened(settings_of(config, home, store, set_)) as service:
        made = service.access.create_key(workspace, role, name, expires_s, actor="cli")
    if as_json:
        show_json({"key": made.key, "key_id": made.key_id, "role": role})
        return
    say(made.key, whole=True)
    say("It is shown only now and kept nowhere in this form.", style="dim")


@app.command("list")
def list_(
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the keys there are, without their secrets."""
    with opened(settings_of(config, home, store, set_)) as service:
        records = service.access.keys(service.workspace(workspace).name)
    rows = [_line(one) for one in records]
    if as_json:
        show_json(rows)
        return
    table(list(rows[0]) if rows else ["key_id"], [list(row.values()) for row in rows])


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="Which: see foretaste keys list.")],
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
) -> None:
    """End a key at once, in every process."""
    with opened(settings_of(config, home, store, set_)) as service:
        service.access.revoke(key_id, workspace=workspace, actor="cli")
    say(f"Key {key_id} is revoked.")


def console(
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
) -> None:
    """Print a link that opens the console of a running service once."""
    from foretaste.cli.service.serve import login_link

    with opened(settings_of(config, home, store, set_)) as service:
        link = login_link(service, workspace)
    say(link, whole=True)


def _line(record: Any) -> dict[str, Any]:
    return {
        "key_id": record.key_id,
        "name": record.name,
        "role": record.role,
        "created (UTC)": moment(record.created_s),
        "expires": moment(record.expires_s),
        "revoked": moment(record.revoked_s),
        "last used": moment(record.last_used_s),
    }
