"""Bundles: whole or absent, and nothing foreign is believed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors import SafetensorError

from foretaste.core import State
from foretaste.core.errors import BundleError, BusyError, StorageError
from foretaste.recommend import bundle as module
from foretaste.recommend.bundle import Bundle, read_bundle, write_bundle


@pytest.fixture
def bundle() -> Bundle:
    state = State({"w": np.arange(6.0).reshape(2, 3), "names": np.frombuffer(b"ab", np.uint8)},
                  {"ridge": 1.5, "who": "汉"})  # fmt: skip
    return Bundle({"ease": state}, {"items": pl.DataFrame({"item_id": ["a", "汉"]})}, {"n": 1})


def test_what_is_read_is_what_was_written(bundle: Bundle, tmp_path: Path) -> None:
    digest = write_bundle(bundle, tmp_path / "b")
    found = read_bundle(tmp_path / "b")
    assert found.digest == digest
    assert (found.parts["ease"].arrays["w"] == bundle.parts["ease"].arrays["w"]).all()
    assert found.parts["ease"].meta == {"ridge": 1.5, "who": "汉"}
    assert found.tables["items"].equals(bundle.tables["items"])
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_the_same_content_has_the_same_digest(bundle: Bundle, tmp_path: Path) -> None:
    assert write_bundle(bundle, tmp_path / "a") == write_bundle(bundle, tmp_path / "b")


@pytest.mark.parametrize(
    "name", ["parts/ease.safetensors", "tables/items.parquet", "manifest.json"]
)
def test_a_damaged_file_is_refused(bundle: Bundle, tmp_path: Path, name: str) -> None:
    write_bundle(bundle, tmp_path / "b")
    path = tmp_path / "b" / name
    content = path.read_bytes()
    path.write_bytes(content.replace(b"1.5", b"2.5") if name == "manifest.json" else content[:-1])
    with pytest.raises(BundleError):
        read_bundle(tmp_path / "b")


def test_a_missing_file_and_a_foreign_folder_are_refused(bundle: Bundle, tmp_path: Path) -> None:
    write_bundle(bundle, tmp_path / "b")
    (tmp_path / "b" / "parts" / "ease.safetensors").unlink()
    with pytest.raises(BundleError, match="missing"):
        read_bundle(tmp_path / "b")
    with pytest.raises(BundleError, match="foretaste fit"):
        read_bundle(tmp_path)
    (tmp_path / "manifest.json").write_text('{"hello": 1}')
    with pytest.raises(BundleError, match="not a bundle of ours"):
        read_bundle(tmp_path)


def test_another_version_is_refused_with_the_remedy(bundle: Bundle, tmp_path: Path) -> None:
    write_bundle(bundle, tmp_path / "b")
    path = tmp_path / "b" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["foretaste_bundle"] = 0
    path.write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match=r"expected version 1; got 0.*Fit again"):
        read_bundle(tmp_path / "b")


def test_a_manifest_without_digest_or_too_deep_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    write_bundle(bundle, tmp_path / "b")
    path = tmp_path / "b" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["digest"]
    path.write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="manifest was changed"):
        read_bundle(tmp_path / "b")
    path.write_text("[" * 100_000)
    with pytest.raises(BundleError, match="not a bundle of ours"):
        read_bundle(tmp_path / "b")


def test_a_manifest_cannot_reach_outside(bundle: Bundle, tmp_path: Path) -> None:
    write_bundle(bundle, tmp_path / "b")
    path = tmp_path / "b" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"]["../../etc/passwd"] = "0"
    path.write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="outside"):
        read_bundle(tmp_path / "b")


def test_nothing_is_overwritten_by_accident(bundle: Bundle, tmp_path: Path) -> None:
    write_bundle(bundle, tmp_path / "b")
    with pytest.raises(StorageError, match="already"):
        write_bundle(bundle, tmp_path / "b")
    write_bundle(bundle, tmp_path / "b", overwrite=True)
    (tmp_path / "mine").mkdir()
    with pytest.raises(StorageError, match="no bundle"):
        write_bundle(bundle, tmp_path / "mine", overwrite=True)
    (tmp_path / "mine" / "manifest.json").write_text('{"foretaste_data": 1}')
    with pytest.raises(StorageError, match="no bundle"):
        write_bundle(bundle, tmp_path / "mine", overwrite=True)


def test_two_writers_into_one_place(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "b.writing").mkdir()
    with pytest.raises(BusyError, match="another process"):
        write_bundle(bundle, tmp_path / "b")


def test_a_place_below_a_file_is_no_other_process(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="could not be written"):
        write_bundle(bundle, tmp_path / "file" / "b")


@pytest.mark.parametrize(
    "failure",
    [
        OSError(28, "No space left on device"),
        SafetensorError("I/O error: No space left on device (os error 28)"),
        KeyboardInterrupt(),
    ],
)
def test_an_interrupted_write_leaves_nothing_and_keeps_the_old(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    digest = write_bundle(bundle, tmp_path / "b")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(module, "file_sha256", fail)
    kind = StorageError if isinstance(failure, Exception) else KeyboardInterrupt
    with pytest.raises(kind):
        write_bundle(bundle, tmp_path / "b", overwrite=True)
    monkeypatch.undo()
    assert read_bundle(tmp_path / "b").digest == digest
    assert [p.name for p in tmp_path.iterdir()] == ["b"]
