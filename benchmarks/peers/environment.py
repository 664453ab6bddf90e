"""Makes a peer's environment once, on demand: ``.venv-peers/<name>`` beside the checkout."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

__all__ = ["PEERS", "python_of"]

PEERS = {"implicit": ("implicit==0.7.3", "numpy", "scipy", "threadpoolctl")}
"""What is installed for each peer."""

_HOME = Path(__file__).resolve().parents[2] / ".venv-peers"


def python_of(name: str) -> Path:
    """Find, or make, the interpreter of a peer's environment.

    Args:
        name: One of :data:`PEERS`.

    Returns:
        Path of the interpreter.
    """
    home = _HOME / name
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = home / ".done"
    wanted = "\n".join(PEERS[name])
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        print(f"setting up {name} in {home.relative_to(_HOME.parent)} (once) ...", flush=True)
        venv.create(home, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *PEERS[name]], check=True)
        done.write_text(wanted, encoding="utf-8")
    return python
