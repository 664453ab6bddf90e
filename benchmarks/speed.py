"""What an answer costs: fitting, one person at a time with reasons, and everybody at once.

``python -m benchmarks.speed --json docs/results/speed.json``. In process; one thread for one
person, all cores for the rest; implicit's ALS in the same run.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from benchmarks.common import arguments, main_of, say, taste_model
from benchmarks.peers import ImplicitALS
from benchmarks.worlds import movielens_positives, with_text_vectors
from foretaste.app import FitSettings, Recommender, fit
from foretaste.app.growing import Grower
from foretaste.core import Dataset, Event, Query, Settings, Vocabulary, stream
from foretaste.evaluate import make_card
from foretaste.evaluate.card import peak_memory_mb, reset_peak_memory
from foretaste.models import Popularity
from foretaste.store.records import ItemRecord

_EVENTS = 40
_ASKED = 1_000


def large_world(n_items: int = 100_000, n_people: int = 20_000, seed: int = 0) -> Dataset:
    """A catalogue of size only: people like items of a few of 200 topics, popular ones more.

    Args:
        n_items: Items.
        n_people: People, 40 events each.
        seed: Of everything.

    Returns:
        The dataset.
    """
    rng = stream(seed, "large world")
    topic = rng.integers(0, 200, n_items)
    by_topic = [np.flatnonzero(topic == t) for t in range(200)]
    users, items = [], []
    for user in range(n_people):
        for t in rng.choice(200, 4, replace=False):
            pool = by_topic[t]
            drawn = pool[(len(pool) * rng.random(12) ** 3).astype(int)]
            chosen = np.unique(drawn)[:10]
            users.append(np.full(len(chosen), user))
            items.append(rng.permutation(chosen))
    rows = np.concatenate(items)
    table = pl.DataFrame(
        {
            "user_row": np.concatenate(users).astype(np.int32),
            "item_row": rows.astype(np.int32),
            "kind": np.zeros(len(rows), np.uint8),
            "value": np.full(len(rows), np.nan, np.float32),
            "signal": np.ones(len(rows), np.float32),
            "time_s": np.arange(len(rows), dtype=np.float64),
        }
    )
    item_ids = [f"i{row}" for row in range(n_items)]
    user_ids = [f"u{row}" for row in range(n_people)]
    return Dataset(
        "large world",
        Vocabulary(user_ids, "person"),
        Vocabulary(item_ids),
        table,
        pl.DataFrame({"item_id": item_ids}),
        pl.DataFrame({"user_id": user_ids}),
    )


def fitted(dataset: Dataset, *, learn: bool = False) -> tuple[Recommender, dict[str, float]]:
    """Fit taste with its defaults on data that is already encoded.

    Args:
        dataset: The data.
        learn: Whether the few settings are learned too, or stay at their defaults.

    Returns:
        A recommender, and the seconds and megabytes that fitting took.
    """
    reset_peak_memory()
    before, start_s = peak_memory_mb(), time.perf_counter()
    taste = taste_model(learn=learn).fit(dataset, rng=stream(0, "fit"))
    costs = {
        "seconds": time.perf_counter() - start_s,
        "peak_memory_mb": peak_memory_mb(),
        "memory_before_mb": before,
    }
    popularity = Popularity().fit(dataset, rng=stream(0))
    parts = {"taste": taste, "popularity": popularity}
    return Recommender(dataset, parts, FitSettings(use_text=False)), costs


def one_at_a_time(recommender: Recommender, *, stored: bool = False) -> dict[str, float]:
    """Latency of a whole answer for a person with 40 past events, ten items, reasons.

    Args:
        recommender: Who answers.
        stored: Ask for people by their id, with all that is on record, instead.

    Returns:
        Percentiles in milliseconds.
    """
    data, pipeline = recommender.dataset, recommender.pipeline
    lengths = np.diff(data.histories.starts)
    people = np.flatnonzero(lengths >= _EVENTS * 0.9)[:200]
    queries = []
    for row in people.tolist():
        past = data.item_ids.names(data.histories.of(row).rows[-_EVENTS:].tolist())
        given = Query(history=tuple(Event(one, "like") for one in past))
        queries.append(Query(data.user_ids.ids[row]) if stored else given)
    spent = []
    with threadpool_limits(1):
        for turn in range(_ASKED + 50):
            start_s = time.perf_counter()
            answer = pipeline.answer(queries[turn % len(queries)])
            spent.append(1e3 * (time.perf_counter() - start_s))
            assert len(answer) == 10
            assert all(answer.reasons)
    p50, p99 = np.percentile(spent[50:], [50, 99])
    return {"items": data.n_items, "p50_ms": float(p50), "p99_ms": float(p99), "answers": _ASKED}


def growth(recommender: Recommender, count: int = 20) -> dict[str, float]:
    """What it takes until a new item is in answers, and until popularity has moved.

    Args:
        recommender: With texts.
        count: New items, one at a time.

    Returns:
        Seconds once, milliseconds each: from a record to the first answer that may hold it.
    """
    data, grower = recommender.dataset, Grower(recommender)
    recommender.answer(Query())
    start_s = time.perf_counter()
    grower.prepare()
    prepared_s = time.perf_counter() - start_s
    like = {name: cell for name, cell in data.items.row(0, named=True).items() if name != "item_id"}
    title = next((name for name, role in data.item_roles.items() if role == "title"), "title")
    spent, moved = [], []
    likes = np.asarray(data.liked.sum(axis=0)).ravel()
    with threadpool_limits(1):
        for number in range(count):
            record = ItemRecord(f"new {number}", {**like, title: f"A new one, number {number}"})
            start_s = time.perf_counter()
            grown = grower.grow([record])
            answer = grown.answer(Query(candidates=(record.item_id,)))
            spent.append(1e3 * (time.perf_counter() - start_s))
            assert answer.item_ids == (record.item_id,)
            start_s = time.perf_counter()
            grower.drift(likes + number, data.n_users)
            moved.append(1e3 * (time.perf_counter() - start_s))
    return {
        "items": data.n_items,
        "prepare_s": prepared_s,
        "new_item_p50_ms": float(np.median(spent)),
        "new_item_most_ms": max(spent),
        "drift_p50_ms": float(np.median(moved)),
    }


def everybody(recommender: Recommender, n: int = 100) -> dict[str, float]:
    """Lists for everybody.

    Args:
        recommender: Who answers.
        n: Length of each list.

    Returns:
        People a second.
    """
    count = recommender.dataset.n_users
    start_s = time.perf_counter()
    done = sum(1 for _ in recommender.pipeline.rank_many(range(count), n))
    return {"people": done, "people_per_s": done / (time.perf_counter() - start_s)}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run everything.

    Args:
        options: What was asked for.

    Returns:
        The figures.
    """
    data = with_text_vectors(movielens_positives(options.data))
    say("fitting")
    recommender, costs = fitted(data)
    say("fitting, settings learned")
    learned_costs = fitted(data, learn=True)[1]
    say("answering one at a time")
    found: dict[str, Any] = {
        "fit": costs,
        "fit_learned": learned_costs,
        "one": one_at_a_time(recommender),
        "one_stored": one_at_a_time(recommender, stored=True),
    }
    say("new items")
    found["growth"] = growth(fit(data, models__taste__learn=False))
    say("answering everybody")
    found["all"] = everybody(recommender)
    say("implicit")
    peer = ImplicitALS(factors=128, iterations=15).timed(data, 100)
    found["implicit"] = {
        "fit_seconds": peer["fit"],
        "people_per_s": data.n_users / peer["recommend"],
    }
    found["all"]["ratio_to_implicit"] = (
        found["all"]["people_per_s"] / found["implicit"]["people_per_s"]
    )
    if not options.quick:
        say("a catalogue of 100,000")
        large, large_costs = fitted(large_world())
        found["fit_100k"], found["one_100k"] = large_costs, one_at_a_time(large)
    return found


class SpeedProtocol(Settings):
    """What is timed, for the run card."""

    name: ClassVar[str] = "speed"
    events: int = _EVENTS
    answers: int = _ASKED
    n: int = 10
    n_all: int = 100


def main() -> None:
    """Measure, print, write."""
    options = arguments("seconds of fitting, milliseconds of answering, people a second")
    start_s = time.perf_counter()
    found = measure(options)
    card = make_card(
        movielens_positives(options.data),
        SpeedProtocol(),
        {"taste": "defaults", "implicit": "128 factors, 15 iterations"},
        seeds={"fit": 0},
        seconds=time.perf_counter() - start_s,
        peak_mb=peak_memory_mb(),
    )
    print(json.dumps(found, indent=1))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**found, "card": asdict(card)}, indent=1, default=str)
        options.json.write_text(text + "\n")


if __name__ == "__main__":
    main_of(main)
