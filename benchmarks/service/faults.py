"""What survives: killed servers during storms of feedback, a database that goes and comes back.

``python -m benchmarks.service.faults --json docs/results/service_faults.json``; both databases.
Every event carries a number of its own, so that lost and doubled ones can be counted in the log
itself once everything is over.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from benchmarks.common import arguments, main_of, say
from benchmarks.service.asking import one_event
from benchmarks.service.http_load import closed_loop, request_bytes
from benchmarks.service.server import Server, served, world_bundle
from foretaste.core import Dataset, Settings, stream
from foretaste.data.sample import load_sample
from foretaste.evaluate import make_card
from foretaste.evaluate.card import peak_memory_mb
from foretaste.store import open_store

_BATCH = 20


class FaultsProtocol(Settings):
    """What is done to it, for the run card."""

    name: ClassVar[str] = "service faults"
    storms: int = 20
    connections: int = 8
    batch: int = _BATCH
    outage_s: float = 30.0


@dataclass
class Numbered:
    """Batches of durable events, each with a number; knows which were acknowledged.

    Attributes:
        data: People and items.
        key: API key.
        acknowledged: Numbers the server said it keeps.
        sent: How many were sent.
        spooled: Acknowledged while the database was gone.
        refused: Answers with 503, and whether each said when to try again.
    """

    data: Dataset
    key: str
    acknowledged: set[int] = field(default_factory=set)
    sent: int = 0
    spooled: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_000))

    def make(self) -> bytes:
        """The next batch."""
        rng = stream(0, "storm", str(self.sent))
        events = []
        for _ in range(_BATCH):
            number = next(self.numbers)
            event = one_event(self.data, rng)
            events.append({**event, "value": number, "idempotency_key": f"storm-{number}"})
        self.sent += _BATCH
        body = json.dumps({"events": events, "durability": "durable"}).encode()
        return request_bytes("POST", "/v1/feedback/batch", self.key, body)

    def seen(self, status: int, request: bytes, body: bytes) -> None:
        """Note what was acknowledged."""
        if status == 200:
            events = json.loads(request.split(b"\r\n\r\n", 1)[1])["events"]
            self.acknowledged.update(int(one["value"]) for one in events)
            self.spooled += _BATCH if json.loads(body)["spooled"] else 0
        elif status == 503:
            self.refused["503"] += 1

    def compared(self, url: str) -> dict[str, Any]:
        """Look for every acknowledged event in the log itself.

        Args:
            url: Of the database.

        Returns:
            How many were lost or doubled.
        """
        store = open_store(url)
        try:
            frame = store.space("default").events.frame()
        finally:
            store.close()
        values = Counter(int(v) for v in frame["value"].drop_nulls().to_list() if v >= 1_000_000)
        return {
            "sent": self.sent,
            "acknowledged": len(self.acknowledged),
            "kept": len(values),
            "lost": len(self.acknowledged - set(values)),
            "doubled": sum(1 for count in values.values() if count > 1),
        }


def storms(server: Server, data: Dataset, rules: FaultsProtocol, url: str) -> dict[str, Any]:
    """Kill the server in the middle of each storm and start it again.

    Args:
        server: Whom to kill.
        data: People and items.
        rules: How often.
        url: Of the database.

    Returns:
        What was lost or doubled, and seconds to be ready again.
    """
    rng = stream(0, "when to kill")
    work = Numbered(data, server.key)
    restarts = []
    for _ in range(rules.storms):
        after_s = 0.5 + float(rng.random())
        killer = threading.Timer(after_s, server.kill)
        killer.start()
        load = server.load(rules.connections)
        asyncio.run(closed_loop(load, work.make, after_s + 0.3, work.seen))
        killer.join()
        server.start()
        restarts.append(server.started_s)
    server.stop()
    return {
        "storms": rules.storms,
        **work.compared(url),
        "restart_s_median": sorted(restarts)[len(restarts) // 2],
        "restart_s_max": max(restarts),
    }


def outage(
    server: Server,
    data: Dataset,
    rules: FaultsProtocol,
    url: str,
    gone: Callable[[], Any],
) -> dict[str, Any]:
    """Take the database away while people ask and click.

    Args:
        server: Who goes on.
        data: People and items.
        rules: For how long.
        url: Of the database.
        gone: A context in which the database is gone.

    Returns:
        What happened to answers and events.
    """
    work = Numbered(data, server.key)
    load = server.load(2)
    asyncio.run(closed_loop(load, work.make, 2.0, work.seen))
    answers: Counter[str] = Counter()
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(0.05):
            start_s = time.perf_counter()
            try:
                found = server.ask("POST", "/v1/recommendations", {"user_id": "ann"})
            except OSError as error:
                answers[f"error {error}"] += 1
                continue
            said = any("degraded" in one for one in found.get("warnings", ()))
            answers["degraded" if said else "whole"] += 1
            answers["slowest_ms"] = max(
                answers["slowest_ms"], int(1e3 * (time.perf_counter() - start_s))
            )

    asker = threading.Thread(target=ask)
    asker.start()
    with gone():
        asyncio.run(closed_loop(load, work.make, rules.outage_s, work.seen))
    start_s = time.perf_counter()
    while time.perf_counter() - start_s < 60:
        if not server.ask("GET", "/health/ready").get("degraded"):
            break
        time.sleep(0.1)
    recovered_s = time.perf_counter() - start_s
    asyncio.run(closed_loop(load, work.make, 2.0, work.seen))
    stop.set()
    asker.join()
    server.stop()
    return {
        "outage_s": rules.outage_s,
        "answers": dict(answers),
        "spooled": work.spooled,
        "refused_with_503": work.refused["503"],
        "recovered_s": recovered_s,
        **work.compared(url),
    }


@contextmanager
def locked(url: str) -> Iterator[None]:
    """SQLite held by somebody else.

    Args:
        url: Of the database.

    Yields:
        While nobody else can write.
    """
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def measure(rules: FaultsProtocol) -> dict[str, Any]:
    """Both databases, both faults, and a spool that is too small.

    Args:
        rules: How often and for how long.

    Returns:
        What was found.
    """
    from foretaste.testing.stores import LocalPostgres

    data = load_sample()
    postgres = LocalPostgres()

    @contextmanager
    def stopped() -> Iterator[None]:
        postgres.stop()
        try:
            yield
        finally:
            postgres.start()

    found: dict[str, Any] = {}
    small = "storage.spool_bytes=200000"
    with tempfile.TemporaryDirectory() as folder:
        bundle = world_bundle(data, Path(folder) / "bundle")
        for name in ("sqlite", "postgresql"):
            say(f"{name}: storms")
            given = None if name == "sqlite" else postgres.fresh()
            with served(bundle, url=given) as server:
                url = given or f"sqlite:///{server.home / 'home' / 'foretaste.db'}"
                found[f"{name}_storms"] = storms(server, data, rules, url)
            for word, settings in (("outage", ()), ("outage_small_spool", (small,))):
                say(f"{name}: {word}")
                given = None if name == "sqlite" else postgres.fresh()
                with served(bundle, *settings, url=given) as server:
                    url = given or f"sqlite:///{server.home / 'home' / 'foretaste.db'}"
                    away = (lambda u=url: locked(u)) if given is None else stopped
                    found[f"{name}_{word}"] = outage(server, data, rules, url, away)
    postgres.close()
    return found


def main() -> None:
    """Measure, print, write."""
    options = arguments("what survives kills and outages")
    rules = FaultsProtocol(storms=3, outage_s=6.0) if options.quick else FaultsProtocol()
    start_s = time.perf_counter()
    found = measure(rules)
    card = make_card(
        load_sample(),
        rules,
        {"taste": "defaults, one worker"},
        seeds={"storm": 0},
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
