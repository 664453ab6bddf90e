"""Install PyTorch and what stands on it, without pulling gigabytes of CUDA for nothing.

On a Linux machine without a GPU the CPU build is taken: from a local wheel folder if pip is
configured with one, else from PyTorch's own index. Everywhere else the ordinary build is right.
That torch cannot be had is a warning: nothing in the default path needs it.

Run: ``python tools/install_torch.py`` with the Python of the environment to install into.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec

CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def pip(*arguments: str) -> bool:
    """Run pip install in this environment under our constraints.

    Args:
        *arguments: What to install, and how.

    Returns:
        Whether it succeeded.
    """
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    answer = subprocess.run(
        [*command, "-c", "constraints.txt", *arguments],
        check=False,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        print("  " + "\n  ".join(answer.stderr.strip().splitlines()[-3:]))
    return answer.returncode == 0


def install_torch() -> bool:
    """Install torch itself, the smallest build that serves this machine.

    Returns:
        Whether it is there now.
    """
    if find_spec("torch"):
        return True
    if not sys.platform.startswith("linux") or shutil.which("nvidia-smi"):
        return pip("torch")
    # `--no-index` still looks into the folders pip is configured with.
    return pip("--no-index", "--no-deps", "torch") or pip(
        "--index-url", CPU_INDEX, "--no-deps", "--timeout", "20", "--retries", "1", "torch"
    )


def main() -> int:
    """Install torch, then what stands on it.

    Returns:
        Always 0: without torch its tests are skipped and say so.
    """
    if install_torch() and pip("-e", ".[torch]"):
        print("torch: installed")
    else:
        print("warning: torch could not be installed; the tests that need it will be skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
