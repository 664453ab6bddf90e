"""Our own form on disk: the same back, whole or absent, never by accident over something."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from foretaste.core import Dataset
from foretaste.core.errors import BusyError, DataError, StorageError
from foretaste.data import DatasetBuilder, read, read_native, write_native


@pytest.fixture
def shop() -> Dataset:
    data = (
        DatasetBuilder("shop")
        .items({"item_id": ["a", "b"], "title": ["Ran 乱", None], "tags": [["x"], []]})
        .people({"user_id": ["u"], "age": [40]})
        .interactions(
            {
                "user_id": ["u", "v"],
                "item_id": ["a", "b"],
                "type": ["comment", "view"],
                "words": ["很好", None],
                "device": ["tv", None],
                "timestamp": [1.5e9, None],
            }
        )
        .knowledge({"head": ["a"], "relation": ["by"], "tail": ["黒澤"]})
        .simulated("simulated audience")
        .build()
    )
    return data.with_vectors("image", np.eye(2, 3))


def test_it_reads_back_unchanged(shop: Dataset, tmp_path: Path) -> None:
    folder = write_native(shop, tmp_path / "out" / "shop")
    back = read(folder)
    assert back.digest == shop.digest
    for name in ("interactions", "items", "people", "knowledge", "remarks"):
        assert_frame_equal(getattr(back, name), getattr(shop, name))
    for name in ("item_roles", "people_roles", "kinds", "simulated", "name"):
        assert getattr(back, name) == getattr(shop, name)
    assert sorted(path.name for path in folder.parent.iterdir()) == ["shop"]


def test_nothing_is_overwritten_unasked(shop: Dataset, tmp_path: Path) -> None:
    folder = write_native(shop, tmp_path / "shop")
    with pytest.raises(StorageError, match="something already.*overwrite=True"):
        write_native(shop, folder)
    write_native(shop.with_interactions(shop.interactions.head(1)), folder, overwrite=True)
    assert len(read_native(folder).interactions) == 1
    foreign = tmp_path / "mine"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("dear")
    with pytest.raises(StorageError, match="no data folder of ours"):
        write_native(shop, foreign, overwrite=True)
    assert (foreign / "thesis.txt").read_text() == "dear"


@pytest.mark.parametrize("harm", ["change", "remove", "version", "not ours"])
def test_damage_is_noticed(shop: Dataset, tmp_path: Path, harm: str) -> None:
    folder = write_native(shop, tmp_path / "shop")
    manifest = json.loads((folder / "manifest.json").read_text())
    if harm == "change":
        with (folder / "items.parquet").open("r+b") as file:
            file.seek(10)
            file.write(b"!")
    elif harm == "remove":
        (folder / "people.parquet").unlink()
    else:
        manifest = {**manifest, "foretaste_data": 99} if harm == "version" else {"x": 1}
        (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match="written|version|no data folder"):
        read_native(folder)


def test_two_writers_do_not_meet(shop: Dataset, tmp_path: Path) -> None:
    aside = tmp_path / "shop.writing"
    aside.mkdir()
    (aside / "owner").write_text(str(os.getpid()))
    with pytest.raises(BusyError, match="another process is writing"):
        write_native(shop, tmp_path / "shop")
    (aside / "owner").write_text("999999999")  # nobody: left behind by a crash
    assert read_native(write_native(shop, tmp_path / "shop")).digest == shop.digest


def test_a_full_disk_leaves_nothing_and_keeps_the_old(
    shop: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_native(shop, tmp_path / "shop")

    def full(self: pl.DataFrame, path: object) -> None:
        Path(str(path)).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(StorageError, match="the disk is full"):
        write_native(shop, folder, overwrite=True)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]
    assert read_native(folder).digest == shop.digest
