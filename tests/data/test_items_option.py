"""A further table of item attributes, joined by id."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretaste.core.errors import InputError
from foretaste.data import read, write_native


@pytest.fixture
def events(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "interactions.csv").write_text("user_id,item_id\nann,a\nbob,b\n")
    (folder / "items.csv").write_text("item_id,title,year\na,First,1990\nb,,1991\n")
    return folder


def test_attributes_join_and_earlier_tables_go_first(events: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("item_id,title,plot\nb,Second,A plot about a boat.\na,Other,\nc,Third,New.\n")
    data = read(events, items=[more])
    assert data.item_ids.ids == ("a", "b", "c")
    assert data.items["title"].to_list() == ["First", "Second", "Third"]
    assert data.items["year"].to_list() == [1990, 1991, None]
    assert data.items["plot"].to_list()[1] == "A plot about a boat."


def test_what_was_imported_is_not_added_to(events: Path, tmp_path: Path) -> None:
    write_native(read(events), tmp_path / "own")
    with pytest.raises(InputError, match="Import the original again"):
        read(tmp_path / "own", items=[events / "items.csv"])
