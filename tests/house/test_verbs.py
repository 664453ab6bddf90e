"""The verbs of the Makefile and what CI runs."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERBS = ("quickstart", "test", "check", "bench", "docs", "lock", "clean", "venv", "wheel", "format")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    # Not a part of the `make test` that may be running this.
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))
    }
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_help_names_every_verb() -> None:
    listed = make("help").stdout
    assert [verb for verb in VERBS if not re.search(rf"^  make {verb} ", listed, re.M)] == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_knows_what_to_do_from_nothing(verb: str, tmp_path: Path) -> None:
    planned = make("--dry-run", verb, f"VENV={tmp_path / 'new'}")
    assert planned.returncode == 0, planned.stderr
    if verb != "clean":
        assert f"-m venv {tmp_path / 'new'}" in planned.stdout


def test_a_python_that_is_too_old_is_refused_with_the_remedy(tmp_path: Path) -> None:
    answer = make("venv", "PYTHON=", f"VENV={tmp_path / 'new'}")
    assert answer.returncode != 0
    assert "No Python 3.11 or newer found" in answer.stdout + answer.stderr
    assert not (tmp_path / "new").exists()


def test_what_ci_runs_is_sound_bash() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text(encoding="utf-8")
    assert "set -euo pipefail" in text
    assert "://" not in text


def test_a_failing_step_of_ci_fails_it_at_the_end(tmp_path: Path) -> None:
    """With a make that fails on one step, the others still run and the script fails."""
    fake = tmp_path / "make"
    fake.write_text('#!/bin/sh\necho "called $*"\ncase "$*" in *quickstart*) exit 3;; esac\n')
    fake.chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    script = [str(ROOT / ".ci" / "run")]
    answer = subprocess.run(script, env=env, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert answer.stdout.count("called") == 3
    assert "quickstart FAILED" in answer.stdout
