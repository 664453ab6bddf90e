"""``foretaste doctor | version``: what is here and whether it works."""

from __future__ import annotations

from typing import Any

import typer

from foretaste.cli.output import JsonFlag, say, show_json, table

__all__ = ["doctor", "version"]


def version() -> None:
    """Print the version."""
    from foretaste import __version__

    say(__version__)


def doctor(as_json: JsonFlag = False) -> None:
    """Check this installation: libraries, text encoder, sample, speed. Exit 1 if unwell."""
    from foretaste.app.health import checkup

    found = checkup()
    if as_json:
        show_json([_entry(line) for line in found])
    else:
        table(["", "what", "found"], [["ok" if f.ok else "!!", f.what, f.found] for f in found])
        for line in found:
            if line.remedy and not line.ok:
                say(f"- {line.what}: {line.remedy}")
    if any(not line.ok and line.needed for line in found):
        raise typer.Exit(1)


def _entry(line: Any) -> dict[str, Any]:
    return {"what": line.what, "ok": line.ok, "found": line.found, "remedy": line.remedy}
