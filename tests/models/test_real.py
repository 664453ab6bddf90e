"""The baselines on MovieLens 1M: promises that only real data can test."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from foretaste.core import Dataset, Evidence, Vocabulary, stream
from foretaste.models import IALS, Ease, ItemKNN

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


@pytest.fixture(scope="module")
def films() -> Dataset:
    path = Path(os.environ.get("FORETASTE_DATA", "../shared/data")) / "ml-1m" / "ratings.parquet"
    if not path.is_file():
        pytest.skip("MovieLens 1M is not in the folder named by FORETASTE_DATA")
    table = pl.read_parquet(path).filter(pl.col("rating") >= 4).sort("userId", "timestamp")
    users, items = (table[name].unique().sort().to_list() for name in ("userId", "movieId"))
    rows = {
        new: table[old].replace_strict({one: row for row, one in enumerate(ids)})
        for new, old, ids in (("user_row", "userId", users), ("item_row", "movieId", items))
    }
    interactions = pl.DataFrame(
        {
            "user_row": rows["user_row"].cast(pl.Int32),
            "item_row": rows["item_row"].cast(pl.Int32),
            "kind": pl.zeros(len(table), pl.UInt8, eager=True),
            "value": table["rating"].cast(pl.Float32),
            "signal": pl.ones(len(table), pl.Float32, eager=True),
            "time_s": table["timestamp"].cast(pl.Float64),
        }
    )
    user_ids, item_ids = ([str(one) for one in ids] for ids in (users, items))
    return Dataset(
        "ml-1m",
        Vocabulary(user_ids, "person"),
        Vocabulary(item_ids),
        interactions,
        pl.DataFrame({"item_id": item_ids}),
        pl.DataFrame({"user_id": user_ids}),
    )


def without(evidence: Evidence, place: int) -> Evidence:
    history = evidence.history
    return Evidence(history.take(np.arange(len(history)) != place))


MODELS = (Ease(), ItemKNN(), IALS(sweeps=3))


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_reasons_sum_to_the_score_and_deleting_the_top_one_lowers_it_most(
    films: Dataset, model: Ease | ItemKNN | IALS
) -> None:
    part = model.fit(films, rng=stream(0))
    rng = stream(1, "people")
    for user_row in rng.permutation(films.n_users)[:40]:
        evidence = films.evidence(int(user_row))
        rows = rng.permutation(films.n_items)[:5].astype(np.int32)
        found = part.explain(evidence, rows)
        np.testing.assert_allclose(found.total(), part.score(evidence, rows), atol=1e-6)
        effect = found.past if found.effect is None else found.effect
        best, other = int(effect[0].argmax()), int(rng.integers(len(evidence.history)))
        less, least = (
            float(part.score(without(evidence, place), rows[:1])[0]) for place in (other, best)
        )
        assert least <= less + 1e-6
