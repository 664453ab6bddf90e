"""``foretaste evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foretaste.cli.data import ColumnOption, FormatOption, ItemsOption, read_options
from foretaste.cli.fit import parse_overrides
from foretaste.cli.output import JsonFlag, progress, say, show_json
from foretaste.core.errors import InputError

if TYPE_CHECKING:
    from foretaste.evaluate import Report

__all__ = ["evaluate"]


def evaluate(
    data: Annotated[Path, typer.Option(help="File, folder or archive.")],
    models: Annotated[str, typer.Option(help="Names separated by commas.")] = "taste,popularity",
    protocol: Annotated[
        str,
        typer.Option(
            help="global-time, leave-one-out, strong-generalisation, k-shot, cold-items, "
            "cross-validation or melu."
        ),
    ] = "global-time",
    metrics: Annotated[
        str | None, typer.Option(help="Such as ndcg@10,recall@20,coverage@10.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="A setting of the protocol, such as people=200.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="A TOML file of settings.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="One setting, such as models.ease.ridge=100.")
    ] = None,
    items: ItemsOption = None,
    column: ColumnOption = None,
    format_: FormatOption = None,
    json_file: Annotated[
        Path | None, typer.Option("--json-file", help="Also write everything as JSON.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw a PNG, SVG or PDF.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Measure models side by side: all items ranked, intervals, a run card."""
    from foretaste.app import load_settings
    from foretaste.app.evaluating import evaluate_models
    from foretaste.app.fitting import read
    from foretaste.evaluate import protocol as find_protocol

    names = [name.strip() for name in models.split(",") if name.strip()]
    chosen = {name: _number(value) for name, value in parse_overrides(option).items()}
    find_protocol(protocol, **chosen)
    settings = load_settings(
        config, {"sources": tuple(dict.fromkeys(names)) or ("popularity",), **parse_overrides(set_)}
    )
    dataset = read(data, signals=settings.signals, **read_options(column, format_, items))
    with progress(quiet=as_json) as tell:
        report = evaluate_models(
            dataset,
            names,
            protocol_name=protocol,
            protocol_settings=chosen,
            metrics=metrics.split(",") if metrics else None,
            config=settings,
            progress=tell,
        )
    if not report.rows:
        raise InputError(
            "nobody could be asked",
            where=protocol,
            remedy="The data is too small for this protocol; try another, or see its settings",
        )
    _show(report, dataset.simulated, json_file, picture, as_json)


def _show(
    report: Report,
    simulated: str | None,
    json_file: Path | None,
    picture: Path | None,
    as_json: bool,
) -> None:
    from foretaste.evaluate import draw_report

    if json_file is not None:
        report.write_json(json_file)
    if picture is not None:
        draw_report(report, picture)
    if as_json:
        show_json(report.to_dict())
        return
    if simulated:
        say(f"People: {simulated}", style="dim")
    say(report.markdown() if not _terminal() else report.table())
    for place in (json_file, picture):
        if place is not None:
            say(f"Written: {place}")


def _terminal() -> bool:
    import sys

    return sys.stdout.isatty()


def _number(text: str) -> object:
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
