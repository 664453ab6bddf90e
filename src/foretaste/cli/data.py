"""``foretaste data describe | check | import`` and the downloads."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from foretaste.cli.output import JsonFlag, note, progress, say, show_json
from foretaste.core.errors import InputError, SettingsError

__all__ = ["app", "download"]

app = typer.Typer(
    help="Look at data, check it, bring it into our own form.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

PathArgument = Annotated[Path, typer.Argument(help="A file, folder or zip in any known form.")]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option("--column", help="Which column plays a part, such as item_id=sku."),
]
FormatOption = Annotated[
    str | None, typer.Option("--format", help="State the form instead of guessing.")
]
ItemsOption = Annotated[
    list[Path] | None, typer.Option("--items", help="A further table of item attributes.")
]


def read_options(
    column: list[str] | None, format_: str | None, items: list[Path] | None
) -> dict[str, Any]:
    """What the reading options of a command mean.

    Args:
        column: ``part=column`` words.
        format_: A form.
        items: Further tables of item attributes.

    Returns:
        Options for :func:`foretaste.read`.

    Raises:
        SettingsError: If a word has no ``=``.
    """
    found: dict[str, Any] = {}
    columns = {}
    for word in column or ():
        part, equals, name = word.partition("=")
        if not equals:
            raise SettingsError("--column needs two names", expected="part=column", got=word)
        columns[part.strip()] = name.strip()
    if columns:
        found["columns"] = columns
    if format_:
        found["format"] = format_
    if items:
        found["items"] = tuple(items)
    return found


@app.command()
def describe(
    path: PathArgument,
    picture: Annotated[Path | None, typer.Option(help="Draw a PNG, SVG or PDF.")] = None,
    column: ColumnOption = None,
    format_: FormatOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Print a readable sheet: what is there, and what was guessed."""
    from foretaste.data import describe as sheet_of
    from foretaste.data import read_with_report

    dataset, report = read_with_report(path, **read_options(column, format_, None))
    sheet = sheet_of(dataset)
    if picture is not None:
        sheet.picture(picture)
    if as_json:
        show_json({"sheet": asdict(sheet), "report": [asdict(one) for one in report]})
        return
    say(str(sheet))
    say()
    say("What was guessed while reading", style="bold")
    say(str(report))
    if picture is not None:
        say(f"Picture: {picture}")


@app.command()
def check(path: PathArgument, as_json: JsonFlag = False) -> None:
    """Look for what spoils a fit: duplicates, impossible times, ids that do not join, leaks."""
    from foretaste.data import check as look

    findings = look(path)
    if as_json:
        show_json([asdict(one) for one in findings])
    elif not findings:
        say("Nothing to complain about.")
    else:
        for one in findings:
            say(str(one))


@app.command("import")
def import_(
    path: PathArgument,
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    items: ItemsOption = None,
    column: ColumnOption = None,
    format_: FormatOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace what an import wrote.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write our own form: Parquet tables and a manifest, whole or not at all."""
    from foretaste.data import read_with_report, write_native

    with progress(quiet=as_json) as tell:
        tell("reading", 0.0)
        dataset, report = read_with_report(path, **read_options(column, format_, items))
        tell("writing", 0.9)
        write_native(dataset, out, overwrite=overwrite)
    if as_json:
        show_json(
            {"out": str(out), "digest": dataset.digest, "report": [asdict(f) for f in report]}
        )
        return
    for one in report.warnings:
        note(str(one))
    say(
        f"{dataset.interactions.height:,} events, {dataset.n_users:,} people and "
        f"{dataset.n_items:,} items written to {out}"
    )


@app.command("download")
def download_data(
    name: Annotated[str, typer.Argument(help="movielens-100k, 1m, latest-small or latest.")],
    out: Annotated[Path, typer.Option(help="Folder to unpack into.")] = Path("data"),
    accept: Annotated[bool, typer.Option("--accept", help="Accept the terms shown.")] = False,
) -> None:
    """Fetch a public data set from its publisher, once its terms are accepted."""
    from foretaste.data import download as fetch
    from foretaste.data import terms

    say(terms(name))
    if not accept:
        import sys

        if not sys.stdin.isatty():
            raise InputError("the terms are not accepted", remedy="Read them, then add --accept")
        accept = typer.confirm("Do you accept these terms?")
    with progress() as tell:
        place = fetch(
            name,
            out,
            accept=accept,
            progress=lambda done, of: tell("downloading", done / of if of else 0.0),
        )
    say(f"Unpacked into {place}")


def download(
    name: Annotated[str, typer.Argument(help="minilm, the default text encoder.")] = "minilm",
    out: Annotated[Path | None, typer.Option(help="Folder; none takes the usual cache.")] = None,
) -> None:
    """Fetch what did not come with the package: the text encoder's weights."""
    from foretaste.core.errors import UnknownNameError
    from foretaste.language import download_minilm

    if name != "minilm":
        raise UnknownNameError("download", name, ["minilm"])
    with progress() as tell:
        place = download_minilm(out, lambda done, of: tell("downloading", done / of if of else 0.0))
    say(f"Weights checked and in {place}")
