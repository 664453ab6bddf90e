"""``foretaste doctor | version``: what is here and whether it works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from foretaste.cli.output import JsonFlag, say, show_json, table
from foretaste.cli.service.options import (
    ConfigOption,
    HomeOption,
    SetOption,
    StoreOption,
    settings_of,
)

__all__ = ["doctor", "version"]


def version() -> None:
    """Print the version."""
    from foretaste import __version__

    say(__version__)


def doctor(
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Check this installation, its settings (secrets hidden) and its store. Exit 1 if unwell."""
    from foretaste.app.health import check_store, checkup

    settings = settings_of(config, home, store, set_)
    found = (*checkup(), *check_store(settings))
    said = settings.redacted()
    if as_json:
        show_json({"checks": [_entry(line) for line in found], "settings": said})
    else:
        table(["", "what", "found"], [["ok" if f.ok else "!!", f.what, f.found] for f in found])
        for line in found:
            if line.remedy and not line.ok:
                say(f"- {line.what}: {line.remedy}")
        say()
        say("Settings of the service (file, environment and options together)", style="bold")
        table(["setting", "value"], [[name, str(value)] for name, value in _flat(said)])
    if any(not line.ok and line.needed for line in found):
        raise typer.Exit(1)


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, "" if value is None else value


def _entry(line: Any) -> dict[str, Any]:
    return {"what": line.what, "ok": line.ok, "found": line.found, "remedy": line.remedy}
