"""``foretaste quickstart``: the main job on the packaged sample, start to end."""

from __future__ import annotations

import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from foretaste.cli.output import (
    JsonFlag,
    answer_json,
    note,
    progress,
    say,
    show_answer,
    show_json,
    table,
)
from foretaste.core.errors import ForetasteError

if TYPE_CHECKING:
    from foretaste.app.demo import Demo

__all__ = ["quickstart"]


def quickstart(
    out: Annotated[
        Path | None, typer.Option(help="Also keep the bundle here, for your own questions.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Go on as a service with a console.")
    ] = True,
    port: Annotated[
        int | None, typer.Option(help="Port of the service; the next free one if it is taken.")
    ] = None,
    home: Annotated[
        Path | None,
        typer.Option(help="Keep what the service keeps here; nothing is kept if left out."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Fit the packaged sample, measure it, show lists with reasons, and serve it."""
    from foretaste.app.demo import run_demo

    started = time.perf_counter()
    with progress(quiet=as_json) as tell:
        demo = run_demo(tell)
    seconds = time.perf_counter() - started
    if out is not None:
        demo.recommender.save(out, overwrite=True)
    problems = demo.problems()
    if as_json:
        show_json(_json(demo, seconds, problems))
    else:
        _show(demo, seconds, out)
        if not problems and not sys.stdout.isatty():
            say("Self-check passed: every list is full, every item has a reason.", style="dim")
    if problems:
        raise ForetasteError("the quickstart did not come out as it should: " + "; ".join(problems))
    if serve and not as_json:
        _serve(demo, port, home)


def _serve(demo: Demo, port: int | None, home: Path | None) -> None:
    """The same recommender as a service, in a home of its own that is gone at the end."""
    from foretaste.app.service import load_service_settings
    from foretaste.cli.service.serve import serving

    say()
    say("The same as a service", style="bold cyan")
    with tempfile.TemporaryDirectory(prefix="foretaste-") as scratch:
        bundle = Path(scratch) / "bundle"
        demo.recommender.save(bundle)
        settings = load_service_settings()
        http = {"http.port": free_port(settings.http.host, port or settings.http.port)}
        quiet = {"log.level": "warning", "log.requests": False}  # the link stays in sight
        place = {"home": str(home or Path(scratch) / "home"), "bundle": str(bundle)}
        serving(load_service_settings(settings, {**http, **place, **quiet}), invite=True)


def free_port(host: str, wanted: int, tries: int = 50) -> int:
    """The wanted port, or the next one nobody listens on.

    Args:
        host: Address to listen on.
        wanted: Tried first.
        tries: How many further ones.

    Returns:
        A port.
    """
    for port in range(wanted, min(wanted + tries, 65_536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, port))
            except OSError:
                continue
            return port
    return 0


def _show(demo: Demo, seconds: float, out: Path | None) -> None:
    recommender = demo.recommender
    data = recommender.dataset
    for warning in getattr(recommender.encoder, "warnings", ()):
        note(warning)
    say("Foretaste on its sample world", style="bold")
    say(
        f"{data.n_items} real films, {data.n_users:,} people and {data.interactions.height:,} "
        f"events. {_capital(data.simulated or '')}: nobody here is a real person."
    )
    say()
    say(demo.report_title, style="bold cyan")
    table(demo.report_columns, demo.report_rows)
    say(demo.report_note, style="dim")
    for title, answer in demo.answers:
        say()
        show_answer(answer, title)
    say()
    say(demo.audience_title, style="bold cyan")
    table(list(demo.audience), demo.audience.to_numpy().tolist())
    say()
    say(f"All of this took {seconds:.1f} s. Ask your own questions:", style="bold")
    place = out or "my-bundle"
    lines = (
        f'foretaste recommend --bundle {place} --wish "a slow, melancholy film about memory"',
        f"foretaste recommend --bundle {place} --history heat-1995,gattaca-1997",
        "foretaste fit --data my-shop/ --out my-bundle   # your own catalogue and clicks",
        "foretaste serve --bundle my-bundle   # answers over HTTP, with a console",
    )
    for line in (() if out else (f"foretaste quickstart --no-serve --out {place}",)) + lines:
        say(f"  {line}", whole=True)  # to be copied: never broken


def _json(demo: Demo, seconds: float, problems: list[str]) -> dict[str, Any]:
    return {
        "seconds": seconds,
        "simulated": demo.recommender.dataset.simulated,
        "report": [dict(zip(demo.report_columns, row, strict=True)) for row in demo.report_rows],
        "answers": [{"case": title, **answer_json(answer)} for title, answer in demo.answers],
        "audience": demo.audience.to_dict(orient="records"),
        "problems": problems,
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
