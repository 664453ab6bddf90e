"""A small shop with a service in front of it, and somebody who calls it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import polars as pl
import uvicorn
from starlette.testclient import TestClient

from foretaste.app import fit
from foretaste.app.service import Service, ServiceSettings, load_service_settings
from foretaste.core import Dataset, stream
from foretaste.data import DatasetBuilder

GENRES = {
    "Crime": "detective robbers city night gang chase",
    "Romance": "lovers sea letters summer goodbye train",
    "Space": "crew stars silent ship planet signal",
}
ODD_IDS = ("a/b", "100 %", "snow ☃ man", "..", "~", "a?b#c&d=e", "semi;colon", "a\nb", "%2F")


def shop_data(n_items: int = 36, n_people: int = 60) -> Dataset:
    rng = stream(7, "shop")
    names = list(GENRES)
    ids = [f"item-{n}" for n in range(n_items - len(ODD_IDS))] + list(ODD_IDS)
    rows = []
    for n, item_id in enumerate(ids):
        genre = names[n % len(names)]
        words = rng.permutation(GENRES[genre].split()).tolist()
        rows.append(
            {
                "item_id": item_id,
                "title": f"{genre} {n}",
                "year": 1960 + n,
                "genres": [genre, "Drama"] if n % 2 else [genre],
                "overview": " ".join(words),
            }
        )
    events = []
    for n in range(n_people):
        liked = [i for i in range(n_items) if i % len(names) == n % len(names)]
        for place, item in enumerate(rng.choice(liked, 6, replace=False).tolist()):
            events.append(
                {
                    "user_id": f"p{n}",
                    "item_id": ids[item],
                    "kind": "like",
                    "time_s": 1e9 + 1e4 * place + n,
                }
            )
    builder = DatasetBuilder("shop", roles={"overview": "text"})
    builder.items(pl.DataFrame(rows))
    builder.people(pl.DataFrame([{"user_id": f"p{n}", "age": "young"} for n in range(n_people)]))
    builder.interactions(pl.DataFrame(events), columns={"timestamp": "time_s", "type": "kind"})
    return builder.build()


def make_bundle(folder: Path) -> Path:
    fit(shop_data()).save(folder)
    return folder


def settings_for(home: Path, bundle: Path, **more: Any) -> ServiceSettings:
    base = {"home": str(home), "bundle": str(bundle), "http.port": 0, "live.poll_s": 0.02}
    base |= {"log.requests": False, "refresh.automatic": False}
    return load_service_settings(
        None, {**base, **{k.replace("__", "."): v for k, v in more.items()}}
    )


class Caller:
    """Calls an application with a key of each role."""

    def __init__(self, service: Service, client: Any) -> None:
        self.service = service
        self.client = client
        self.keys = {
            role: service.access.create_key("default", role, f"a {role}").key
            for role in ("page", "reader", "writer", "operator", "admin")
        }

    def __call__(self, method: str, path: str, role: str = "admin", **more: Any) -> Any:
        headers = {"X-API-Key": self.keys[role], **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self("POST", path, json=body if body is not None else {}, **more)


def encoded(one: str) -> str:
    """An id as one segment of an address."""
    return quote(one, safe="")


@contextmanager
def live(app: Any) -> Iterator[str]:
    """An application that listens on a free port of this machine; gives its address."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.listen(128)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        bound.close()


def until(fine: Callable[[], Any], patience_s: float = 20.0) -> Any:
    """Wait for something to come true."""
    end_s = time.monotonic() + patience_s
    while time.monotonic() < end_s:
        found = fine()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"still not so after {patience_s} s")


def client_of(app: Any) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, base_url="http://127.0.0.1")


def run(job: Any) -> Any:
    return asyncio.run(job)


def finite(values: Any) -> bool:
    return bool(np.isfinite(np.asarray(values, float)).all())
