"""A small bundle made once by the command itself, and a way to run commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from foretaste.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def go(*words: object) -> Ran:
        capsys.readouterr()
        code = 0
        try:
            main([str(word) for word in words])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return go


def write_shop(folder: Path) -> Path:
    """Two clans: crime and romance. Who likes one film of a clan likes the others."""
    folder.mkdir(parents=True, exist_ok=True)
    crime, romance = ["heat", "thief", "ronin"], ["amour", "emma", "carol"]
    lines = ["user_id,item_id,timestamp,type"]
    for number in range(24):
        clan = crime if number % 2 == 0 else romance
        for place in range(2):
            item = clan[(number // 2 + place) % 3]
            lines.append(f"p{number},{item},{1_600_000_000 + number * 100 + place},like")
    (folder / "interactions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "items.csv").write_text(
        "item_id,title,year,genres,synopsis\n"
        "heat,Heat,1995,Crime|Drama,A detective hunts a careful gang of robbers in the city.\n"
        "thief,Thief,1981,Crime,A safe cracker wants one last job before an honest life.\n"
        "ronin,Ronin,1998,Crime|Action,Hired soldiers chase a case through French streets.\n"
        "amour,Amour,2012,Romance|Drama,An old couple face illness with stubborn love.\n"
        "emma,Emma,1996,Romance|Comedy,A young lady meddles in the love lives of her village.\n"
        "carol,Carol,2015,Romance|Drama,Two women fall in love in a wintry New York.\n"
        "花样年华,花样年华,2000,Romance|Drama,两位邻居在香港的走廊里慢慢相爱却没有说出口。\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shop(tmp_path_factory.mktemp("data") / "shop")


@pytest.fixture(scope="session")
def bundle(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bundles") / "bundle"
    with pytest.raises(SystemExit) as stop:
        main(["fit", "--data", str(shop), "--out", str(place), "--json"])
    assert not stop.value.code
    return place
