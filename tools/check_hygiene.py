"""Check for what the linters do not see: machine paths, stored code, unsafe loading.

1. No tracked text file names an absolute path of somebody's machine.
2. No call in the package may run code from a file: ``allow_pickle=True``,
   ``weights_only=False``, ``trust_remote_code=True``; ``.to_pickle`` / ``.read_pickle`` neither.
3. No tracked file is larger than 2 MB.

Run: ``python tools/check_hygiene.py [ROOT]`` (default: the current folder).
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LARGEST_BYTES = 2_000_000
MACHINE_PATH = re.compile(
    r"(?<![\w.~}/-])/(?:home|root|Users|work|opt|mnt|srv)/[\w.-]+|\b[A-Z]:\\+Users\\"
)
UNSAFE_KEYWORDS = {"allow_pickle": True, "weights_only": False, "trust_remote_code": True}
UNSAFE_METHODS = {"to_pickle", "read_pickle"}
# This file names what it looks for, and its test shows it.
EXEMPT = {"tools/check_hygiene.py", "tests/house/test_hygiene.py"}


def tracked(root: Path) -> list[Path]:
    """Files that are, or would be, in version control.

    Args:
        root: The checkout; where git does not know it, every file counts.

    Returns:
        Existing files.
    """
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=root, capture_output=True, check=False)
    if answer.returncode == 0:
        names = [name for name in answer.stdout.decode().split("\0") if name]
        return [root / name for name in names if (root / name).is_file()]
    return [path for path in root.rglob("*") if path.is_file()]


def unsafe_calls(path: Path) -> Iterator[str]:
    """Calls of one Python file that could run code from data.

    Args:
        path: A Python file.

    Yields:
        One sentence for each.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in UNSAFE_METHODS:
            yield f"{path}:{node.lineno}: {node.func.attr} stores or runs a pickle"
        for keyword in node.keywords:
            value = keyword.value
            if (
                keyword.arg in UNSAFE_KEYWORDS
                and isinstance(value, ast.Constant)
                and value.value is UNSAFE_KEYWORDS[keyword.arg]
            ):
                yield f"{path}:{node.lineno}: {keyword.arg}={value.value} may run code from a file"


def findings(root: Path) -> Iterator[str]:
    """Everything in a checkout that breaks a rule of this file.

    Args:
        root: The checkout.

    Yields:
        One sentence for each.
    """
    for path in tracked(root):
        name = path.relative_to(root).as_posix()
        if path.stat().st_size > LARGEST_BYTES:
            yield f"{name}: {path.stat().st_size:,} bytes, more than {LARGEST_BYTES:,}"
        if name in EXEMPT:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # not text: nothing to read here
        for number, line in enumerate(text.splitlines(), 1):
            hit = MACHINE_PATH.search(line)
            if hit:
                yield f"{name}:{number}: the path {hit.group()} exists on one machine only"
        if path.suffix == ".py" and name.startswith("src/"):
            yield from unsafe_calls(path)


def main(arguments: list[str]) -> int:
    """Check and print what was found.

    Args:
        arguments: The checkout, if not the current folder.

    Returns:
        The exit code.
    """
    found = list(findings(Path(arguments[0] if arguments else ".").resolve()))
    print("\n".join(found) if found else "hygiene: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
