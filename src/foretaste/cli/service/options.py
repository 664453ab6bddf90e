"""What the commands of the service share: where its home is, and how it is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from foretaste.cli.fit import parse_overrides
from foretaste.core.errors import InputError

if TYPE_CHECKING:
    from foretaste.app.service import Service, ServiceSettings, Workspace

__all__ = [
    "ConfigOption",
    "HomeOption",
    "SetOption",
    "StoreOption",
    "WorkspaceOption",
    "at_work",
    "fields_of",
    "opened",
    "settings_of",
]

ConfigOption = Annotated[
    Path | None, typer.Option(help="TOML file with [service] tables; see: foretaste doctor.")
]
HomeOption = Annotated[Path | None, typer.Option(help="Folder of everything the service keeps.")]
StoreOption = Annotated[
    str | None,
    typer.Option(help="sqlite:///file.db or postgresql://user@host/name (password: environment)."),
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="One setting, such as http.port=9000.")
]
WorkspaceOption = Annotated[str, typer.Option(help="Whose data.")]


def settings_of(
    config: Path | None,
    home: Path | None,
    store: str | None,
    set_: list[str] | None,
    more: Mapping[str, Any] | None = None,
) -> ServiceSettings:
    """Settings from the file, the environment and the options, in this order.

    Args:
        config: TOML file.
        home: Home folder.
        store: Address of the database.
        set_: ``name=value`` words.
        more: Further values by dotted name; ``None`` leaves a setting alone.

    Returns:
        Checked settings.
    """
    from foretaste.app.service import load_service_settings

    said: dict[str, Any] = dict(parse_overrides(set_))
    given = {"home": None if home is None else str(home), "storage.url": store, **(more or {})}
    said |= {name: value for name, value in given.items() if value is not None}
    return load_service_settings(config, said)


@contextmanager
def opened(settings: ServiceSettings) -> Iterator[Service]:
    """The service without its HTTP door, closed at the end.

    Args:
        settings: Where everything is.

    Yields:
        The service.

    Raises:
        InputError: If no service was ever started there.
    """
    from foretaste.app.service import Service

    if settings.storage.url is None and not settings.home_folder.is_dir():
        raise InputError(
            "no service has its home here",
            got=settings.home,
            remedy="Start one with: foretaste serve; or name its folder with --home",
        )
    service = Service.open(settings)
    try:
        yield service
    finally:
        service.close()


@contextmanager
def at_work(settings: ServiceSettings, workspace: str) -> Iterator[Workspace]:
    """One workspace of it.

    Args:
        settings: Where everything is.
        workspace: Its name.

    Yields:
        The workspace.
    """
    with opened(settings) as service:
        yield service.workspace(workspace)


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a frozen value, by name.

    Args:
        value: A dataclass, with slots or without.

    Returns:
        Name to value, in order; inner values likewise.
    """
    from dataclasses import fields, is_dataclass

    def plain(one: Any) -> Any:
        if is_dataclass(one):
            return fields_of(one)
        if isinstance(one, Mapping):
            return {str(name): plain(inner) for name, inner in one.items()}
        return [plain(inner) for inner in one] if isinstance(one, list | tuple) else one

    return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
