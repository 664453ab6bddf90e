"""``foretaste fit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from foretaste.cli.data import ColumnOption, FormatOption, ItemsOption, read_options
from foretaste.cli.output import JsonFlag, note, progress, say, show_json
from foretaste.core.errors import SettingsError

__all__ = ["fit", "parse_overrides"]

_WORTH_REPEATING = ("columns", "positive threshold")
"""Guesses that change every answer when they are wrong."""


def fit(
    data: Annotated[Path, typer.Option(help="File, folder or archive; see: foretaste data.")],
    out: Annotated[Path, typer.Option(help="Where the bundle is written.")],
    items: ItemsOption = None,
    column: ColumnOption = None,
    format_: FormatOption = None,
    config: Annotated[Path | None, typer.Option(help="A TOML file of settings.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="One setting, such as models.ease.ridge=100.")
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace a bundle that is there.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Learn from data and write a bundle."""
    from foretaste.app import fit as fit_data
    from foretaste.app import load_settings
    from foretaste.app.bundles import save
    from foretaste.data import read_with_report
    from foretaste.recommend import claim_bundle

    settings = load_settings(config, parse_overrides(set_))
    with claim_bundle(out, overwrite=overwrite) as place, progress(quiet=as_json) as tell:
        tell("reading", 0.0)
        dataset, report = read_with_report(
            data, signals=settings.signals, **read_options(column, format_, items)
        )
        recommender = fit_data(dataset, settings, progress=tell)
        tell("writing", 1.0)
        save(recommender, place)
    warnings = [
        str(one) for one in report if one.level == "warning" or one.topic in _WORTH_REPEATING
    ]
    for warning in (*warnings, *getattr(recommender.encoder, "warnings", ())):
        note(warning)
    if as_json:
        show_json(
            {
                "bundle": str(out),
                "digest": recommender.digest,
                "warnings": warnings,
                **recommender.card,
            }
        )
        return
    card = recommender.card
    say(
        f"Fitted {', '.join(recommender.parts)} on {card['people']:,} people, "
        f"{card['items']:,} items and {card['events']:,} events in {card['seconds']:.1f} s."
    )
    if dataset.simulated:
        say(f"Note: {dataset.simulated}.")
    say(f"Bundle {recommender.digest} written to {out}")
    say(f'Next: foretaste recommend --bundle {out} --user ID   or   --wish "..."')


def parse_overrides(given: list[str] | None) -> dict[str, Any]:
    """Turn ``name=value`` words into settings.

    Args:
        given: The words.

    Returns:
        Values by dotted name.

    Raises:
        SettingsError: If a word has no ``=``.
    """
    found: dict[str, Any] = {}
    for word in given or ():
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise SettingsError("--set needs a name and a value", expected="name=value", got=word)
        found[name.strip()] = value.strip()
    return found
