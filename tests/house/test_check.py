"""All checks run, whatever the first of them says."""

import sys

import pytest

import check

CHECKS = {
    "good": (sys.executable, "-c", "print('quiet')"),
    "bad": (sys.executable, "-c", "import sys; sys.exit('loud')"),
    "last": (sys.executable, "-c", ""),
}


def test_one_failure_fails_and_hides_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main([], CHECKS) == 1
    printed = capsys.readouterr().out
    assert "loud" in printed
    assert "quiet" not in printed
    assert "ok     last" in printed
    assert printed.endswith("checks: bad failed\n")


def test_some_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["good", "last"], CHECKS) == 0
    assert "bad" not in capsys.readouterr().out


def test_a_name_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["styel"], CHECKS) == 2
    assert "good, bad, last" in capsys.readouterr().out


def test_every_check_of_the_house_is_among_them() -> None:
    wanted = {"style", "format", "types", "layers", "docstrings", "sizes", "settings", "import"}
    assert wanted <= set(check.CHECKS)
