"""Listening: one process, or several with a supervisor that replaces those that die."""

from __future__ import annotations

import shlex
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
import uvicorn

from foretaste.app.service import HttpSettings, Service, ServiceSettings
from foretaste.core.errors import InputError, StorageError
from foretaste.serve.app import make_app
from foretaste.serve.watching.logs import configure_logs

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["ADDRESS_FILE", "Console", "Listening", "listen", "run", "serve_on"]

_LOG = structlog.get_logger("foretaste.serve")
Console = Callable[["FastAPI", Service], None]
"""Mounts the pages for people on an application."""
ADDRESS_FILE = "console.address"
"""Where the console is, in the service's home, as long as there is one."""
_LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Listening:
    """A socket that is bound, and its address in words.

    Attributes:
        socket: The socket.
        url: Where to reach it.
    """

    socket: socket.socket
    url: str


def run(
    settings: ServiceSettings,
    *,
    say: Callable[[str], None] | None = None,
    console: Console | None = None,
) -> int:
    """Open the service and answer until somebody ends it (SIGINT, SIGTERM).

    At the end open requests may finish, what waits is written, the service is closed.

    Args:
        settings: All of them.
        say: Told the address, the first key and what else a person should read once.
        console: Mounts the pages for people; with several workers they get a process of their
            own at the next port, because a page must come back to the process that made it.

    Returns:
        The exit code.
    """
    tell = say or (lambda _: None)
    configure_logs(settings.log.level, settings.log.format)
    if settings.http.workers > 1:
        from foretaste.serve.supervisor import supervise

        return supervise(settings, tell, console)
    _check_tls(settings.http)
    listening = listen(settings.http)
    try:
        with Service.open(settings) as service:
            if console is not None:
                leave_address(settings, listening.url)
            greet(service, listening.url, tell, console is not None)
            try:
                return serve_on(service, listening.socket, console)
            finally:
                leave_address(settings, None)
    finally:
        listening.socket.close()


def listen(http: HttpSettings, port: int | None = None) -> Listening:
    """Bind the address that the settings name.

    Args:
        http: Address, port, certificate.
        port: Another port than the settings'.

    Returns:
        The bound socket.

    Raises:
        StorageError: If the address cannot be had.
    """
    wanted = http.port if port is None else port
    family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((http.host, wanted))
        found.listen(http.backlog)
    except OSError as error:
        found.close()
        raise StorageError(
            f"cannot listen on {http.host}:{wanted}: {error.strerror or error}",
            remedy="Choose another port with --port, or end what listens there",
        ) from None
    found.set_inheritable(True)
    scheme = "https" if http.certificate else "http"
    host = f"[{http.host}]" if ":" in http.host else http.host
    return Listening(found, f"{scheme}://{host}:{found.getsockname()[1]}")


def leave_address(settings: ServiceSettings, url: str | None) -> None:
    """Write down where the console is, for the command that makes login links.

    The port may come from an option of the command line, or be one that was free: another
    process cannot know it from the settings.

    Args:
        settings: Which home.
        url: Where it is; ``None`` when it is gone.
    """
    file = settings.home_folder / ADDRESS_FILE
    if url is None:
        file.unlink(missing_ok=True)
    else:
        file.write_text(url + "\n", encoding="utf-8")


def console_hint(settings: ServiceSettings, url: str) -> str:
    """Say where the console is, and the command that opens it.

    Args:
        settings: Which home.
        url: Where it is.

    Returns:
        One line.
    """
    named = settings.home != type(settings)().home
    home = f" --home {shlex.quote(settings.home)}" if named else ""
    return f"Console: {url}/console (a login link: foretaste console{home})"


def greet(service: Service, url: str, tell: Callable[[str], None], console: bool) -> None:
    """Say once what whoever starts the service has to know.

    Args:
        service: The service.
        url: Where it is.
        tell: Told.
        console: Whether there are pages for people.
    """
    http = service.settings.http
    tell(f"Foretaste answers at {url}/v1 (reference: {url}/docs).")
    first = service.access.first_key()
    if first is not None:
        tell(f"The key of the first administrator, shown this once: {first}")
    if console:
        tell(console_hint(service.settings, url))
    if http.host not in _LOCAL and not http.certificate:
        tell(
            "Warning: reachable from other machines without TLS, keys travel readable. Set"
            " http.certificate and http.certificate_key, or put a proxy with TLS before it."
        )
    if not http.keys:
        tell("Warning: no key is asked for; everybody who reaches this may do everything.")


def serve_on(
    service: Service,
    bound: socket.socket,
    console: Console | None = None,
    console_url: str | None = None,
) -> int:
    """Answer on a bound socket until a signal ends it.

    Args:
        service: An open service; whoever opened it closes it.
        bound: The socket.
        console: Mounts the pages for people.
        console_url: Where those pages are if another process has them.

    Returns:
        The exit code.
    """
    app = make_app(service, console=console, console_url=console_url)
    server = uvicorn.Server(uvicorn_config(app, service.settings.http))
    with _signals_end_only_the_server():
        server.run(sockets=[bound])
    return 0 if server.started else 3


@contextmanager
def _signals_end_only_the_server() -> Iterator[None]:
    """Keep a signal from ending the process before the service is closed.

    When its work is done uvicorn sends itself the signal again that ended it; by default that
    would be the end of everything, with events still to be written.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signs = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(sign, lambda *_: None) for sign in signs]
    try:
        yield
    finally:
        for sign, handler in zip(signs, before, strict=True):
            signal.signal(sign, handler)


def uvicorn_config(app: FastAPI, http: HttpSettings) -> uvicorn.Config:
    """What uvicorn is told.

    Args:
        app: The application.
        http: The settings.

    Returns:
        Its configuration; logs are ours, its own access log is off.
    """
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(http.proxies),
        forwarded_allow_ips=list(http.proxies),
        backlog=http.backlog,
        timeout_graceful_shutdown=max(1, round(http.drain_s)),
        timeout_keep_alive=30,
        ssl_certfile=http.certificate,
        ssl_keyfile=http.certificate_key,
    )


def _check_tls(http: HttpSettings) -> None:
    if bool(http.certificate) != bool(http.certificate_key):
        raise InputError(
            "TLS needs both files",
            expected="http.certificate and http.certificate_key",
            got=http.certificate or http.certificate_key,
        )
