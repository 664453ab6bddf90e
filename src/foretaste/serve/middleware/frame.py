"""Around every request: its id, its time, its line in the log, its count, its safe headers."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foretaste.app.service import HttpSettings
from foretaste.serve.problems import Fault, problem_response
from foretaste.serve.watching.metrics import Metrics

__all__ = ["Frame"]

_LOG = structlog.get_logger("foretaste.http")
_SANE_ID = re.compile(rb"[A-Za-z0-9_.:-]{1,100}")
_API = ("/v1", "/api/", "/health", "/metrics", "/openapi.json")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = ("/health/live", "/health/ready", "/metrics")
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
_API_ONLY = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class Frame:
    """The outermost layer: nothing that happens inside goes unnoticed, or out undressed.

    Args:
        app: What comes next.
        settings: Time limit, headers.
        metrics: Where requests are counted.
        log: Takes one line for each request; ``None`` writes none.
        span: Makes a trace span of a request, if tracing is on.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: HttpSettings,
        metrics: Metrics,
        log: Any = None,
        span: Callable[[Scope], Any] | None = None,
    ) -> None:
        self.app = app
        self.settings = settings
        self.metrics = metrics
        self.log = log
        self.span = span
        hsts = ((b"strict-transport-security", b"max-age=31536000"),) if settings.hsts else ()
        self.always = (*_ALWAYS, *hsts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See one request through.

        Args:
            scope: The connection.
            receive: Gives the body.
            send: Takes the answer.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.span is None:
            await self._serve(scope, receive, send)
            return
        with self.span(scope):
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = perf_counter()
        path: str = scope["path"]
        request_id = scope["request_id"] = _request_id(scope)
        dressing = [(b"x-request-id", request_id.encode()), *self.always]
        ours = path.startswith(_API)
        if ours:
            dressing += _API_ONLY
        status = 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                given = {name for name, _ in headers}
                message["headers"] = [*headers, *(h for h in dressing if h[0] not in given)]
            await send(message)

        fault: Fault | None = None
        try:
            if ours:
                async with asyncio.timeout(self._limit_s(path)):
                    await self.app(scope, receive, dressed)
            else:
                await self.app(scope, receive, dressed)
        except ClientDisconnect:
            status = status or 499  # nobody is there to be told; the log and the counter know
        except TimeoutError:
            fault = Fault(
                503,
                f"This took longer than {self.settings.timeout_s:g} s.",
                {"Retry-After": "1"},
            )
        except Exception:  # noqa: BLE001 - the last resort: told to the log, not to the caller
            _LOG.exception("request failed", request_id=request_id, path=path)
            fault = Fault(500, "The cause is in the log, under this request's id.")
        if fault is not None and status == 0:
            await problem_response(fault, request_id)(scope, receive, dressed)
        scope["foretaste.status"] = status
        took_s = perf_counter() - start
        self._note(scope, status, took_s, request_id)

    def _limit_s(self, path: str) -> float | None:
        # A stream or a download lasts as long as it moves; both bound each of their steps.
        return None if path.endswith(("/stream", "/export")) else self.settings.timeout_s

    def _note(self, scope: Scope, status: int, took_s: float, request_id: str) -> None:
        route = scope.get("route")
        name = getattr(route, "path", None) or "other"
        method = scope["method"]
        # A caller may make methods up: each would be a series of its own, for good.
        self.metrics.request(name, method if method in _METHODS else "other", status, took_s)
        if self.log is None or scope["path"] in _QUIET:
            return
        call: Any = scope.get("foretaste.call")
        client = scope.get("client")
        self.log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            route=name,
            status=status,
            took_ms=round(took_s * 1000, 2),
            key_id=getattr(call, "key_id", None),
            workspace=getattr(call, "workspace_name", None),
            client=client[0] if client else None,
        )


def _request_id(scope: Scope) -> str:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    for name, value in headers:
        if name == b"x-request-id":
            if _SANE_ID.fullmatch(value):
                return value.decode()
            break
    return secrets.token_hex(12)


def security_headers() -> Mapping[bytes, bytes]:
    """Headers that every answer of the API carries.

    Returns:
        Names and values.
    """
    return dict((*_ALWAYS, *_API_ONLY))
