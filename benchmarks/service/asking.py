"""Requests for the load: distinct people in turn, events that never happened before."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable

import numpy as np

from benchmarks.service.http_load import request_bytes
from foretaste.core import Dataset, stream

__all__ = ["batches", "one_event", "recommendations"]


def recommendations(dataset: Dataset, key: str, n: int = 10) -> Callable[[], bytes]:
    """Recommendations with reasons, one person after another, nobody twice in a round.

    Args:
        dataset: Whose people.
        key: API key.
        n: Length of the list.

    Returns:
        What gives the next request.
    """
    order = stream(0, "people asked").permutation(dataset.n_users).tolist()
    ready = [
        request_bytes(
            "POST",
            "/v1/recommendations",
            key,
            json.dumps({"user_id": dataset.user_ids.ids[row], "n": n}).encode(),
        )
        for row in order
    ]
    turns = itertools.cycle(ready)
    return lambda: next(turns)


def one_event(dataset: Dataset, rng: np.random.Generator, kind: str = "click") -> dict[str, object]:
    """Something somebody might do now.

    Args:
        dataset: People and items.
        rng: Draws both.
        kind: What they do.

    Returns:
        JSON values.
    """
    return {
        "user_id": dataset.user_ids.ids[int(rng.integers(dataset.n_users))],
        "item_id": dataset.item_ids.ids[int(rng.integers(dataset.n_items))],
        "kind": kind,
        "time_s": time.time(),
    }


def batches(
    dataset: Dataset, key: str, size: int, durability: str, seed: str
) -> Callable[[], bytes]:
    """Batches of new events; every one has a name of its own.

    Args:
        dataset: People and items.
        key: API key.
        size: Events in a batch.
        durability: ``durable`` or ``fast``.
        seed: Part of every name, so that runs do not repeat each other.

    Returns:
        What gives the next request.
    """
    rng = stream(0, "events", seed)
    number = itertools.count()

    def make() -> bytes:
        events = [
            {**one_event(dataset, rng), "idempotency_key": f"{seed}-{next(number)}"}
            for _ in range(size)
        ]
        body = json.dumps({"events": events, "durability": durability}).encode()
        return request_bytes("POST", "/v1/feedback/batch", key, body)

    return make
