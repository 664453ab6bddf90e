"""The four released MeLU cells of MovieLens 1M: rating error of people after a few ratings.

``python -m benchmarks.melu --data DIR --json FILE [--seeds 0,1,2]``

Protocol (Lee et al., KDD 2019): in each cell the people with 13 to 100 ratings there; their
ratings are shuffled, the last 10 are asked, the rest is known; absolute error averaged within
and then over people. What may be learned from: ratings of warm people on warm films, less what
is asked in the warm cell. Nobody else's rating of a cold film is used, nor any rating of a cold
person but the known ones of the cell at hand. Warm people keep their warm ratings in the
new-item cell; a second row shows the answer when they are forgotten there.

The film ids of the warm cell are not among the released files. They follow from MovieLens 1M:
a warm person's ratings of films that are in no cold list. This is checked person by person
against the released rating lists (as multisets, the shuffle makes order irrelevant).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from foretaste.core import Dataset, Evidence, History, Vocabulary, stream
from foretaste.measure.intervals import compare
from foretaste.models import Bias
from foretaste.taste.ratings import Ratings

CELLS = {
    "warm people, warm films": None,
    "new people, warm films": "user_cold_state",
    "warm people, new films": "item_cold_state",
    "new people, new films": "user_and_item_cold_state",
}
LEAST, MOST, ASKED = 13, 100, 10
BAR = -0.03


@dataclass(frozen=True)
class Films:
    """The catalogue and the people: everything but ratings."""

    items: pl.DataFrame
    people: pl.DataFrame
    item_ids: Vocabulary
    user_ids: Vocabulary
    vectors: np.ndarray | None

    def dataset(self, users: np.ndarray, items: np.ndarray, values: np.ndarray) -> Dataset:
        """These ratings over this catalogue."""
        order = np.argsort(users, kind="stable")
        table = pl.DataFrame(
            {
                "user_row": users[order].astype(np.int32),
                "item_row": items[order].astype(np.int32),
                "kind": np.zeros(len(users), np.uint8),
                "value": values[order].astype(np.float32),
                "signal": np.sign(values[order] - 3.0).astype(np.float32),
                "time_s": np.full(len(users), np.nan),
            }
        )
        roles = {
            "year": "number", "genres": "categories", "directors": "categories",
            "writers": "categories", "cast": "categories", "keywords": "categories",
            "mpaa": "category", "production_countries": "categories",
            "production_companies": "categories", "original_language": "category",
        }  # fmt: skip
        return Dataset(
            "melu-ml-1m", self.user_ids, self.item_ids, table, self.items, self.people,
            item_roles=roles,
            people_roles={"gender": "category", "age": "category", "occupation": "category"},
            kinds=("rate",),
            vectors={} if self.vectors is None else {"text": self.vectors},
        )  # fmt: skip


def read_films(data: Path, vectors: Path | None) -> Films:
    """Catalogue in the order of movies.dat, people in the order of users.dat."""
    lines = (data / "ml-1m/movies.dat").read_text(encoding="latin-1").splitlines()
    ids = [int(line.split("::")[0]) for line in lines]
    items = pl.DataFrame({"movieId": ids}).join(
        pl.read_parquet(data / "movies-enriched/ml1m.parquet"), on="movieId", how="left",
        maintain_order="left",
    )  # fmt: skip
    writers = [
        sorted({name.split("(")[0].strip() for name in (text or "").split(",")} - {""})
        for text in items["writers"].to_list()
    ]
    items = items.with_columns(pl.Series("writers", writers, dtype=pl.List(pl.String)))
    rows = [line.split("::")[:4] for line in (data / "ml-1m/users.dat").read_text().splitlines()]
    people = pl.DataFrame(rows, schema=["user_id", "gender", "age", "occupation"], orient="row")
    text = np.load(vectors) if vectors else encode(items)
    return Films(
        items,
        people,
        Vocabulary(map(str, ids)),
        Vocabulary(people["user_id"].to_list(), "person"),
        text,
    )


def encode(items: pl.DataFrame) -> np.ndarray:
    """Title, genres and overview as MiniLM vectors."""
    from foretaste.language import encoder_from

    texts = [
        f"{row['title']}. {', '.join(row['genres'] or [])}. {row['overview'] or ''}"
        for row in items.iter_rows(named=True)
    ]
    return np.asarray(encoder_from("minilm").encode(texts))


Cell = dict[str, tuple[np.ndarray, np.ndarray]]


def read_cells(data: Path, films: Films) -> dict[str, Cell]:
    """Each cell: person -> (film rows, ratings); the warm one recovered and checked."""
    folder = data / "melu-ml-1m"
    cells: dict[str, Cell] = {}
    for name, file in CELLS.items():
        if file is None:
            continue
        ids = json.loads((folder / f"{file}.json").read_text())
        values = json.loads((folder / f"{file}_y.json").read_text())
        cells[name] = {
            user: (films.item_ids.rows(ids[user]), np.array(values[user], float)) for user in ids
        }
    cold = {
        row for name, cell in cells.items() if "new films" in name for r, _ in cell.values()
        for row in r.tolist()
    }  # fmt: skip
    released = json.loads((folder / "warm_state_y.json").read_text())
    ratings = pl.read_parquet(
        data / "ml-1m/ratings.parquet", columns=["userId", "movieId", "rating"]
    )
    warm: Cell = {}
    for (user,), part in ratings.group_by("userId", maintain_order=True):
        if str(user) not in released:
            continue
        rows = films.item_ids.rows(part["movieId"].cast(pl.String).to_list())
        keep = ~np.isin(rows, list(cold))
        values = part["rating"].to_numpy()[keep].astype(float)
        if Counter(values.tolist()) != Counter(map(float, released[str(user)])):
            raise SystemExit(f"warm ratings of person {user} do not match the released list")
        warm[str(user)] = (rows[keep], values)
    return {name: warm if file is None else cells[name] for name, file in CELLS.items()}


@dataclass(frozen=True)
class Asked:
    """One person in one cell."""

    user: str
    known: tuple[np.ndarray, np.ndarray]
    asked: tuple[np.ndarray, np.ndarray]


def shuffle(cells: dict[str, Cell], seed: int) -> dict[str, list[Asked]]:
    """The shuffles that all systems share."""
    made = {}
    for name, cell in cells.items():
        people = []
        for user, (rows, values) in sorted(cell.items()):
            if LEAST <= len(rows) <= MOST:
                order = stream(seed, "melu", name, user).permutation(len(rows))
                known, last = order[:-ASKED], order[-ASKED:]
                people.append(Asked(user, (rows[known], values[known]), (rows[last], values[last])))
        made[name] = people
    return made


def training(cells: dict[str, Cell], asked: dict[str, list[Asked]]) -> Cell:
    """Warm people on warm films, less what is asked of them."""
    warm = next(name for name, file in CELLS.items() if file is None)
    return cells[warm] | {one.user: one.known for one in asked[warm]}


def ndcg(gains: np.ndarray, scores: np.ndarray) -> float:
    """NDCG over the asked ten, gain 2^rating - 1, ties in the order of the shuffle."""
    discount = 1 / np.log2(np.arange(2, len(gains) + 2))
    value = 2.0**gains - 1
    return float(value[np.argsort(-scores, kind="stable")] @ discount
                 / (np.sort(value)[::-1] @ discount))  # fmt: skip


def run(films: Films, cells: dict[str, Cell], seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Every system in every cell: absolute error and NDCG per person."""
    asked = shuffle(cells, seed)
    train = training(cells, asked)
    users = films.user_ids
    lengths = [len(rows) for rows, _ in train.values()]
    dataset = films.dataset(
        np.repeat(users.rows(list(train)), lengths),
        np.concatenate([rows for rows, _ in train.values()]),
        np.concatenate([values for _, values in train.values()]),
    )
    began = time.perf_counter()
    head = Ratings().fit(dataset, rng=stream(seed, "ratings"))
    fit_s = time.perf_counter() - began
    bias = Bias().fit(dataset, rng=stream(seed, "bias"))
    print(f"seed {seed}: {len(dataset.interactions):,} ratings, fitted in {fit_s:.1f} s; "
          f"cut-points {np.round(head.response.cuts, 2).tolist()}, tilt {head.response.tilt}, "
          f"patience {head.response.patience}, steadiness {head.response.steadiness}, "
          f"scales {head.response.known_scale:.2f}/{head.response.new_scale:.2f}")  # fmt: skip
    results: dict[str, dict[str, np.ndarray]] = {"fit_s": {"seconds": np.array([fit_s])}}
    for name, people in asked.items():
        table: dict[str, list[float]] = {}
        for one in people:
            rows, truth = one.asked
            profile = dataset.evidence(users.row(one.user)).profile
            alone = Evidence(History.of(one.known[0], values=one.known[1]), profile=profile)
            before = train.get(one.user) if name == "warm people, new films" else None
            full = alone
            if before is not None:
                both = [np.concatenate(pair) for pair in zip(before, one.known, strict=True)]
                full = Evidence(History.of(both[0], values=both[1]), profile=profile)
            guess = head.predict(full, rows)
            forgetful = guess if before is None else head.predict(alone, rows)
            simple = bias.predict(full, rows)
            systems = {
                "user median": (np.full(len(rows), np.median(one.known[1])),) * 2,
                "bias": (simple, simple),
                "bias, rounded": (np.rint(simple), simple),
                "foretaste ratings": (guess.median, guess.mean),
                "foretaste ratings, cell only": (forgetful.median, forgetful.mean),
            }
            for system, (point, order) in systems.items():
                table.setdefault(f"{system}|mae", []).append(float(np.abs(point - truth).mean()))
                table.setdefault(f"{system}|ndcg@10", []).append(ndcg(truth, np.asarray(order)))
            level = np.searchsorted(guess.levels, truth)
            table.setdefault("foretaste ratings|log loss", []).append(
                float(-np.log(guess.probabilities[np.arange(len(level)), level]).mean())
            )
        results[name] = {key: np.array(values) for key, values in table.items()}
    return results


def report(runs: list[dict[str, dict[str, np.ndarray]]]) -> dict[str, Any]:
    """Means over people and shuffles; intervals of the first shuffle, paired over people."""
    cells: dict[str, Any] = {}
    for name in CELLS:
        rows: dict[str, Any] = {}
        for key in runs[0][name]:
            system, metric = key.split("|")
            per_seed = [float(run[name][key].mean()) for run in runs]
            row = rows.setdefault(system, {})
            row[metric] = {"mean": float(np.mean(per_seed)), "by_shuffle": per_seed}
            if metric == "log loss" or system == "user median":
                continue
            peer = compare(runs[0][name][key], runs[0][name][f"user median|{metric}"])
            base = runs[0][name][f"user median|{metric}"].mean()
            row[metric]["against_user_median"] = {
                "relative": peer.relative, "low": peer.low / base, "high": peer.high / base,
                "p": peer.p, "n": peer.n,
            }  # fmt: skip
        rows["foretaste ratings"]["bar_met"] = bool(
            rows["foretaste ratings"]["mae"]["against_user_median"]["high"] <= BAR
        )
        cells[name] = rows
    return cells


def card(seeds: list[int], data: Path, seconds: float, fit_s: list[float]) -> dict[str, Any]:
    """What was run, on what, for how long."""
    import resource

    settings = Ratings()
    return {
        "protocol": "melu, released cells; shuffles by seed", "seeds": seeds,
        "data": str(data.name), "settings": settings.model_dump(), "digest": settings.digest(),
        "bar": "mae of the predictive median below the user median by >= 3 %, whole interval",
        "hardware": {"machine": platform.machine(), "cores": os.cpu_count(),
                     "threads": os.environ.get("OMP_NUM_THREADS"),
                     "python": platform.python_version(), "numpy": np.__version__},
        "seconds": round(seconds, 1), "fit_s": [round(one, 1) for one in fit_s],
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seeds", default="0,1,2,3,4")
    parser.add_argument("--vectors", type=Path, help="text vectors as .npy, else they are encoded")
    given = parser.parse_args()
    began = time.perf_counter()
    films = read_films(given.data, given.vectors)
    cells = read_cells(given.data, films)
    seeds = [int(seed) for seed in given.seeds.split(",")]
    runs = [run(films, cells, seed) for seed in seeds]
    found = report(runs)
    fit_s = [float(one["fit_s"]["seconds"][0]) for one in runs]
    for name, rows in found.items():
        print(f"\n{name} ({len(runs[0][name]['user median|mae'])} people)")
        for system, row in rows.items():
            line = (
                f"  {system:30s} MAE {row['mae']['mean']:.4f}  NDCG@10 {row['ndcg@10']['mean']:.4f}"
            )
            if "against_user_median" in row["mae"]:
                gap = row["mae"]["against_user_median"]
                line += (f"  MAE against user median {100 * gap['relative']:+.1f} % "
                         f"[{100 * gap['low']:+.1f}, {100 * gap['high']:+.1f}]")  # fmt: skip
            print(line)
    full = {"card": card(seeds, given.data, time.perf_counter() - began, fit_s), "cells": found}
    if given.json:
        aside = given.json.with_suffix(".part")
        aside.write_text(json.dumps(full, indent=1))
        aside.replace(given.json)


if __name__ == "__main__":
    main()
