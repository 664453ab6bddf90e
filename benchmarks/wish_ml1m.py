"""A plot as the wish finds the film: ML-1M described by title, people, keywords, overview.

    python -m benchmarks.wish_ml1m --data DIR --json F [--weights]

400 films (shipped seed) whose plot (OMDb) and overview come from different sources and share
less than .35 of their content words; all 3,883 films are ranked; bar: hit@10 of .80.
``--weights`` fits the three weights of the text index on 800 other films, half the time with
the whole plot and half with one sentence of it as the wish, and prints them.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.wishes import arguments, content_stems, finish, measure, systems
from foretaste.core import Dataset, Vocabulary, stream
from foretaste.core.arrays import FloatArray
from foretaste.language import TextIndex
from foretaste.language.passages import split_passages

BAR = 0.80
SEED = 0
TESTED, OTHERS = 400, 800
MOST_OVERLAP = 0.35
ROLES: dict[str, Any] = {
    "title": "title",
    "year": "number",
    "directors": "categories",
    "cast": "categories",
    "keywords": "categories",
    "overview": "text",
}


def films(folder: Path) -> tuple[Dataset, list[str], list[int], list[int]]:
    """The catalogue, everybody's plot, the rows tested, and rows of other such films."""
    table = pl.read_parquet(folder / "movies-enriched" / "ml1m.parquet")
    items = table.select(pl.col("movieId").cast(str).alias("item_id"), *ROLES)
    data = Dataset(
        name="ML-1M films",
        user_ids=Vocabulary((), "person"),
        item_ids=Vocabulary(items["item_id"]),
        interactions=pl.DataFrame({"item_row": np.empty(0, np.int32)}),
        items=items,
        people=pl.DataFrame({"user_id": []}, schema={"user_id": str}),
        item_roles=ROLES,
    )
    plots = [plot or "" for plot in table["plot_omdb"]]
    fit = []
    for row, (overview, source) in enumerate(
        zip(table["overview"], table["overview_source"], strict=True)
    ):
        if source in (None, "omdb") or not plots[row] or not overview:
            continue
        plot, text = content_stems(plots[row]), content_stems(overview)
        if len(plot) >= 3 and len(plot & text) / len(plot | text) < MOST_OVERLAP:
            fit.append(row)
    order = stream(SEED, "wish_ml1m").permutation(fit).tolist()
    return data, plots, order[:TESTED], order[TESTED : TESTED + OTHERS]


def fit_weights(parts: list[TextIndex], wishes: list[str], rows: list[int]) -> FloatArray:
    """Conditional logit (ridge 1e-3 on standardised parts) of which film is meant."""
    from scipy.optimize import minimize

    read = [[np.asarray(part.read(wish).relevance) for part in parts] for wish in wishes]
    features = np.stack([np.stack(row, axis=1) for row in read])  # [B, I, 3]
    scale = features.std(axis=1).mean(axis=0)
    features /= scale
    picked = np.arange(len(rows)), np.array(rows)

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        logits = features @ weights
        logits -= logits.max(axis=1, keepdims=True)
        chance = np.exp(logits)
        chance /= chance.sum(axis=1, keepdims=True)
        slope = features[picked] - np.einsum("bi,bif->bf", chance, features)
        value = -np.log(chance[picked] + 1e-30).mean() + 1e-3 * weights @ weights
        return float(value), 2e-3 * weights - slope.mean(axis=0)

    found = minimize(loss, np.zeros(len(parts)), jac=True, method="L-BFGS-B").x
    return np.asarray(found / scale)


def weights(indexes: dict[str, TextIndex], plots: list[str], rows: list[int]) -> dict[str, Any]:
    """The weights that other films ask for, by what the wish is."""
    names = ["encoder, whole text without names", "encoder, best passage", "BM25"]
    parts = [indexes[name] for name in names]
    draw = stream(SEED, "wish_ml1m", "sentence")
    whole = [plots[row] for row in rows]
    one = []
    for row in rows:
        cut = split_passages(plots[row])
        one.append(cut[draw.integers(len(cut))])
    keys = ("whole", "passage", "words")
    return {
        what: dict(zip(keys, np.round(fit_weights(parts, said, rows), 2).tolist(), strict=True))
        for what, said in (("whole plots", whole), ("one sentence", one))
    }


def main() -> int:
    """Measure, write."""
    fitting = "--weights" in sys.argv
    sys.argv = [part for part in sys.argv if part != "--weights"]
    options = arguments(__doc__, data=True)
    began = time.perf_counter()
    data, plots, tested, others = films(options.data)
    indexes = systems(data, lambda done, of: print(f"encoding {done}/{of}", flush=True))
    more: dict[str, Any] = {"wishes": len(tested), "seed": SEED}
    if fitting:
        more["weights_from_other_films"] = weights(indexes, plots, others)
        print(more["weights_from_other_films"])
    table = measure(indexes, [plots[row] for row in tested], tested)
    return finish(options.json, data, table, BAR, began, **more)


if __name__ == "__main__":
    raise SystemExit(main())
