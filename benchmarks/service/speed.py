"""How many answers and events a second, and how soon an event changes an answer.

``python -m benchmarks.service.speed --json docs/results/service_speed.json``. One worker; server
and client share the machine's cores; distinct people, reasons on, impressions written, no cache of
answers.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from benchmarks.common import arguments, main_of, say
from benchmarks.service.asking import batches, one_event, recommendations
from benchmarks.service.http_load import closed_loop, open_loop
from benchmarks.service.server import Server, memory_mb, served, world_bundle
from benchmarks.speed import large_world
from benchmarks.worlds import movielens_positives
from foretaste.core import Dataset, Settings, stream
from foretaste.evaluate import make_card
from foretaste.evaluate.card import peak_memory_mb

_CONNECTIONS = 8
_BATCH = 100


class ServiceProtocol(Settings):
    """What is timed, for the run card."""

    name: ClassVar[str] = "service speed"
    seconds: float = 60.0
    connections: int = _CONNECTIONS
    n: int = 10
    steady_per_second: float = 400.0
    batch: int = _BATCH
    changes: int = 300


def answers(server: Server, data: Dataset, rules: ServiceProtocol) -> dict[str, Any]:
    """The most answers a second, and latency at a steady rate.

    Args:
        server: Who answers.
        data: Whose people ask.
        rules: How long and how many.

    Returns:
        Both summaries.
    """
    make = recommendations(data, server.key, rules.n)
    load = server.load(rules.connections)
    asyncio.run(closed_loop(load, make, 3.0))
    most = asyncio.run(closed_loop(load, make, rules.seconds)).summary()
    calm = server.load(64)
    steady = asyncio.run(open_loop(calm, make, rules.steady_per_second, rules.seconds)).summary()
    return {"closed_loop": most, "steady": {"due_per_second": rules.steady_per_second, **steady}}


def feedback(server: Server, data: Dataset, rules: ServiceProtocol) -> dict[str, Any]:
    """Events a second in batches, both ways of keeping them.

    Args:
        server: Who keeps them.
        data: People and items.
        rules: How long and how many.

    Returns:
        A summary for each way, with events counted.
    """
    found = {}
    for durability in ("fast", "durable"):
        make = batches(data, server.key, rules.batch, durability, f"{durability}-{time.time()}")
        outcome = asyncio.run(closed_loop(server.load(rules.connections), make, rules.seconds))
        summary = outcome.summary()
        summary["events_per_second"] = outcome.statuses[200] * rules.batch / outcome.seconds
        found[durability] = summary
    return found


def changes(server: Server, data: Dataset, rules: ServiceProtocol) -> dict[str, Any]:
    """From sending an event to holding an answer that it changed.

    The event is a like of the first item of the person's list; the answer has changed when that
    item is gone from it and the scores of the others have moved.

    Args:
        server: Who answers.
        data: People.
        rules: How many times.

    Returns:
        Percentiles in milliseconds, and how often the first answer asked for had not changed.
    """
    rng = stream(0, "changes")
    spent, unchanged = [], 0
    for row in rng.permutation(data.n_users)[: rules.changes].tolist():
        user_id = data.user_ids.ids[row]
        before = server.ask("POST", "/v1/recommendations", {"user_id": user_id, "n": 10})
        event = one_event(data, rng, "like") | {
            "user_id": user_id,
            "item_id": before["items"][0]["item_id"],
        }
        start_s = time.perf_counter()
        server.ask("POST", "/v1/feedback", event)
        after = server.ask("POST", "/v1/recommendations", {"user_id": user_id, "n": 10})
        spent.append(1e3 * (time.perf_counter() - start_s))
        then = {one["item_id"]: one["score"] for one in before["items"]}
        now = {one["item_id"]: one["score"] for one in after["items"]}
        moved = any(abs(now[one] - then[one]) > 1e-9 for one in set(now) & set(then))
        unchanged += event["item_id"] in now or not (moved or set(now) != set(then))
    levels = {"p50_ms": 50, "p99_ms": 99, "max_ms": 100}
    return {
        "times": len(spent),
        "unchanged": unchanged,
        **{name: float(np.percentile(spent, level)) for name, level in levels.items()},
    }


def measure(data: Dataset, rules: ServiceProtocol, *, whole: bool) -> dict[str, Any]:
    """One world behind one worker.

    Args:
        data: The world.
        rules: How long and how many.
        whole: Feedback too, or answers alone.

    Returns:
        What was found.
    """
    with tempfile.TemporaryDirectory() as folder:
        bundle = world_bundle(data, Path(folder) / "bundle")
        with served(bundle) as server:
            found = {"items": data.n_items, "people": data.n_users, "start_s": server.started_s}
            found |= answers(server, data, rules)
            if whole:
                found["event_to_answer"] = changes(server, data, rules)
                found["feedback"] = feedback(server, data, rules)
            found["memory_mb"] = memory_mb(server.process.pid)
    return found


def main() -> None:
    """Measure, print, write."""
    options = arguments("answers and events a second of the service")
    rules = ServiceProtocol(seconds=5.0, changes=30) if options.quick else ServiceProtocol()
    start_s = time.perf_counter()
    data = movielens_positives(options.data)
    say("MovieLens-1M")
    found: dict[str, Any] = {"ml_1m": measure(data, rules, whole=True)}
    say("a catalogue of 100,000")
    found["large"] = measure(large_world(), rules, whole=False)
    card = make_card(
        data,
        rules,
        {"taste": "defaults, one worker, SQLite"},
        seeds={"people": 0},
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
