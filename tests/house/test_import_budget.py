"""``import foretaste`` is light, and the check would notice if it were not."""

import pytest

import check_import


def test_the_base_import_loads_nothing_heavy(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_import.main([]) == 0, capsys.readouterr().out


def test_a_heavy_import_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_import.main(["import scipy", "60"]) == 1
    assert "loads scipy" in capsys.readouterr().out


def test_a_slow_import_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_import.main(["time.sleep(.02)", "0.01"]) == 1
    assert "more than 0.01 s" in capsys.readouterr().out
