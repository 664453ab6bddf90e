"""``foretaste serve``: the HTTP service and its console."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foretaste.cli.output import say
from foretaste.cli.service.options import (
    ConfigOption,
    HomeOption,
    SetOption,
    StoreOption,
    settings_of,
)

if TYPE_CHECKING:
    from foretaste.app.service import ServiceSettings

__all__ = ["serve", "serving"]


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


def serving(settings: ServiceSettings) -> None:
    """Run until somebody ends it.

    Args:
        settings: All of them.

    Raises:
        typer.Exit: With the code of the server if it could not go on.
    """
    from foretaste.serve import run

    code = run(settings, say=partial(say, whole=True))
    if code:
        raise typer.Exit(code)
