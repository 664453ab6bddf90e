"""Each command on a small shop: what it prints and what it writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from foretaste import __version__

Run = Callable[..., object]


def test_version(run: Run) -> None:
    assert run("version").out.strip() == __version__


def test_recommend_for_a_person_keeps_to_the_clan_and_says_why(run: Run, bundle: Path) -> None:
    found = run("recommend", "--bundle", bundle, "--user", "p0", "-n", 1, "--json")
    assert found.code == 0
    item = found.json["items"][0]
    assert item["item_id"] in {"heat", "thief", "ronin"}
    assert item["reasons"] and found.json["answer_id"] and found.json["bundle_digest"]


def test_recommend_for_a_table_reads_well(run: Run, bundle: Path) -> None:
    found = run("recommend", "--bundle", bundle, "--history", "heat,thief", "-n", 2)
    assert found.code == 0
    assert "Ronin" in found.out and "because" in found.out and "answered by" in found.out


def test_a_wish_finds_what_it_describes(run: Run, bundle: Path) -> None:
    words = "women in love in New York in winter"
    found = run("recommend", "--bundle", bundle, "--wish", words, "-n", 3, "--json")
    assert found.json["items"][0]["item_id"] == "carol"


def test_a_chinese_wish_passes_unharmed(run: Run, bundle: Path) -> None:
    found = run("recommend", "--bundle", bundle, "--wish", "香港的邻居相爱", "-n", 1, "--json")
    assert found.json["wish"] == "香港的邻居相爱"
    assert found.json["items"][0]["item_id"] == "花样年华"


def test_filters_candidates_and_denials_hold(run: Run, bundle: Path) -> None:
    common = ("recommend", "--bundle", bundle, "--json", "-n", 10)
    late = run(*common, "--filter", 'year >= 1996 and "Drama" in genres').json["items"]
    assert {item["item_id"] for item in late} == {"amour", "carol", "花样年华"}
    few = run(*common, "--candidates", "heat,emma,nothing", "--deny", "emma").json
    assert [item["item_id"] for item in few["items"]] == ["heat"]
    assert "'nothing'" in few["warnings"][0]


@pytest.mark.parametrize("ending", ["parquet", "csv", "json"])
def test_lists_for_everybody_are_written_whole(
    run: Run, bundle: Path, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"lists.{ending}"
    words = ("recommend", "--bundle", bundle, "--all-users", "-n", 2, "--out", out)
    assert run(*words).code == 0
    readers = {"parquet": pl.read_parquet, "csv": pl.read_csv, "json": pl.read_json}
    table = readers[ending](out)
    assert table.columns == ["user_id", "item_id", "score", "rank"]
    assert table.height == 48
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_lists_for_everybody_keep_to_filters(run: Run, bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "lists.parquet"
    words = ("recommend", "--bundle", bundle, "--all-users", "--out", out, "--deny", "emma")
    assert run(*words, "--filter", "year >= 1996").code == 0
    table = pl.read_parquet(out)
    assert set(table["item_id"]) == {"ronin", "amour", "carol", "花样年华"}
    assert run(*words, "--wish", "love").code == 2
    assert run(*words, "-n", 0).code == 2


def test_explain_similar_and_audience(run: Run, bundle: Path) -> None:
    why = run("explain", "--bundle", bundle, "--history", "heat", "ronin", "--json").json
    assert any("heat" in reason["evidence"] for reason in why)
    near = run("similar", "--bundle", bundle, "heat", "-n", 2, "--json").json
    assert {item["item_id"] for item in near} == {"thief", "ronin"}
    people = run("audience", "--bundle", bundle, "花样年华", "-n", 5, "--json").json
    assert len(people) == 5


def test_evaluate_prints_intervals_and_writes_json(run: Run, shop: Path, tmp_path: Path) -> None:
    place, picture = tmp_path / "report.json", tmp_path / "report.png"
    found = run(
        "evaluate", "--data", shop, "--models", "ease,popularity", "--protocol",
        "strong-generalisation", "--option", "people=8", "--option", "least=2",
        "--json-file", place, "--picture", picture,
    )  # fmt: skip
    assert found.code == 0, found.err
    assert "ndcg@10" in found.out and place.exists() and picture.stat().st_size > 1000


def test_data_commands(run: Run, shop: Path, tmp_path: Path) -> None:
    sheet = run("data", "describe", shop, "--picture", tmp_path / "sheet.png")
    assert sheet.code == 0 and "48" in sheet.out and (tmp_path / "sheet.png").exists()
    assert run("data", "check", shop, "--json").code == 0
    made = run("data", "import", shop, "--out", tmp_path / "own", "--json")
    assert made.code == 0 and (tmp_path / "own" / "manifest.json").exists()
    again = run("data", "import", shop, "--out", tmp_path / "own")
    assert again.code != 0 and "error:" in again.err


def test_settings_reach_the_fit(run: Run, shop: Path, tmp_path: Path) -> None:
    config = tmp_path / "foretaste.toml"
    config.write_text('sources = ["ease", "popularity"]\n[models.ease]\nridge = 5\n')
    out = tmp_path / "bundle"
    words = ("fit", "--data", shop, "--out", out, "--config", config)
    assert run(*words, "--set", "models.ease.ridge=7", "--json").code == 0
    answer = run("recommend", "--bundle", out, "--user", "p0", "--json").json
    assert answer["source"] == "ease"
