"""Bad input: one clear sentence, exit code 2, nothing half-written."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

Run = Callable[..., object]


def refused(found: object, *words: str, code: int = 2) -> None:
    assert found.code == code, (found.out, found.err)  # type: ignore[attr-defined]
    lines = [line for line in found.err.splitlines() if line.startswith("error:")]  # type: ignore[attr-defined]
    assert len(lines) == 1 and "Traceback" not in found.err  # type: ignore[attr-defined]
    for word in words:
        assert word in lines[0], lines[0]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", "", ["empty"]),
        ("header.csv", "user_id,item_id\n", []),
        ("columns.csv", "a,b\n1,2\n", ["item"]),
        ("nan.csv", "user_id,item_id,rating\nann,a,nan\nbob,b,3\n", ["nan.csv"]),
        ("inf.csv", "user_id,item_id,rating\nann,a,inf\nbob,b,3\n", ["inf.csv"]),
        ("words.csv", "user_id,item_id,rating\nann,a,good\nbob,b,3\n", ["good"]),
        ("time.csv", "user_id,item_id,timestamp\nann,a,soon\nbob,b,later\n", ["soon"]),
        ("ragged.csv", "user_id,item_id\nann,a\nbob,b,c,d\n", ["ragged.csv"]),
    ],
)
def test_files_that_cannot_be_used(
    run: Run, tmp_path: Path, name: str, content: str, words: list[str]
) -> None:
    path, out = tmp_path / name, tmp_path / "bundle"
    path.write_text(content, encoding="utf-8")
    refused(run("fit", "--data", path, "--out", out), *words)
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_place_that_is_not_there(run: Run, tmp_path: Path) -> None:
    refused(run("fit", "--data", tmp_path / "none", "--out", tmp_path / "b"), "none")
    refused(run("recommend", "--bundle", tmp_path / "none"), "not a bundle")


def test_ten_megabytes_in_one_cell(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("item_id,title,text\na,A," + "x" * 10_000_000 + "\n", encoding="utf-8")
    refused(run("fit", "--data", path, "--out", tmp_path / "b"), "items.csv")


def test_milliseconds_are_understood_and_mixed_ids_stay_apart(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("user_id,item_id,timestamp\n1,01,1600000000000\n2,1,1600000001000\n01,x,\n")
    found = run("data", "describe", path, "--json")
    assert found.code == 0
    report = {one["topic"]: one["message"] for one in found.json["report"]}
    assert "ms" in report["time unit"]
    assert "3 people, 3 items" in report["counts"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--set", "sources=['eaze']"), "Did you mean 'ease'"),
        (("--set", "pepper=1"), "pepper"),
        (("--set", "seed=many"), "seed"),
        (("--set", "seed"), "name=value"),
        (("--set", "models.kl.smoothing=2"), "models.kl"),
        (("--config", "nowhere.toml"), "nowhere.toml"),
        (("--format", "paper"), "format"),
        (("--column", "item_id"), "part=column"),
        (("--items", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_settings_that_make_no_sense(
    run: Run, shop: Path, tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    refused(run("fit", "--data", shop, "--out", tmp_path / "b", *words), expected)
    assert list(tmp_path.iterdir()) == []


def test_unknown_models_and_protocols(run: Run, shop: Path) -> None:
    refused(run("evaluate", "--data", shop, "--models", "eaze"), "Did you mean 'ease'")
    refused(run("evaluate", "--data", shop, "--protocol", "k-shoot"), "Did you mean 'k-shot'")
    refused(run("evaluate", "--data", shop, "--models", ","), "no model")


def test_unknown_people_and_items(run: Run, bundle: Path) -> None:
    stranger = run("recommend", "--bundle", bundle, "--user", "zoe", "-n", 1)
    assert stranger.code == 0 and "no person has the id 'zoe'" in stranger.err
    refused(run("similar", "--bundle", bundle, "heet"), "Did you mean 'heat'")
    refused(run("explain", "--bundle", bundle, "heet", "--user", "p0"), "Did you mean 'heat'")
    refused(run("audience", "--bundle", bundle, "heet"), "heat")
    refused(run("predict", "--bundle", bundle, "heat", "--user", "p0"), "ratings")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--filter", "year >="), "filter"),
        (("--filter", "__import__('os')"), "filter"),
        (("--filter", "yeer > 1"), "Did you mean 'year'"),
        (("-n", "0"), "at least 1"),
        (("-n", "1000000"), "too large"),
        (("--all-users",), "--out"),
        (("--out", "lists.xlsx"), ".xlsx"),
        (("--wish", "x" * 100_000), "wish"),
    ],
)
def test_questions_that_make_no_sense(
    run: Run, bundle: Path, words: tuple[str, ...], expected: str
) -> None:
    refused(run("recommend", "--bundle", bundle, *words), expected)


def test_a_broken_bundle(run: Run, bundle: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(bundle, copy)
    (copy / "tables" / "items.parquet").write_bytes(b"PAR1")
    refused(run("recommend", "--bundle", copy), "not the one that was written")


def test_nothing_is_overwritten_by_accident(run: Run, shop: Path, bundle: Path) -> None:
    refused(run("fit", "--data", shop, "--out", bundle), "--overwrite", code=1)


def test_two_fits_into_one_place(run: Run, shop: Path, tmp_path: Path) -> None:
    aside = tmp_path / "b.writing"
    aside.mkdir()
    (aside / "owner").write_text("1")
    refused(run("fit", "--data", shop, "--out", tmp_path / "b"), "another process", code=1)


def test_a_claim_of_a_dead_process_is_taken_over(run: Run, shop: Path, tmp_path: Path) -> None:
    aside = tmp_path / "b.writing"
    aside.mkdir()
    (aside / "owner").write_text("999999999")
    assert run("fit", "--data", shop, "--out", tmp_path / "b", "--json").code == 0


def test_a_download_without_network_or_consent(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(run("data", "download", "1m", "--out", tmp_path), "--accept")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    refused(run("data", "download", "1m", "--out", tmp_path, "--accept"), "network", code=1)
    refused(run("download", "maxilm"), "minilm")


def test_control_c_cleans_up(shop: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "foretaste.cli", "fit", "--data", str(shop)]
    process = subprocess.Popen(
        [*words, "--out", str(tmp_path / "b")], stderr=subprocess.PIPE, text=True
    )
    for _ in range(400):
        if (tmp_path / "b.writing").exists():
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    if process.returncode != 0:
        assert process.returncode == 130 and "Interrupted" in err
        assert list(tmp_path.iterdir()) == []


def test_a_full_disk(run: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from foretaste.recommend import bundle as module

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write_files", full)
    refused(run("fit", "--data", shop, "--out", tmp_path / "b"), "No space left", code=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("carriage.csv", b"user_id,item_id\rann,a\rbob,b\r", ["carriage.csv"]),
        ("binary.csv", bytes(range(256)) * 20, ["binary.csv"]),
        ("array.json", b'[{"user_id": "ann", "item_id": "a"}]', ["one JSON object per line"]),
        ("nested.jsonl", b'{"user_id": ["ann"], "item_id": "a"}\n', ["user_id holds no ids"]),
        ("deep.jsonl", b'{"user_id": ' + b"[" * 100_000 + b"\n", ["deep.jsonl line 1"]),
        ("endless.csv", b"user_id,item_id,timestamp\nann,a,inf\nbob,b,1\n", ["not a time"]),
        ("units.csv", b"user_id,item_id,timestamp\n1,a,1e9\n2,b,1e9\n1,b,1e15\n", ["line 4"]),
    ],
)
def test_files_that_are_no_table(
    run: Run, tmp_path: Path, name: str, content: bytes, words: list[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refused(run("fit", "--data", path, "--out", tmp_path / "bundle"), *words)
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "word",
    [
        "seed=" + "9" * 5000,
        "seed=" + "[" * 5000,
        "a." * 2000 + "a=1",
        "seed=1\nsources=[]",
        "fusion={k=-1}",
        "signals={low=5, high=1}",
    ],
)
def test_settings_that_are_odd(run: Run, shop: Path, tmp_path: Path, word: str) -> None:
    refused(run("fit", "--data", shop, "--out", tmp_path / "b", "--set", word))
    (tmp_path / "deep.toml").write_text("x = " + "[" * 5000)
    refused(
        run("fit", "--data", shop, "--out", tmp_path / "b", "--config", tmp_path / "deep.toml"),
        "deep.toml",
    )


def test_a_wish_with_bytes_that_are_no_text(run: Run, bundle: Path) -> None:
    assert run("recommend", "--bundle", bundle, "--wish", "a heist \udcff").code == 0


def test_times_beyond_any_calendar_are_described(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "user_id,item_id,timestamp\n1,a,1600000000\n2,b,1600000001\n1,b,1600000002000\n"
    )
    found = run("data", "describe", path, "--json")
    assert found.code == 0 and "9999-12-31" in found.out and len(found.out) < 10_000


def test_a_list_on_a_full_disk(
    run: Run, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError("No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    out = tmp_path / "lists.parquet"
    refused(run("recommend", "--bundle", bundle, "--out", out), "No space left", code=1)
    assert list(tmp_path.iterdir()) == []
