"""``foretaste bundles`` and ``foretaste forget``: the models that serve, and leaving them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from foretaste.cli.output import JsonFlag, facts, moment, progress, say, show_json, table
from foretaste.cli.service.options import (
    ConfigOption,
    HomeOption,
    SetOption,
    StoreOption,
    WorkspaceOption,
    at_work,
    fields_of,
    settings_of,
)
from foretaste.core.errors import ForetasteError

__all__ = ["app", "forget"]

app = typer.Typer(help="The models that serve: list, refresh, roll back.", no_args_is_help=True)


@app.command("list")
def list_(
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the bundles kept, newest first, and which one serves."""
    with at_work(settings_of(config, home, store, set_), workspace) as work:
        found = [fields_of(one) for one in work.bundles()]
    if as_json:
        show_json(found)
        return
    columns = ["bundle", "", "made (UTC)", "why", "events", "people", "items"]
    table(columns, [_line(one) for one in found])


def _line(one: Mapping[str, Any]) -> list[Any]:
    card = one["card"]
    sizes = [card.get(name, "-") for name in ("events", "people", "items")]
    serves = "serves" if one["active"] else ""
    return [one["name"], serves, moment(one["made_s"]), one["reason"], *sizes]


@app.command("roll-back")
def roll_back(
    to: Annotated[str | None, typer.Argument(help="Which; the one before when left out.")] = None,
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
) -> None:
    """Serve an earlier bundle again, at once and in every process."""
    with at_work(settings_of(config, home, store, set_), workspace) as work:
        name = work.roll_back(to, actor="cli")
    say(f"Bundle {name} serves now.")


@app.command()
def refresh(
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Fit anew from everything kept, and serve the result."""
    with (
        at_work(settings_of(config, home, store, set_), workspace) as work,
        progress(quiet=as_json) as tell,
    ):
        job = work.start_job("refresh", {}, actor="cli")
        while (now := work.job(job.job_id)).status in ("queued", "running"):
            tell(now.message or now.status, now.progress)
            time.sleep(0.2)
    if now.status != "done":
        raise ForetasteError("the refresh did not succeed", got=now.error or now.status)
    if as_json:
        show_json(fields_of(now))
        return
    say("Fitted anew; the new bundle serves.")


def forget(
    user: Annotated[str, typer.Argument(help="Id of the person.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Erase a person: events, profile, lists shown, and their share of the model."""
    if not yes:
        typer.confirm(f"Erase everything about {user!r}? This cannot be undone", abort=True)
    with at_work(settings_of(config, home, store, set_), workspace) as work:
        receipt = work.forget(user, actor="cli")
    found = fields_of(receipt)
    if as_json:
        show_json(found)
        return
    facts(found)
