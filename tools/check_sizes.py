"""Check the sizes that keep a file readable in one sitting.

Files at most 300 lines, functions at most 60 (from the first decorator-free line to the last,
docstring included), folders of a package 3 to 12 files.

Run: ``python tools/check_sizes.py [ROOT ...]`` (default ``src/foretaste``); exit code 1 and
one line per finding when something is too large.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 300
FUNCTION_LINES = 60
FOLDER_FILES = (3, 12)


def long_functions(path: Path) -> Iterator[str]:
    """Functions of one file that are longer than :data:`FUNCTION_LINES`.

    Args:
        path: A Python file.

    Yields:
        One sentence for each.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield (
                    f"{path}:{node.lineno}: function {node.name} has {lines} lines,"
                    f" more than {FUNCTION_LINES}"
                )


def findings(root: Path) -> Iterator[str]:
    """Everything under a package folder that breaks a size rule.

    ``__init__.py`` counts as a file of its folder for the lower bound only: a room of twelve
    files may have a door. Folders without any Python file (packaged data) are not looked at.

    Args:
        root: The package folder.

    Yields:
        One sentence for each.
    """
    least, most = FOLDER_FILES
    for folder in sorted({root, *(path for path in root.rglob("*") if path.is_dir())}):
        files = sorted(folder.glob("*.py"))
        if not files:
            continue
        packages = [path for path in folder.iterdir() if (path / "__init__.py").is_file()]
        counted = len([path for path in files if path.name != "__init__.py"])
        if counted > most:
            yield f"{folder}: {counted} files, more than {most}: make sub-folders"
        if len(files) + len(packages) < least:
            yield f"{folder}: {len(files)} files, fewer than {least}: fold them into the parent"
        for path in files:
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > FILE_LINES:
                yield f"{path}: {lines} lines, more than {FILE_LINES}"
            yield from long_functions(path)


def main(arguments: list[str]) -> int:
    """Check each root and print what was found.

    Args:
        arguments: Package folders.

    Returns:
        The exit code.
    """
    roots = [Path(argument) for argument in arguments] or [Path("src/foretaste")]
    found = [finding for root in roots for finding in findings(root)]
    print("\n".join(found) if found else "sizes: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
