"""Run every check and say at the end which failed: one broken rule does not hide another.

Run: ``make check``, or ``python tools/check.py [NAME ...]`` for some of them.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

PYTHON = sys.executable
LAYERS = "from importlinter.cli import lint_imports_command as run; run(['--no-logo'])"
DOCSTRINGS = "from pydoclint.main import main; main()"
CHECKS: dict[str, Sequence[str]] = {
    "style": (PYTHON, "-m", "ruff", "check", "--quiet", "."),
    "format": (PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."),
    "types": (PYTHON, "-m", "mypy"),
    "layers": (PYTHON, "-c", LAYERS),
    "docstrings": (PYTHON, "-c", DOCSTRINGS, "--quiet", "src"),
    "sizes": (PYTHON, "tools/check_sizes.py"),
    "settings": (PYTHON, "tools/check_settings.py"),
    "hygiene": (PYTHON, "tools/check_hygiene.py"),
    "import": (PYTHON, "tools/check_import.py"),
    "packages": (PYTHON, "tools/check_dependencies.py"),
}


def run(name: str, command: Sequence[str]) -> bool:
    """Run one check; its words are shown only when it fails, its notes always.

    Args:
        name: What to call it.
        command: What to run.

    Returns:
        Whether it passed.
    """
    start_s = time.monotonic()
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    fine = answer.returncode == 0
    took_s = time.monotonic() - start_s
    print(f"{'ok    ' if fine else 'FAILED'} {name:<10} {took_s:5.1f} s", flush=True)
    notes = [line for line in answer.stdout.splitlines() if line.startswith("note:")]
    if fine and notes:
        print("\n".join(f"       {line}" for line in notes), flush=True)
    if not fine:
        words = (answer.stdout + answer.stderr).strip().splitlines()
        print("\n".join(f"       {line}" for line in words), flush=True)
    return fine


def main(names: list[str], checks: dict[str, Sequence[str]] | None = None) -> int:
    """Run the checks and sum up.

    Args:
        names: Which ones; all when empty.
        checks: What there is, if not ours.

    Returns:
        The exit code: 1 when any failed, 2 for a name that does not exist.
    """
    known = CHECKS if checks is None else checks
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"there is no check {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    failed = [name for name in names or known if not run(name, known[name])]
    print(f"checks: {', '.join(failed)} failed" if failed else "checks: all fine")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
