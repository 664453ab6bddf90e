"""``foretaste serve``: the HTTP service and its console."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foretaste.cli.output import note, say
from foretaste.cli.service.options import (
    ConfigOption,
    HomeOption,
    SetOption,
    StoreOption,
    settings_of,
)

if TYPE_CHECKING:
    from fastapi import FastAPI

    from foretaste.app.service import Service, ServiceSettings

__all__ = ["login_link", "serve", "serving"]


def serve(
    bundle: Annotated[
        Path | None,
        typer.Option(help="Bundle to begin with; the packaged sample when left out."),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that answer.")] = None,
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    console: Annotated[
        bool | None, typer.Option("--console/--no-console", help="Serve the console's pages.")
    ] = None,
) -> None:
    """Answer over HTTP, learn from feedback, show the console. Ctrl-C ends it cleanly."""
    more = {
        "bundle": None if bundle is None else str(bundle),
        "http.host": host,
        "http.port": port,
        "http.workers": workers,
        "http.console": console,
    }
    serving(settings_of(config, home, store, set_, more))


def serving(settings: ServiceSettings, *, invite: bool = False) -> None:
    """Run until somebody ends it.

    Args:
        settings: All of them.
        invite: Print a link that opens the console once.

    Raises:
        typer.Exit: With the code of the server if it could not go on.
    """
    from foretaste.serve import run

    pages = (_inviting if invite else _console) if settings.http.console else None
    code = run(settings, say=partial(say, whole=True), console=pages)
    if code:
        raise typer.Exit(code)


def login_link(service: Service, workspace: str = "default") -> str:
    """A link that opens the console once.

    Args:
        service: Whose console.
        workspace: Whose data.

    Returns:
        The address that a running service left in its home, or the one that the settings name.
    """
    from foretaste.serve import ADDRESS_FILE

    settings = service.settings
    left = settings.home_folder / ADDRESS_FILE
    base = left.read_text(encoding="utf-8").strip() if left.is_file() else _expected(settings)
    return f"{base}/console/enter?token={service.access.login_token(workspace)}"


def _expected(settings: ServiceSettings) -> str:
    http = settings.http
    scheme = "https" if http.certificate else "http"
    host = f"[{http.host}]" if ":" in http.host else http.host
    # With several workers the console has a process of its own, at the next port.
    port = http.port if http.workers == 1 else http.port + 1
    note("no running service has left its address in this home; the link is for the settings' port")
    return f"{scheme}://{host}:{port}"


def _console(app: FastAPI, service: Service) -> None:
    from foretaste.console import mount

    mount(app, service)


def _inviting(app: FastAPI, service: Service) -> None:
    _console(app, service)
    say(f"Open the console (this link works once): {login_link(service)}", whole=True)
    say("Ctrl-C ends it.", style="dim")
