"""The service as a process of its own: it listens, it is ended, it is killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from foretaste.app.service import HttpSettings, Service
from foretaste.core.errors import StorageError
from foretaste.serve.running import greet, listen

from .shop import settings_for, until

SCRIPT = """
import sys
from foretaste.app.service import load_service_settings
from foretaste.serve import run

if __name__ == "__main__":
    import json
    settings = load_service_settings(json.loads(sys.argv[1]))
    sys.exit(run(settings, say=lambda words: print(words, flush=True)))
"""


class Process:
    """A running service, its address and its first key."""

    def __init__(self, child: subprocess.Popen[str], log: Path) -> None:
        self.child = child
        self.log = log
        self.said: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()
        until(lambda: any("ft_" in line for line in self.said) or child.poll() is not None, 60)
        text = "\n".join(self.said)
        assert child.poll() is None, self.log.read_text()
        self.url = re.search(r"(http://\S+)/v1", text)[1]  # type: ignore[index]
        self.key = re.search(r"ft_\w{16}_\S+", text)[0]  # type: ignore[index]
        self.http = httpx.Client(
            base_url=self.url, headers={"X-API-Key": self.key}, timeout=20, trust_env=False
        )
        until(self.ready, 60)

    def _read(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            self.said.append(line)

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.log.read_text().splitlines() if one[:1] == "{"]

    def pids(self) -> set[int]:
        dead = {one["pid"] for one in self.lines() if one["event"] == "worker died"}
        return {one["pid"] for one in self.lines() if one["event"] == "worker started"} - dead


@pytest.fixture
def start(shop_bundle: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    script = tmp_path / "serve_it.py"
    script.write_text(SCRIPT)

    @contextmanager
    def started(**more: Any) -> Iterator[Process]:
        settings = settings_for(tmp_path / "home", shop_bundle, **more)
        log = tmp_path / f"log-{time.monotonic_ns()}.txt"
        with log.open("w") as target:
            child = subprocess.Popen(
                [sys.executable, str(script), settings.model_dump_json()],
                stdout=subprocess.PIPE,
                stderr=target,
                text=True,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        try:
            yield Process(child, log)
        finally:
            if child.poll() is None:
                child.terminate()
                try:
                    child.wait(30)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()

    yield started


def _storm(process: Process, kept: list[int]) -> Callable[[], None]:
    def send() -> None:
        number = 0
        while process.child.poll() is None:
            events = [
                {
                    "user_id": "storm",
                    "item_id": "item-1",
                    "kind": "view",
                    "time_s": float(number * 20 + row),
                    "idempotency_key": f"{number}-{row}",
                }
                for row in range(20)
            ]
            try:
                reply = process.http.post("/v1/feedback/batch", json={"events": events})
            except httpx.TransportError:
                return
            if reply.status_code == 200:
                kept.append(reply.json()["accepted"])
            number += 1

    return send


def test_a_signal_ends_it_cleanly_and_loses_nothing_it_acknowledged(
    start: Callable[..., Any], shop_bundle: Path, tmp_path: Path
) -> None:
    with start() as process:
        kept: list[int] = []
        sender = threading.Thread(target=_storm(process, kept))
        sender.start()
        shown = process.http.post("/v1/recommendations", json={"user_id": "p1"}).json()
        until(lambda: len(kept) >= 5)
        process.child.send_signal(signal.SIGTERM)
        assert process.child.wait(30) == 0
        sender.join(20)
        assert "Traceback" not in process.log.read_text()
        assert process.key not in process.log.read_text()
    with Service.open(settings_for(tmp_path / "home", shop_bundle)) as service:
        found, cursor = 0, None
        while True:
            page = service.workspace().events(user_id="storm", n=500, cursor=cursor)
            found, cursor = found + len(page.items), page.cursor
            if cursor is None:
                break
        assert found >= sum(kept) > 0
        assert service.workspace().answer_shown(shown["answer_id"]), "the last lists were written"


def test_control_c_ends_it_too(start: Callable[..., Any]) -> None:
    with start() as process:
        process.child.send_signal(signal.SIGINT)
        assert process.child.wait(30) == 0


@pytest.mark.slow
def test_dead_workers_are_replaced_and_numbers_add_up(start: Callable[..., Any]) -> None:
    with start(http__workers=2) as process:
        first = until(lambda: len(process.pids()) == 2 and process.pids(), 60)
        victim = sorted(first)[0]
        os.kill(victim, signal.SIGKILL)
        after = until(lambda: len(process.pids() - first) == 1 and process.pids(), 60)
        assert victim not in after and len(after) == 2

        def answered() -> bool:
            try:
                reply = process.http.post("/v1/recommendations", json={"user_id": "p1"})
            except httpx.TransportError:  # a connection that the dead worker had accepted
                return False
            return reply.status_code == 200

        until(answered, 30)
        for _ in range(30):
            with httpx.Client(base_url=process.url, headers=process.http.headers) as fresh:
                assert fresh.post("/v1/recommendations", json={"n": 1}).status_code == 200
        text = process.http.get("/metrics").text
        counted = re.search(r'foretaste_answers_total\{source="[^"]+"\} (\d+)', text)
        assert counted is not None and int(float(counted[1])) >= 30
        process.child.send_signal(signal.SIGTERM)
        assert process.child.wait(40) == 0
        for pid in after:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    taken = listen(HttpSettings(port=0))
    try:
        port = taken.socket.getsockname()[1]
        assert taken.url == f"http://127.0.0.1:{port}"
        with pytest.raises(StorageError, match=f"cannot listen on 127.0.0.1:{port}"):
            listen(HttpSettings(port=port))
    finally:
        taken.socket.close()


def test_whoever_starts_it_is_warned_of_what_is_open(shop_bundle: Path, tmp_path: Path) -> None:
    open_to_all = {"http__host": "0.0.0.0", "http__keys": False}
    with Service.open(settings_for(tmp_path, shop_bundle, **open_to_all)) as service:
        said: list[str] = []
        greet(service, "http://0.0.0.0:1", said.append, False)
        words = " ".join(said)
        assert "without TLS" in words and "no key is asked for" in words and "ft_" in words
        said.clear()
        greet(service, "http://0.0.0.0:1", said.append, False)
        assert "ft_" not in " ".join(said), "the first key is shown once"
