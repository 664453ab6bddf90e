"""How things look: tables and sentences for people, JSON for programs, errors apart."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from foretaste.core import Answer

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "JsonFlag",
    "answer_json",
    "facts",
    "fail",
    "moment",
    "note",
    "progress",
    "say",
    "show_answer",
    "show_json",
    "table",
]

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@cache
def _console(to_stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=to_stderr, highlight=False, soft_wrap=to_stderr)


def say(text: str = "", style: str | None = None, *, whole: bool = False) -> None:
    """Print a line for people.

    Args:
        text: The line; never read as markup.
        style: A rich style.
        whole: Never break the line: it holds an address or a key that is to be copied.
    """
    _console(False).print(text, style=style, markup=False, soft_wrap=whole)
    sys.stdout.flush()  # a server's log shows it now, not when the server ends


def note(text: str) -> None:
    """Print a remark that is not the answer (standard error).

    Args:
        text: The remark.
    """
    _console(True).print(f"note: {text}", style="yellow", markup=False)


def fail(text: str) -> None:
    """Print an error (standard error).

    Args:
        text: One sentence.
    """
    _console(True).print(f"error: {text}", style="bold red", markup=False)


def show_json(value: Any) -> None:
    """Print one JSON document.

    Args:
        value: JSON-like values.
    """
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None) -> None:
    """Print a table; numbers to the right.

    Args:
        columns: Headings.
        rows: Cells; floats are shown with four digits.
        title: A line above.
    """
    from rich.table import Table
    from rich.text import Text

    lines = [list(row) for row in rows]
    found = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for position, name in enumerate(columns):
        numeric = all(isinstance(line[position], int | float) for line in lines)
        last = position == len(columns) - 1
        name_of_it = name.endswith("_id") or name == "bundle"  # to be copied
        found.add_column(name, justify="right" if numeric else "left",
                         overflow="fold", no_wrap=(numeric or name_of_it) and not last)  # fmt: skip
    for line in lines:
        found.add_row(
            *(Text(f"{cell:.4g}" if isinstance(cell, float) else str(cell)) for cell in line)
        )
    _console(False).print(found)


def moment(time_s: float | None) -> str:
    """A time for people.

    Args:
        time_s: Seconds since 1970 UTC.

    Returns:
        Day and minute in UTC; a dash for none.
    """
    return "-" if time_s is None else time.strftime("%Y-%m-%d %H:%M", time.gmtime(time_s))


def facts(values: Mapping[str, Any]) -> None:
    """Print named values, one a line; inner ones by their dotted names, times as times.

    Args:
        values: Name to value, likewise inside.
    """
    table(["what", "found"], list(_facts(values)))


def _facts(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _facts(value, f"{before}{name}.")
        elif name in ("created_s", "time_s"):
            yield f"{before}{name.removesuffix('_s')} (UTC)", moment(value)
        elif isinstance(value, list | tuple):
            yield before + name, ", ".join(map(str, value))
        elif value is not None:
            yield before + name, str(value)


def show_answer(answer: Answer, title: str | None = None) -> None:
    """Print a list with its reasons.

    Args:
        answer: The answer.
        title: A line above.
    """
    if title:
        say(title, style="bold cyan")
    for warning in answer.warnings:
        note(warning)
    rows = []
    for rank, (name, score, reasons) in enumerate(
        zip(answer.titles, answer.scores, answer.reasons, strict=True), start=1
    ):
        rows.append([rank, name, float(score), " ".join(reason.text for reason in reasons[:2])])
    table(["#", "title", "score", "because"], rows)
    say(f"answered by {answer.source} in {answer.timings_ms['total']:.1f} ms", style="dim")


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as JSON-like values.

    Args:
        answer: The answer.

    Returns:
        Everything in it.
    """
    items = [
        {
            "item_id": item_id,
            "title": title,
            "score": score,
            "rank": rank,
            "reasons": [
                {
                    "kind": r.kind,
                    "text": r.text,
                    "weight": r.weight,
                    "evidence": list(r.evidence),
                    "source": r.source,
                }
                for r in reasons
            ],
        }
        for rank, (item_id, title, score, reasons) in enumerate(
            zip(answer.item_ids, answer.titles, answer.scores, answer.reasons, strict=True), 1
        )
    ]
    if answer.uncertainty is not None:
        for item, sd in zip(items, answer.uncertainty, strict=True):
            item["uncertainty"] = sd
    return {
        "user_id": answer.query.user_id,
        "wish": answer.query.wish,
        "answer_id": answer.answer_id,
        "bundle_digest": answer.bundle_digest,
        "source": answer.source,
        "warnings": list(answer.warnings),
        "timings_ms": dict(answer.timings_ms),
        "items": items,
    }


@contextmanager
def progress(quiet: bool = False) -> Iterator[Callable[[str, float], None]]:
    """A progress line on standard error while something long is done.

    Args:
        quiet: Show nothing.

    Yields:
        What to tell the progress to: the step in words and its share, 0 to 1.
    """
    if quiet:
        yield lambda what, share: None
        return
    if not sys.stderr.isatty():
        yield _steps()
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console(True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)


def _steps() -> Callable[[str, float], None]:
    """Without a terminal: one line when a new step begins."""
    last = [""]

    def tell(what: str, share: float) -> None:
        if what != last[0]:
            last[0] = what
            _console(True).print(what, style="dim", markup=False)

    return tell


def _plain(value: Any) -> Any:
    for name in ("tolist", "isoformat"):
        if hasattr(value, name):
            return getattr(value, name)()
    return str(value)
