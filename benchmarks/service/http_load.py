"""A small load generator: many kept-alive connections, closed or open loop, honest latencies.

In the open loop requests are due at fixed times whether or not earlier ones have been answered,
and latency counts from when a request was *due*, so that a stalled server cannot hide its stall
(coordinated omission; Tene 2013).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Load", "Outcome", "closed_loop", "open_loop", "request_bytes"]

Maker = Callable[[], bytes]
_REFUSED = 599
"""Recorded where the connection broke instead of an answer."""


@dataclass
class Outcome:
    """What came back.

    Attributes:
        seconds: How long the load lasted.
        latencies_s: One per answer, in the order they came.
        statuses: Answers by HTTP status; 599 is a broken connection.
        late: Requests that were due but never sent before the end (open loop only).
    """

    seconds: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    late: int = 0

    def summary(self) -> dict[str, Any]:
        """Rates and percentiles.

        Returns:
            Numbers by name; milliseconds for latencies.
        """
        spent = np.asarray(self.latencies_s or [np.nan]) * 1e3
        levels = {"p50_ms": 50, "p95_ms": 95, "p99_ms": 99, "max_ms": 100}
        return {
            "seconds": self.seconds,
            "answers": len(self.latencies_s),
            "per_second": len(self.latencies_s) / max(self.seconds, 1e-9),
            "not_ok": sum(n for status, n in self.statuses.items() if not 200 <= status < 300),
            "statuses": {str(status): n for status, n in sorted(self.statuses.items())},
            "never_sent": self.late,
            **{name: float(np.percentile(spent, level)) for name, level in levels.items()},
        }


@dataclass(frozen=True)
class Load:
    """Where to send and over how many connections.

    Attributes:
        host: Of the server.
        port: Of the server.
        connections: Kept open, one request at a time each.
    """

    host: str
    port: int
    connections: int = 16


def request_bytes(method: str, path: str, key: str, body: bytes = b"") -> bytes:
    """One HTTP/1.1 request.

    Args:
        method: ``GET``, ``POST`` ...
        path: Path and query, encoded.
        key: API key.
        body: JSON.

    Returns:
        What goes over the wire.
    """
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {key}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class _Line:
    """One connection; opened again when it breaks."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send and wait for the whole answer."""
        try:
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(
                    self.load.host, self.load.port
                )
            assert self.reader is not None
            self.writer.write(request)
            head = await self.reader.readuntil(b"\r\n\r\n")
            lowered = head.lower()
            at = lowered.find(b"content-length:")
            if at >= 0:
                length = int(head[at + 15 : head.find(b"\r\n", at)])
                body = await self.reader.readexactly(length) if length else b""
            else:
                body = await self._chunks()
            if b"connection: close" in lowered:
                self.close()
            return int(head[9:12]), body
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            self.close()
            return _REFUSED, repr(error).encode()

    async def _chunks(self) -> bytes:
        assert self.reader is not None
        body = b""
        while size := int(await self.reader.readline(), 16):
            body += await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)
        return body

    def close(self) -> None:
        """Forget the connection."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


Seen = Callable[[int, bytes, bytes], None]


async def closed_loop(load: Load, make: Maker, seconds: float, seen: Seen | None = None) -> Outcome:
    """As many as the server answers: each connection asks again when it has its answer.

    Args:
        load: Where.
        make: Gives the next request.
        seconds: For how long.
        seen: Told status, request and body of each answer.

    Returns:
        What came back.
    """
    outcome = Outcome()
    start_s = time.perf_counter()
    end_s = start_s + seconds

    async def work() -> None:
        line = _Line(load)
        while (sent_s := time.perf_counter()) < end_s:
            request = make()
            status, body = await line.ask(request)
            outcome.latencies_s.append(time.perf_counter() - sent_s)
            outcome.statuses[status] += 1
            if seen is not None:
                seen(status, request, body)
            if status == _REFUSED:
                await asyncio.sleep(0.02)
        line.close()

    await asyncio.gather(*(work() for _ in range(load.connections)))
    outcome.seconds = time.perf_counter() - start_s
    return outcome


async def open_loop(load: Load, make: Maker, per_second: float, seconds: float) -> Outcome:
    """A fixed rate; latency counts from when each request was due.

    Args:
        load: Where.
        make: Gives the next request.
        per_second: How many are due each second.
        seconds: For how long.

    Returns:
        What came back.
    """
    outcome = Outcome()
    start_s = time.perf_counter() + 0.05
    total = int(per_second * seconds)
    places: Iterator[int] = iter(range(total))

    async def work() -> None:
        line = _Line(load)
        for place in places:
            due_s = start_s + place / per_second
            wait_s = due_s - time.perf_counter()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            elif -wait_s > 10:
                outcome.late += 1
                continue
            status, _ = await line.ask(make())
            outcome.latencies_s.append(time.perf_counter() - due_s)
            outcome.statuses[status] += 1
        line.close()

    await asyncio.gather(*(work() for _ in range(load.connections)))
    outcome.seconds = time.perf_counter() - start_s
    return outcome
