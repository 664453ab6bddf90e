"""A web server on this machine that says what it was told to say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

__all__ = ["LocalServer", "Reply", "Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked.

    Attributes:
        method: ``GET``, ``POST`` ...
        path: With the query string.
        headers: By lower-case name.
        body: As it came.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say.

    Attributes:
        body: Bytes as they are, text as UTF-8, anything else as JSON.
        status: HTTP status.
        headers: More headers.
        cut_after: Send only this many bytes of the body and then hang up, as a broken
            connection does; ``None`` sends all.
    """

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None

    def content(self) -> bytes:
        """The body as bytes."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body).encode()


class LocalServer:
    """A real HTTP server on a free port of this machine, for as long as a ``with`` lasts.

    Ranges (``Range: bytes=n-``) of a 200 reply are honoured, so resuming can be tested.

    Args:
        answer: Says what to reply to a request; an exception becomes status 500.

    Attributes:
        requests: Everything that was asked, in order.
    """

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer, self.requests))
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(
    answer: Callable[[Request], Reply], requests: list[Request]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(size))
            requests.append(request)
            try:
                reply = answer(request)
            except Exception as error:  # noqa: BLE001 - a server answers also when it fails
                reply = Reply(f"{type(error).__name__}: {error}", 500)
            self._send(reply, headers.get("range", ""))

        def _send(self, reply: Reply, span: str) -> None:
            body, status, more = reply.content(), reply.status, dict(reply.headers)
            if status == 200 and span.startswith("bytes=") and span.endswith("-"):
                start = int(span[6:-1])
                more["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
                body, status = body[start:], 206
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body if reply.cut_after is None else body[: reply.cut_after])
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"):
        setattr(Handler, f"do_{method}", Handler._serve)
    return Handler
