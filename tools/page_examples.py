"""Runs the Python examples of a Markdown page, one namespace a page.

A block fenced as ``python`` is run. A block fenced as ``output`` directly after it is what it
prints; ``...`` stands for anything, runs of spaces are equal. A comment
``<!-- not run: why -->`` on the line before the fence leaves a block out.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FENCE = re.compile(
    r"(?P<skip><!-- not run: [^>]+ -->\n)?^(?P<indent> *)```(?P<kind>python|output)[^\n]*\n"
    r"(?P<text>.*?)^(?P=indent)```$",
    flags=re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Example:
    """One block, and what it should print if the page says so."""

    line: int
    code: str
    output: str | None
    skipped: bool


def examples(page: str) -> list[Example]:
    """The examples of a page in order."""
    found: list[Example] = []
    end = -1
    for match in FENCE.finditer(page):
        indent = len(match["indent"])
        text = "".join(line[indent:] or "\n" for line in match["text"].splitlines(keepends=True))
        line = page.count("\n", 0, match.start("text"))
        between = page[end : match.start()].strip() if end >= 0 else "start"
        if match["kind"] == "python":
            found.append(Example(line + 1, text, None, bool(match["skip"])))
        elif found and not between:
            last = found.pop()
            found.append(Example(last.line, last.code, text, last.skipped))
        else:
            raise ValueError(f"line {line}: an output block without a python block before it")
        end = match.end()
    return found


def run(path: Path) -> int:
    """Run a page; an example that fails or prints something else raises."""
    namespace: dict[str, Any] = {"__name__": "page"}
    page = examples(path.read_text(encoding="utf-8"))
    for example in page:
        if example.skipped:
            continue
        # Empty lines in front make line numbers in a traceback those of the page.
        source = "\n" * (example.line - 1) + example.code
        name = f"{path}"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, name, "exec"), namespace)
        if example.output is not None and not agrees(example.output, printed.getvalue()):
            raise AssertionError(
                f"{path}:{example.line}: the page says\n{example.output}\n"
                f"but the example prints\n{printed.getvalue()}"
            )
    return sum(not example.skipped for example in page)


def agrees(written: str, printed: str) -> bool:
    """Whether what a page says is what was printed."""

    def squeeze(text: str) -> str:
        return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())

    pattern = ".*?".join(re.escape(part) for part in squeeze(written).split("..."))
    return re.fullmatch(pattern, squeeze(printed), flags=re.DOTALL) is not None
