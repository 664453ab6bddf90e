"""A few films in sentences."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from foretaste.core import Dataset, Vocabulary

ABOUT = (
    "A man hides his genes to fly to space. He borrows another's blood.",
    "A thief plans one last robbery. A detective follows him through Los Angeles.",
    "一对老夫妇去东京看望孩子。孩子们太忙，没有时间陪伴父母。",
    "A shy waitress in Paris secretly arranges the happiness of her neighbours.",
)
FILMS = [
    ("gattaca", "Gattaca", 1997, ["Andrew Niccol"], ["Drama"], ABOUT[0]),
    ("heat", "Heat", 1995, ["Michael Mann"], ["Crime"], ABOUT[1]),
    ("tokyo", "东京物语", 1953, ["小津安二郎"], ["Drama"], ABOUT[2]),
    ("amelie", "Amélie", 2001, ["Jean-Pierre Jeunet"], ["Comedy", "Romance"], ABOUT[3]),
    ("bare", "Bare", None, [], [], None),
]
ROLES = {
    "title": "title",
    "year": "number",
    "directors": "categories",
    "genres": "categories",
    "about": "text",
}


@pytest.fixture
def films() -> Dataset:
    items = pl.DataFrame(FILMS, schema=["item_id", *ROLES], orient="row")
    return Dataset(
        name="films",
        user_ids=Vocabulary((), "person"),
        item_ids=Vocabulary(items["item_id"]),
        interactions=pl.DataFrame(),
        items=items,
        people=pl.DataFrame(),
        item_roles=ROLES,
        kinds=("interaction", "buy"),
    )


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing here touches the cache of whoever runs the tests."""
    monkeypatch.setenv("FORETASTE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
