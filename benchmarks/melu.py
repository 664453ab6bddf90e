"""The four released MeLU cells: rating error after a few ratings (``python -m benchmarks.melu``).

``python -m benchmarks.melu --data DIR --json FILE [--quick]``; ``--quick`` is one shuffle.

Learned from: ratings of warm people on warm films, less what is asked in the warm cell. Nobody
else's rating of a new film is used, nor any rating of a new person but the known ones of the
cell at hand. In the cell of warm people and new films the warm ratings stay known; the row
"cell only" forgets them there. Absolute error is averaged within people, then over people. The
bar: the predictive median at least 3 % below the person's own median, in every cell.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.common import arguments, main_of, say
from benchmarks.melu_cells import NEW_FILMS, WARM, Asked, Cell, Films, ReleasedCells
from foretaste.core import Dataset, Evidence, FloatArray, History, stream
from foretaste.evaluate.card import make_card, peak_memory_mb, reset_peak_memory
from foretaste.measure.intervals import compare
from foretaste.models import Bias
from foretaste.models.bias import FittedBias
from foretaste.taste.ratings import FittedRatings, Ratings

FLOOR, OURS = "user median", "foretaste ratings"
BAR = -0.03
BIAS_GRID = tuple(
    Bias(person_ridge=person, item_ridge=item)
    for person in (3.0, 10.0)
    for item in (1.0, 5.0, 20.0)
)

Table = dict[str, FloatArray]
"""``system|metric`` to one number per person."""


def ndcg(ratings: FloatArray, scores: FloatArray) -> float:
    """NDCG over what is asked: gain 2^rating - 1, ties in the order of the shuffle."""
    discount = 1 / np.log2(np.arange(2, len(ratings) + 2))
    gain = 2.0**ratings - 1
    order = np.argsort(-scores, kind="stable")
    return float(gain[order] @ discount / (np.sort(gain)[::-1] @ discount))


def tuned_bias(films: Films, train: Cell, seed: int) -> Bias:
    """The bias model with the smallest error on a twentieth of the training ratings."""
    rng = stream(seed, "bias validation")
    kept, held = {}, {}
    for user, (rows, values) in train.items():
        out = rng.random(len(rows)) < 0.05
        kept[user] = (rows[~out], values[~out])
        held[user] = (rows[out], values[out])
    data = films.dataset({user: pair for user, pair in kept.items() if len(pair[0])})

    def error(model: Bias) -> float:
        fitted = model.fit(data, rng=stream(seed, "bias"))
        gaps = [
            np.abs(fitted.predict(_evidence(*kept[user]), rows) - values)
            for user, (rows, values) in held.items()
            if len(rows)
        ]
        return float(np.concatenate(gaps).mean())

    return min(BIAS_GRID, key=error)


def predictions(
    head: FittedRatings, bias: FittedBias, one: Asked, before: Any, profile: dict[str, Any]
) -> Iterator[tuple[str, FloatArray, FloatArray, FloatArray | None]]:
    """Each system's name, ratings, order of preference, and probability of what came."""
    rows, truth = one.asked
    alone = _evidence(*one.known, profile)
    full = alone
    if before is not None:
        both = [np.concatenate(pair) for pair in zip(before, one.known, strict=True)]
        full = _evidence(both[0], both[1], profile)
    simple = bias.predict(full, rows)
    median = np.full(len(rows), np.median(one.known[1]))
    yield FLOOR, median, median, None
    yield "bias", simple, simple, None
    yield "bias, rounded", np.rint(simple), simple, None
    for name, evidence in ((OURS, full), (f"{OURS}, cell only", alone)):
        guess = head.predict(evidence, rows)
        level = np.searchsorted(guess.levels, truth)
        chance = guess.probabilities[np.arange(len(level)), level]
        yield name, guess.median, guess.mean, chance


def measure(
    head: FittedRatings,
    bias: FittedBias,
    data: Dataset,
    train: Cell,
    name: str,
    people: list[Asked],
) -> Table:
    """Every system on everybody of one cell."""
    found: dict[str, list[float]] = {}
    for one in people:
        profile = dict(data.evidence(data.user_ids.row(one.user)).profile)
        before = train.get(one.user) if name == NEW_FILMS else None
        for system, point, order, chance in predictions(head, bias, one, before, profile):
            error = np.abs(point - one.asked[1]).mean()
            found.setdefault(f"{system}|mae", []).append(float(error))
            found.setdefault(f"{system}|ndcg@10", []).append(ndcg(one.asked[1], order))
            if chance is not None:
                found.setdefault(f"{system}|log loss", []).append(float(-np.log(chance).mean()))
    return {key: np.array(values) for key, values in found.items()}


def summary(tables: list[Table]) -> dict[str, Any]:
    """Means over people and shuffles; paired intervals of people's mean over shuffles' first."""
    result: dict[str, Any] = {}
    for key in tables[0]:
        system, metric = key.split("|")
        by_shuffle = [float(table[key].mean()) for table in tables]
        row: dict[str, Any] = {"mean": float(np.mean(by_shuffle)), "by_shuffle": by_shuffle}
        if system != FLOOR and metric != "log loss":
            # Shuffles have the same people in the same order: average each person first.
            mine = np.mean([table[key] for table in tables], axis=0)
            floor = np.mean([table[f"{FLOOR}|{metric}"] for table in tables], axis=0)
            gap = compare(mine, floor)
            base = float(floor.mean())
            row["against_user_median"] = {
                "relative": gap.relative,
                "low": gap.low / base,
                "high": gap.high / base,
                "people": gap.n,
            }
        result.setdefault(system, {})[metric] = row
    return result


def show(cells: dict[str, Any]) -> None:
    """The tables, as text."""
    for name, systems in cells.items():
        people = systems[OURS]["mae"]["against_user_median"]["people"]
        print(f"\n{name} ({people} people)")
        for system, row in systems.items():
            text = f"  {system:29s} MAE {row['mae']['mean']:.4f}  NDCG@10 "
            text += f"{row['ndcg@10']['mean']:.4f}"
            gap = row["mae"].get("against_user_median")
            if gap:
                ends = f"[{gap['low']:+.1%}, {gap['high']:+.1%}]"
                text += f"  MAE against the median {gap['relative']:+.1%} {ends}"
            if "log loss" in row:
                text += f"  log loss {row['log loss']['mean']:.4f}"
            print(text)
        verdict = "met" if systems[OURS]["mae"]["against_user_median"]["high"] <= BAR else "not met"
        print(f"  bar of {BAR:+.0%} by the whole interval: {verdict}")


def main() -> None:
    """Run it."""
    options = arguments(__doc__.splitlines()[0])
    protocol = ReleasedCells(shuffles=(0,)) if options.quick else ReleasedCells()
    reset_peak_memory()
    began = time.perf_counter()
    films = Films.read(options.data)
    cells = protocol.read(options.data, films)
    say("warm ids recovered: every released rating list matches")
    runs: dict[str, list[Table]] = {name: [] for name in cells}
    fit_s: list[float] = []
    simple: Bias | None = None
    for seed in protocol.shuffles:
        tasks = protocol.shuffled(cells, seed)
        train = cells[WARM] | {one.user: one.known for one in tasks[WARM]}
        simple = simple or tuned_bias(films, train, options.seed)
        data = films.dataset(train)
        before = time.perf_counter()
        head = Ratings().fit(data, rng=stream(options.seed, "ratings", seed))
        fit_s.append(time.perf_counter() - before)
        bias = simple.fit(data, rng=stream(options.seed, "bias"))
        for name, people in tasks.items():
            runs[name].append(measure(head, bias, data, train, name, people))
        say(f"shuffle {seed}: {len(data.interactions):,} ratings, fitted in {fit_s[-1]:.1f} s")
    found = {name: summary(tables) for name, tables in runs.items()}
    show(found)
    models = {"ratings": Ratings().model_dump(), "bias": simple and simple.model_dump()}
    seeds = {"fit": options.seed}
    took, peak = time.perf_counter() - began, peak_memory_mb()
    card = make_card(data, protocol, models, seeds=seeds, seconds=took, peak_mb=peak)
    print(f"\nfit {np.median(fit_s):.1f} s, all {took:.0f} s, peak {peak:.0f} MB")
    if options.json:
        result = {"card": dataclasses.asdict(card), "fit_s": fit_s, "bar": BAR, "cells": found}
        options.json.parent.mkdir(parents=True, exist_ok=True)
        aside = options.json.with_suffix(".part")
        aside.write_text(json.dumps(result, indent=1), encoding="utf-8")
        aside.replace(options.json)


def _evidence(rows: Any, values: Any, profile: dict[str, Any] | None = None) -> Evidence:
    return Evidence(History.of(rows, values=values), profile=profile or {})


if __name__ == "__main__":
    main_of(main)
