"""A service of its own for a benchmark: a world fitted once, a server process, its key."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.service.http_load import Load
from foretaste.core import Dataset

__all__ = ["Server", "memory_mb", "served", "world_bundle"]

_START_S = 180.0


@dataclass
class Server:
    """A running service.

    Attributes:
        home: Its folder.
        host: Of the server.
        port: Of the server.
        key: An administrator's.
        process: Of the server.
        settings: ``name=value`` words it was started with.
        started_s: Seconds from start to ready, the last time.
    """

    home: Path
    host: str
    port: int
    key: str
    process: subprocess.Popen[bytes]
    settings: tuple[str, ...]
    started_s: float = 0.0

    def load(self, connections: int) -> Load:
        """Where a load is sent.

        Args:
            connections: How many.

        Returns:
            The load's target.
        """
        return Load(self.host, self.port, connections)

    def ask(self, method: str, path: str, body: Any = None, timeout_s: float = 30.0) -> Any:
        """One request outside the load.

        Args:
            method: ``GET`` ...
            path: Path and query, encoded.
            body: JSON values.
            timeout_s: How long to wait.

        Returns:
            JSON values, or the text.

        Raises:
            urllib.error.HTTPError: If it is refused.
        """
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://{self.host}:{self.port}{path}",
            data,
            {"X-API-Key": self.key, "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            text = answer.read().decode()
        try:
            return json.loads(text)
        except ValueError:
            return text

    def kill(self) -> None:
        """End every process of it at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start(self) -> None:
        """Start (again) and wait until it is ready."""
        start_s = time.perf_counter()
        self.process = _spawn(self.home, self.port, self.settings)
        self._wait(start_s)

    def stop(self) -> int:
        """End it politely.

        Returns:
            Its exit code.
        """
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            return -9

    def _wait(self, start_s: float) -> None:
        while time.perf_counter() - start_s < _START_S:
            if self.process.poll() is not None:
                raise SystemExit(
                    f"the server ended: {(self.home / 'server.log').read_text()[-3000:]}"
                )
            try:
                self.ask("GET", "/health/ready", timeout_s=2)
            except (OSError, urllib.error.URLError):
                time.sleep(0.02)
                continue
            self.started_s = time.perf_counter() - start_s
            return
        raise SystemExit("the server did not become ready")


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its children.

    Args:
        pid: Of the parent.

    Returns:
        Megabytes.
    """
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            words = status.read_text()
            parent = re.search(r"^PPid:\s+(\d+)", words, re.M)
            size = re.search(r"^VmRSS:\s+(\d+)", words, re.M)
            mine = int(status.parent.name) == pid or (parent and int(parent.group(1)) == pid)
            if mine and size:
                total += int(size.group(1)) / 1024
    return total


def world_bundle(dataset: Dataset, folder: Path, *, text: bool = False) -> Path:
    """Fit once and keep.

    Args:
        dataset: The world.
        folder: Where.
        text: Whether words are read too.

    Returns:
        The bundle.
    """
    from foretaste.app import FitSettings, fit

    settings = FitSettings.of(
        {"use_text": text, "ratings": False, "models": {"taste": {"learn": False}}}, "benchmark"
    )
    fit(dataset, settings).save(folder, overwrite=True)
    return folder


@contextmanager
def served(bundle: Path, *settings: str, url: str | None = None) -> Iterator[Server]:
    """A service that begins with a bundle, in a scratch home; gone at the end.

    Args:
        bundle: What to begin with.
        *settings: ``name=value`` words for ``--set``.
        url: Database; SQLite in the home folder when left out.

    Yields:
        The service, ready.
    """
    with tempfile.TemporaryDirectory(prefix="foretaste-bench-") as scratch:
        home = Path(scratch)
        port = _free_port()
        words = (f"bundle={bundle}", "log.level=warning", *settings)
        words += () if url is None else (f"storage.url={url}",)
        start_s = time.perf_counter()
        process = _spawn(home, port, words)
        server = Server(home, "127.0.0.1", port, "", process, words)
        try:
            server._wait(start_s)
            found = re.search(r"ft_[\w-]+", (home / "server.log").read_text())
            if found is None:
                raise SystemExit("the server printed no key")
            server.key = found.group(0)
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()


def _spawn(home: Path, port: int, settings: tuple[str, ...]) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "foretaste.cli", "serve", "--home", str(home / "home")]
    words += ["--host", "127.0.0.1", "--port", str(port), "--no-console"]
    for one in settings:
        words += ["--set", one]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed server has its bytecode
    with (home / "server.log").open("ab") as log:
        return subprocess.Popen(
            words, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment,
            start_new_session=True,
        )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
