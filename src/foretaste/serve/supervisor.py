"""Several processes on one socket, and somebody who replaces those that die."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event as Flag
from socket import socket
from types import FrameType

import structlog

from foretaste.app.service import Service, ServiceSettings
from foretaste.serve.running import Console, console_hint, greet, leave_address, listen, serve_on

__all__ = ["supervise"]

_LOG = structlog.get_logger("foretaste.serve")
_SPAWN = multiprocessing.get_context("spawn")
_SOON_S = 5.0  # a worker that dies younger than this is replaced more slowly each time
_SLOWEST_S = 30.0
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(slots=True)
class _Place:
    """One place at the socket, and who has it now."""

    socket: socket
    console: Console | None = None
    console_url: str | None = None
    process: SpawnProcess | None = None
    born_s: float = 0.0
    early: int = 0
    again_s: float = 0.0


def supervise(
    settings: ServiceSettings, tell: Callable[[str], None], console: Console | None = None
) -> int:
    """Keep as many workers as the settings say, until a signal ends it.

    The first worker is waited for, so that the store is made and seeded once. A worker that dies
    is replaced at once, one that keeps dying ever more slowly. SIGHUP replaces all, one by one.

    Args:
        settings: All of them.
        tell: Told the address and the first key.
        console: Mounts the pages for people, in one more process at the next port.

    Returns:
        The exit code.
    """
    listening = listen(settings.http)
    places = [_Place(listening.socket) for _ in range(settings.http.workers)]
    sockets = [listening.socket]
    with Service.open(settings) as service:
        greet(service, listening.url, tell, False)
    if console is not None:
        port = listening.socket.getsockname()[1]
        pages = listen(settings.http, port + 1)
        sockets.append(pages.socket)
        for place in places:
            place.console_url = f"{pages.url}/console"
        places.append(_Place(pages.socket, console))
        leave_address(settings, pages.url)
        tell(console_hint(settings, pages.url))
    folder = tempfile.mkdtemp(prefix="foretaste-metrics-")
    os.environ[_FOLDER] = folder
    try:
        return _Supervisor(settings, places).run()
    finally:
        os.environ.pop(_FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)
        for one in sockets:
            one.close()
        leave_address(settings, None)


class _Supervisor:
    """Watches places and fills those that fall empty."""

    def __init__(self, settings: ServiceSettings, places: list[_Place]) -> None:
        self.settings = settings
        self.places = places
        self.stop = False
        self.renew = False

    def run(self) -> int:
        before = {
            sign: signal.signal(sign, self._on_signal)
            for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            while not self.stop:
                self._fill()
                if self.renew:
                    self.renew = False
                    self._renew()
                time.sleep(0.1)
        finally:
            self._end()
            for sign, handler in before.items():
                signal.signal(sign, handler)
        return 0

    def _on_signal(self, sign: int, _frame: FrameType | None) -> None:
        if sign == signal.SIGHUP:
            self.renew = True
        else:
            self.stop = True

    def _fill(self) -> None:
        now = time.monotonic()
        for place in self.places:
            process = place.process
            if process is not None and process.is_alive():
                continue
            if process is not None:
                _forget(process.pid)
                young = now - place.born_s < _SOON_S
                place.early = place.early + 1 if young else 0
                # The first replacement is at once; only those that keep dying have to wait.
                pause_s = min(_SLOWEST_S, 2.0 ** (place.early - 1)) if place.early > 1 else 0.0
                _LOG.error("worker died", pid=process.pid, code=process.exitcode, again_in=pause_s)
                place.process = None
                place.again_s = now + pause_s
            if now >= place.again_s:
                self._start(place)

    def _start(self, place: _Place, ready: Flag | None = None) -> None:
        process = _SPAWN.Process(
            target=_work,
            args=(self.settings, place.socket, place.console, place.console_url, ready),
        )
        process.start()
        place.process, place.born_s = process, time.monotonic()
        _LOG.info("worker started", pid=process.pid)

    def _renew(self) -> None:
        for place in self.places:
            old, flag = place.process, _SPAWN.Event()
            self._start(place, flag)
            if not flag.wait(60):
                _LOG.error("a new worker does not get ready; the others stay as they are")
                return
            if old is not None and old.pid is not None:
                old.terminate()
                old.join(self.settings.http.drain_s + 10)
                _forget(old.pid)

    def _end(self) -> None:
        running = [p.process for p in self.places if p.process is not None and p.process.is_alive()]
        for process in running:
            process.terminate()
        until = time.monotonic() + self.settings.http.drain_s + 10
        for process in running:
            process.join(max(0.1, until - time.monotonic()))
            if process.is_alive():
                _LOG.error("worker did not end in time", pid=process.pid)
                process.kill()
                process.join()


def _forget(pid: int | None) -> None:
    """Drop the gauges of a process that is gone; what it counted stays in the sums."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)


def _work(
    settings: ServiceSettings,
    bound: socket,
    console: Console | None,
    console_url: str | None,
    ready: Flag | None,
) -> None:
    """What each worker does, in a process of its own."""
    from foretaste.serve.watching.logs import configure_logs

    configure_logs(settings.log.level, settings.log.format)
    with Service.open(settings) as service:
        if ready is not None:
            ready.set()
        code = serve_on(service, bound, console, console_url)
    raise SystemExit(code)
