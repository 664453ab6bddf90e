"""The reference pages are what the program says now."""

from pathlib import Path

import make_references

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
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
