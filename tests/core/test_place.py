"""A claimed folder: whole or absent, and nothing that is not ours is ever lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretaste.core import claim
from foretaste.core.errors import BusyError, StorageError


def ours(folder: Path) -> bool:
    return (folder / "content").is_file()


def write(folder: Path, content: str, *, overwrite: bool = False) -> None:
    with claim(folder, "thing", ours, overwrite=overwrite) as place:
        (place.aside / "content").write_text(content)
        place.swap()


def test_what_was_there_is_replaced_and_neighbours_stay(tmp_path: Path) -> None:
    (tmp_path / "a.old").mkdir()
    (tmp_path / "a.old" / "thesis.txt").write_text("dear")
    write(tmp_path / "a", "one")
    write(tmp_path / "a", "two", overwrite=True)
    assert (tmp_path / "a" / "content").read_text() == "two"
    assert (tmp_path / "a.old" / "thesis.txt").read_text() == "dear"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.old"]


def test_nothing_foreign_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(StorageError, match="no thing of ours"):
        write(tmp_path / "a", "one", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_was_there_comes_back_when_the_swap_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a", "one")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.endswith(".writing"):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "a", "two", overwrite=True)
    monkeypatch.undo()
    assert (tmp_path / "a" / "content").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_second_writer_is_refused_and_a_dead_one_is_not_waited_for(tmp_path: Path) -> None:
    with claim(tmp_path / "a", "thing", ours) as first:
        with pytest.raises(BusyError, match="another process"):
            write(tmp_path / "a", "two")
        assert first.aside.is_dir()
    (tmp_path / "a.writing").mkdir()
    (tmp_path / "a.writing" / "owner").write_text("999999999")
    write(tmp_path / "a", "one")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
