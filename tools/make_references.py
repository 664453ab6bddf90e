"""Write the reference pages that are read off the program: ``docs/reference/*.md``.

The command line from its own commands, the settings from their classes. A test refuses the
pages when they are not what this script would write now.

Run: ``make docs``, or ``python tools/make_references.py``.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

NOTE = "<!-- Written by tools/make_references.py; do not edit. -->\n\n"
FOLDER = Path(__file__).parents[1] / "docs" / "reference"


def cell(value: object) -> str:
    """A value as the content of a table's cell.

    Args:
        value: Anything.

    Returns:
        One line without bars.
    """
    return re.sub(r"\s+", " ", str(value)).replace("|", "\\|").strip()


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """A command and everything below it, in the order they were added.

    Args:
        command: A command or a group of them.
        name: How it is called.

    Yields:
        The full name, and the command.
    """
    yield name, command
    for part, below in getattr(command, "commands", {}).items():
        if not getattr(below, "hidden", False):
            yield from commands(below, f"{name} {part}")


def parameters(command: Any) -> Iterator[str]:
    """Rows of the table of one command's arguments and options.

    Args:
        command: The command.

    Yields:
        A row of Markdown.
    """
    for parameter in command.params:
        if getattr(parameter, "hidden", False) or parameter.name in {"help"}:
            continue
        option = parameter.param_type_name == "option"
        names = [*parameter.opts, *parameter.secondary_opts] if option else [parameter.name.upper()]
        default = parameter.default
        if parameter.required:
            shown = "required"
        elif default is None or callable(default) or default in ((), []):
            shown = ""
        elif isinstance(default, bool):
            shown = "yes" if default else "no"
        else:
            shown = f"`{cell(default)}`"
        words = cell(getattr(parameter, "help", None) or "")
        yield f"| {', '.join(f'`{n}`' for n in names)} | {shown} | {words} |"


def cli_page() -> str:
    """The page of the command line.

    Returns:
        Markdown.
    """
    from typer.main import get_command

    app = importlib.import_module("foretaste.cli.main").app
    page = [NOTE + "# Command line\n"]
    for name, command in commands(get_command(app), "foretaste"):
        page.append(f"## {name}\n")
        page.append(inspect.cleandoc(command.help or "").replace("\b", "") + "\n")
        rows = list(parameters(command))
        if rows:
            page.append("\n".join(["| name | default | what |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(page)


def settings_classes() -> dict[str, list[type[BaseModel]]]:
    """Every settings class of the package, by room.

    Returns:
        Rooms from the ground up, classes in alphabetical order. Modules that need an optional
        part which is not installed are left out only if that part is missing.
    """
    import foretaste
    from foretaste.core import Settings

    for module in pkgutil.walk_packages(foretaste.__path__, "foretaste."):
        if ".migrations" in module.name:  # run by Alembic, never imported
            continue
        if "__main__" not in module.name:
            importlib.import_module(module.name)

    found: dict[str, list[type[BaseModel]]] = {}
    waiting: list[type[BaseModel]] = [Settings, *_base_settings()]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("foretaste.") and kind.model_fields:
                found.setdefault(kind.__module__.split(".")[1], []).append(kind)
    return {room: sorted(set(found[room]), key=lambda k: k.__name__) for room in sorted(found)}


def _base_settings() -> list[type[BaseModel]]:
    from pydantic_settings import BaseSettings

    return [BaseSettings]


def described(kind: type[BaseModel], name: str, field: FieldInfo) -> str:
    """What a setting says it is: its description, or its line in the class's docstring.

    Args:
        kind: The class.
        name: The field.
        field: What pydantic knows of it.

    Returns:
        One line.
    """
    if field.description:
        return cell(field.description)
    _, _, section = (inspect.getdoc(kind) or "").partition("Attributes:")
    hit = re.search(rf"^    {name}: (.*(?:\n {{8}}.*)*)", section, flags=re.MULTILINE)
    return cell(hit.group(1).replace("``", "`")) if hit else ""


def limits(field: FieldInfo) -> str:
    """The bounds of a setting.

    Args:
        field: What pydantic knows of it.

    Returns:
        For example ``> 0, <= 1``.
    """
    signs = {"Gt": ("gt", ">"), "Ge": ("ge", ">="), "Lt": ("lt", "<"), "Le": ("le", "<=")}
    parts = []
    for bound in field.metadata:
        attribute, sign = signs.get(type(bound).__name__, ("", ""))
        if attribute:
            parts.append(f"{sign} {getattr(bound, attribute)}")
    return ", ".join(parts)


def type_name(annotation: Any) -> str:
    """A type as a reader would write it.

    Args:
        annotation: The annotation of a field.

    Returns:
        Its short name.
    """
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        return annotation.__name__
    words = str(annotation).replace("typing.", "").replace("collections.abc.", "")
    return re.sub(r"\b(?:[a-z_]+\.)+(\w+)", r"\1", words)


def settings_page() -> str:
    """The page of all settings.

    Returns:
        Markdown.
    """
    page = [
        NOTE + "# Settings\n",
        "Every setting there is, by room. Unknown names are refused; values are checked once, "
        "when the settings are made. In a configuration file a room's settings are one table.\n",
    ]
    for room, kinds in settings_classes().items():
        page.append(f"## {room}\n")
        for kind in kinds:
            page.append(f"### {kind.__name__}\n")
            page.append((inspect.getdoc(kind) or "").partition("\n")[0].replace("``", "`") + "\n")
            page.append("| setting | type | default | limits | what |\n|---|---|---|---|---|")
            for name, field in kind.model_fields.items():
                default = field.get_default(call_default_factory=True)
                shown = "required" if field.is_required() else f"`{cell(repr(default))}`"
                page.append(
                    f"| `{name}` | `{cell(type_name(field.annotation))}` | {shown} |"
                    f" {cell(limits(field))} | {described(kind, name, field)} |"
                )
            page.append("")
    return "\n".join(page) + "\n"


def main() -> int:
    """Write both pages.

    Returns:
        The exit code.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in {"cli.md": cli_page, "settings.md": settings_page}.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
        print(f"docs/reference/{name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
