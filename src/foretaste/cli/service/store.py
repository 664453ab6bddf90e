"""``foretaste store``: backup, restore, export, import, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from foretaste.cli.output import JsonFlag, facts, progress, say, show_json
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

__all__ = ["app"]

app = typer.Typer(
    help="What the service keeps: back up, restore, export, import.", no_args_is_help=True
)

FileArgument = Annotated[Path, typer.Argument(help="The backup.")]


@app.command()
def backup(
    file: FileArgument,
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Copy everything kept into one file, while the service goes on, and read it back."""
    from foretaste.store import backup as write_backup
    from foretaste.store import open_store, verify_backup

    settings = settings_of(config, home, store, set_)
    with progress(quiet=as_json) as tell:
        kept = open_store(settings.store_url)
        try:
            write_backup(kept, file, tell)
        finally:
            kept.close()
        report = verify_backup(file, tell)
    _told(report, as_json, f"Backup written to {file} and read back whole.")


@app.command()
def verify(file: FileArgument, as_json: JsonFlag = False) -> None:
    """Read a backup and compare counts and digests with what it says of itself."""
    from foretaste.store import verify_backup

    _told(verify_backup(file), as_json, f"{file} is whole.")


@app.command()
def restore(
    file: FileArgument,
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace a store that is not empty.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Bring a backup back, SQLite or PostgreSQL; end the service first."""
    from foretaste.store import restore as bring_back

    settings = settings_of(config, home, store, set_)
    settings.home_folder.mkdir(parents=True, exist_ok=True)
    with progress(quiet=as_json) as tell:
        report = bring_back(file, settings.store_url, overwrite=overwrite, tell=tell)
    _told(report, as_json, "Restored. Start the service: foretaste serve")


@app.command("export")
def export_(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    format_: Annotated[
        Literal["parquet", "jsonl"], typer.Option("--format", help="What kind of files.")
    ] = "parquet",
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write one workspace as tables other programs can read."""
    with at_work(settings_of(config, home, store, set_), workspace) as work:
        counts = work.export(folder, format_, actor="cli")
    _told(counts, as_json, f"Exported to {folder}.")


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="What export wrote.")],
    workspace: WorkspaceOption = "default",
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Read exported tables; what is there already is not doubled."""
    with at_work(settings_of(config, home, store, set_), workspace) as work:
        counts = work.import_(folder, actor="cli")
    _told(counts, as_json, f"Imported from {folder}.")


@app.command()
def status(
    home: HomeOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Bring the schema up to date and say what is kept where."""
    from foretaste.store import open_store

    settings = settings_of(config, home, store, set_)
    kept = open_store(settings.store_url)
    try:
        found: dict[str, object] = {
            "store": kept.url,
            "database": kept.dialect,
            "schema": kept.schema_version,
            "megabytes": round(kept.size_bytes() / 2**20, 1),
        }
        for name in kept.workspaces:
            found[f"events of {name}"] = kept.space(name).events.count()
    finally:
        kept.close()
    _told(found, as_json, "")


def _told(counts: Any, as_json: bool, words: str) -> None:
    lines = dict(counts) if isinstance(counts, Mapping) else fields_of(counts)
    if as_json:
        show_json(lines)
        return
    facts(lines)
    if words:
        say(words)
