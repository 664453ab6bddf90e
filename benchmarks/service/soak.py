"""An hour of mixed load: is memory flat, does anything fail?

``python -m benchmarks.service.soak --json docs/results/service_soak.json`` (``--quick``: two
minutes). Recommendations, wishes, feedback, new items, searches and lists at a steady rate; the
memory of all processes of the service is read every few seconds.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from benchmarks.common import arguments, main_of, say
from benchmarks.service.asking import batches, one_event, recommendations
from benchmarks.service.http_load import open_loop, request_bytes
from benchmarks.service.server import memory_mb, served, world_bundle
from foretaste.core import Dataset, Settings, stream
from foretaste.data.sample import load_sample
from foretaste.evaluate import make_card
from foretaste.evaluate.card import peak_memory_mb

_WISHES = ("a slow film about memory", "something funny", "a heist in the city", "space and time")


class SoakProtocol(Settings):
    """What the load is, for the run card."""

    name: ClassVar[str] = "service soak"
    seconds: float = 3_600.0
    warm_s: float = 300.0
    per_second: float = 30.0
    connections: int = 16


def mixed(data: Dataset, key: str) -> Any:
    """One request after another, of every kind.

    Args:
        data: People and items.
        key: API key.

    Returns:
        What gives the next request.
    """
    rng = stream(0, "mixed")
    people = recommendations(data, key)
    events = batches(data, key, 5, "durable", f"soak-{time.time()}")
    new = itertools.count()
    lists = [f"/v1/lists/{name}?n=10" for name in ("popular", "trending", "latest")]

    def make() -> bytes:
        draw = rng.random()
        if draw < 0.6:
            return people()
        if draw < 0.85:
            return events()
        if draw < 0.92:
            wish = _WISHES[int(rng.integers(len(_WISHES)))]
            body = json.dumps({"wish": wish, "n": 10}).encode()
            return request_bytes("POST", "/v1/recommendations", key, body)
        if draw < 0.999:
            return request_bytes("GET", lists[int(rng.integers(len(lists)))], key)
        # The same hundred items again and again: the catalogue must not grow without end.
        item_id = f"soak-{next(new) % 100}"
        item = {"item_id": item_id, "attributes": {"title": f"Soak {time.time():.0f}"}}
        return request_bytes("POST", "/v1/items", key, json.dumps(item).encode())

    return make


def measure(rules: SoakProtocol) -> dict[str, Any]:
    """Run the load and watch.

    Args:
        rules: How long.

    Returns:
        Errors, latency, and memory at the beginning (once warm) and at the end.
    """
    data = load_sample()
    with tempfile.TemporaryDirectory() as folder:
        bundle = world_bundle(data, Path(folder) / "bundle", text=True)
        with served(bundle, "refresh.automatic=false") as server:
            server.ask("POST", "/v1/feedback", one_event(data, stream(0, "first")))
            memory: list[tuple[float, float]] = []
            stop = threading.Event()
            start_s = time.perf_counter()

            def watch() -> None:
                while not stop.wait(5.0):
                    memory.append((time.perf_counter() - start_s, memory_mb(server.process.pid)))

            watcher = threading.Thread(target=watch)
            watcher.start()
            load = server.load(rules.connections)
            make = mixed(data, server.key)
            outcome = asyncio.run(open_loop(load, make, rules.per_second, rules.seconds))
            stop.set()
            watcher.join()
    times = np.array([one[0] for one in memory])
    sizes = np.array([one[1] for one in memory])
    warm = sizes[(times > rules.warm_s) & (times < rules.warm_s + rules.seconds / 12)]
    late = sizes[times > rules.seconds * 11 / 12]
    begin, end = float(np.median(warm)), float(np.median(late))
    return {
        **outcome.summary(),
        "memory_warm_mb": begin,
        "memory_end_mb": end,
        "memory_growth": end / begin - 1,
        "memory_mb_by_minute": [
            round(float(np.median(sizes[(times >= m * 60) & (times < (m + 1) * 60)])), 1)
            for m in range(int(rules.seconds // 60))
        ],
        "cores": os.cpu_count(),
    }


def main() -> None:
    """Measure, print, write."""
    options = arguments("an hour of mixed load")
    rules = SoakProtocol(seconds=120, warm_s=30) if options.quick else SoakProtocol()
    start_s = time.perf_counter()
    say(f"{rules.seconds / 60:.0f} minutes")
    found = measure(rules)
    card = make_card(
        load_sample(),
        rules,
        {"taste": "defaults, one worker, SQLite"},
        seeds={"mixed": 0},
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
