"""Runs the comparisons by name: ``python -m benchmarks kshot strong loo cold_items``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_RUNS = 'if __name__ == "__main__"'


def main(argv: list[str]) -> int:
    """Run each in a process of its own, so that none pays for another's memory.

    Args:
        argv: Names, then options passed on to each; without names, what there is.

    Returns:
        The largest exit code.
    """
    files = [path for path in _HERE.glob("[!_]*.py") if _RUNS in path.read_text("utf-8")]
    known = sorted(path.stem for path in files)
    first = next((i for i, text in enumerate(argv) if text.startswith("-")), len(argv))
    names, options = argv[:first], argv[first:]
    unknown = [name for name in names if name not in known]
    if not names or unknown:
        print(f"usage: python -m benchmarks NAME ... [options]   names: {', '.join(known)}")
        return 2 if unknown else 0
    codes = []
    for name in names:
        print(f"== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *options]
        codes.append(subprocess.run(command, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
