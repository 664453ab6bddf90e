"""The reference pages are what the program says now."""

import re
import shlex
from pathlib import Path

import pytest

import make_references

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"
STALE = "is not what the program says now: run `make docs`"


def test_the_command_line_page_is_current() -> None:
    page = (FOLDER / "cli.md").read_text(encoding="utf-8")
    assert page == make_references.cli_page(), f"docs/reference/cli.md {STALE}"


def test_the_settings_page_is_current() -> None:
    page = (FOLDER / "settings.md").read_text(encoding="utf-8")
    assert page == make_references.settings_page(), f"docs/reference/settings.md {STALE}"


def test_every_setting_says_what_it_is() -> None:
    silent = [
        f"{kind.__name__}.{name}"
        for kinds in make_references.settings_classes().values()
        for kind in kinds
        for name, field in kind.model_fields.items()
        if not make_references.described(kind, name, field) and name != "kind"
    ]
    assert not silent


def shell_commands() -> list[tuple[str, str]]:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL))
        inline = re.findall(r"`(foretaste .*?)`", text)
        for line in [*blocks.replace("\\\n", " ").splitlines(), *inline]:
            if line.startswith("foretaste "):
                found.append((page.name, line))
    return found


def complaint(line: str) -> str | None:
    """What the command line would not understand in this command, without running it."""
    from typer.main import get_command

    from foretaste.cli.main import app

    command, words = get_command(app), shlex.split(line, comments=True)[1:]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    if getattr(command, "commands", None) and words and not words[0].startswith("-"):
        return f"there is no command {words[0]}"
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    wrong = [word for word in words if word.startswith("-") and word not in known]
    return f"{command.name} has no {' '.join(wrong)}" if wrong else None


@pytest.mark.parametrize(("page", "line"), shell_commands())
def test_commands_on_the_pages_exist(page: str, line: str) -> None:
    assert complaint(line) is None


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert complaint("foretaste reccomend --bundle b")
    assert complaint("foretaste recommend --bundel b")
    assert complaint("foretaste data chekc x")
