"""The size check refuses what is too large or too small, and nothing else."""

from pathlib import Path

import pytest

import check_sizes


def room(tmp_path: Path, **files: str) -> Path:
    """A package folder with the given files and enough others."""
    for name, text in {"__init__": "", "a": "", "b": "", **files}.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


def test_a_small_room_is_fine(tmp_path: Path) -> None:
    assert list(check_sizes.findings(room(tmp_path))) == []
    assert check_sizes.main([str(tmp_path)]) == 0


def test_a_file_of_301_lines_is_refused_and_300_are_not(tmp_path: Path) -> None:
    assert not list(check_sizes.findings(room(tmp_path, long="x = 1\n" * 300)))
    (found,) = check_sizes.findings(room(tmp_path, long="x = 1\n" * 301))
    assert "301 lines" in found
    assert check_sizes.main([str(tmp_path)]) == 1


@pytest.mark.parametrize("prefix", ["", "async "])
def test_a_function_of_61_lines_is_refused_and_60_are_not(tmp_path: Path, prefix: str) -> None:
    body = "    x = 1\n"
    assert not list(check_sizes.findings(room(tmp_path, f=f"{prefix}def f():\n" + body * 59)))
    (found,) = check_sizes.findings(room(tmp_path, f=f"{prefix}def f():\n" + body * 60))
    assert "function f has 61 lines" in found


def test_thirteen_files_are_refused_and_a_door_is_free(tmp_path: Path) -> None:
    ten = {f"m{i}": "" for i in range(10)}
    assert not list(check_sizes.findings(room(tmp_path, **ten)))
    (found,) = check_sizes.findings(room(tmp_path, **ten, m10=""))
    assert "13 files" in found


def test_a_lonely_file_is_refused_but_data_folders_are_not(tmp_path: Path) -> None:
    root = room(tmp_path)
    (root / "data").mkdir()
    (root / "data" / "sample.csv").write_text("x")
    assert not list(check_sizes.findings(root))
    (root / "lonely").mkdir()
    (root / "lonely" / "__init__.py").write_text("")
    (found,) = check_sizes.findings(root)
    assert "fewer than 3" in found
