"""A shop of six films whose right answers can be seen by eye."""

from __future__ import annotations

import polars as pl
import pytest

from foretaste.core import Dataset, Vocabulary

FILMS = [
    ("heat-1995", "Heat", 1995, ["Crime", "Drama"], "Michael Mann"),
    ("thief-1981", "Thief", 1981, ["Crime"], "Michael Mann"),
    ("gattaca-1997", "Gattaca", 1997, ["Drama", "Science-Fiction"], "Andrew Niccol"),
    ("东京物语-1953", "东京物语", 1953, ["Drama"], "小津安二郎"),
    ("nowhere", "Nowhere", None, [], None),
    ("new-2030", "New", 2030, ["Comedy"], "Nobody"),
]
LIKES = {"ann": [0, 1], "bob": [0, 1, 2], "cy": [0, 2], "di": [3, 2], "eve": [0]}


def build_dataset() -> Dataset:
    users = list(LIKES)
    pairs = [(u, i) for u, name in enumerate(users) for i in LIKES[name]]
    interactions = pl.DataFrame(
        {
            "user_row": [u for u, _ in pairs],
            "item_row": [i for _, i in pairs],
            "kind": [0] * len(pairs),
            "value": [float("nan")] * len(pairs),
            "signal": [1.0] * len(pairs),
            "time_s": [float(t) for t in range(len(pairs))],
        },
        schema={
            "user_row": pl.Int32,
            "item_row": pl.Int32,
            "kind": pl.UInt8,
            "value": pl.Float32,
            "signal": pl.Float32,
            "time_s": pl.Float64,
        },
    )
    items = pl.DataFrame(
        {
            "item_id": [f[0] for f in FILMS],
            "title": [f[1] for f in FILMS],
            "year": [f[2] for f in FILMS],
            "genres": [f[3] for f in FILMS],
            "director": [f[4] for f in FILMS],
            "available_from_s": [None] * 5 + [4e9],
        },
        schema_overrides={"available_from_s": pl.Float64, "year": pl.Int64},
    )
    return Dataset(
        "shop",
        Vocabulary(users, "person"),
        Vocabulary([f[0] for f in FILMS]),
        interactions,
        items,
        pl.DataFrame({"user_id": users}),
        item_roles={
            "title": "title",
            "year": "number",
            "genres": "categories",
            "director": "category",
            "available_from_s": "time",
        },
        kinds=("like",),
    )


@pytest.fixture(scope="session")
def shop() -> Dataset:
    return build_dataset()
