"""The audit of packages fails for a known hole, and says when it could not look."""

import json
import subprocess
from types import SimpleNamespace

import pytest

import check_dependencies

HOLE = {"id": "GHSA-x", "fix_versions": ["2.0"], "aliases": []}
KNOWN = {"name": "leaky", "version": "1.0", "vulns": [HOLE]}
FINE = {"name": "sound", "version": "3.1", "vulns": []}
UNSEEN = {"name": "strange", "version": "1", "skip_reason": "not found"}


def test_a_known_hole_is_named_with_its_remedy() -> None:
    looked_up, found = check_dependencies.judge({"dependencies": [KNOWN, FINE, UNSEEN]})
    assert looked_up == 2
    assert found == ["leaky 1.0: GHSA-x (fixed in 2.0)"]


@pytest.mark.parametrize(
    ("listed", "code", "word"),
    [([KNOWN], 1, "GHSA-x"), ([FINE], 0, ""), ([UNSEEN], 0, "note: vulnerabilities NOT audited")],
)
def test_the_exit_code_and_the_words(listed, code, word, monkeypatch, capsys) -> None:
    def run(command, **more):
        audit = "pip_audit" in command
        return SimpleNamespace(stdout=json.dumps({"dependencies": listed}) if audit else "")

    monkeypatch.setattr(subprocess, "run", run)
    assert check_dependencies.main([]) == code
    assert word in capsys.readouterr().out


def test_packages_that_contradict_each_other_fail(monkeypatch, capsys) -> None:
    def run(command, **more):
        if "pip_audit" in command:
            return SimpleNamespace(stdout=json.dumps({"dependencies": [FINE]}))
        return SimpleNamespace(stdout="a 1.0 requires b, which is not installed.\n")

    monkeypatch.setattr(subprocess, "run", run)
    assert check_dependencies.main([]) == 1
    assert "requires b" in capsys.readouterr().out
