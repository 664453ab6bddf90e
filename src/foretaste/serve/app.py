"""The application: routes, guard and layers put together around one service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from foretaste.app.service import HttpSettings, LimitSettings, LogSettings, Service
from foretaste.core.errors import ForetasteError
from foretaste.serve.calls import Pool
from foretaste.serve.gorse import GORSE
from foretaste.serve.guard import Gate
from foretaste.serve.middleware import Cors, Frame, Limits, RateLimit
from foretaste.serve.problems import Fault, fault_of, problem_response, refused_fields
from foretaste.serve.reference.document import describe
from foretaste.serve.reference.pages import ELSEWHERE, PAGES
from foretaste.serve.routes import METRICS, OPEN_METRICS, ROUTES
from foretaste.serve.routing import Routes
from foretaste.serve.watching.logs import request_log
from foretaste.serve.watching.metrics import Metrics
from foretaste.serve.watching.tracing import make_spans

__all__ = ["make_app"]

_LOG = structlog.get_logger("foretaste.http")
_STREAMS = frozenset({"/v1/feedback/stream"})


def make_app(
    service: Service,
    *,
    console: Callable[[FastAPI, Service], None] | None = None,
    console_url: str | None = None,
) -> FastAPI:
    """The HTTP application of a service.

    Whoever made the service closes it; the application only answers. :func:`foretaste.serve.run`
    does both, and listens.

    Args:
        service: What answers.
        console: Mounts the pages for people, if they are wanted:
            :func:`foretaste.console.mount`.
        console_url: Where those pages are if another process has them.

    Returns:
        An ASGI application.
    """
    http: HttpSettings = service.settings.http
    limits: LimitSettings = service.settings.limits
    metrics = Metrics()
    pool = Pool(http.threads, http.waiting)
    app = FastAPI(
        title="Foretaste",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(pool),
    )
    app.state.draining = False
    app.state.front = console_url or ("/console" if console is not None else "/docs")
    app.state.gate = Gate(
        service,
        pool,
        metrics,
        RateLimit(limits.requests_per_s, limits.requests_burst),
        RateLimit(limits.page_requests_per_s, limits.requests_burst),
        http.json_depth,
        http.inline,
    )
    for group in _groups(http, console_url):
        group.add_to(app)
    describe(app)
    app.add_exception_handler(ForetasteError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_refused)
    app.add_exception_handler(HTTPException, _on_fault)
    if console is not None:
        console(app, service)
    # The last one added is the outermost.
    app.add_middleware(Limits, http, limits.body_bytes, _STREAMS)
    if http.origins:
        app.add_middleware(Cors, http.origins)
    said: LogSettings = service.settings.log
    wanted = said.requests and said.level in ("debug", "info")
    lines = request_log(said.format) if wanted else None
    app.add_middleware(Frame, http, metrics, lines, make_spans(said.traces))
    return app


def _groups(http: HttpSettings, console_url: str | None) -> list[Routes]:
    """The routes that are wanted, the busiest first."""
    found = [*ROUTES, OPEN_METRICS if http.metrics_open else METRICS, PAGES]
    return [*found, *([ELSEWHERE] if console_url else []), *(GORSE if http.gorse else [])]


def _lifespan(pool: Pool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.draining = True
        pool.close()

    return lifespan


def _say(request: Request, fault: Fault) -> Response:
    return problem_response(fault, request.scope.get("request_id"))


async def _on_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ForetasteError)
    fault = fault_of(error)
    if fault.status_code >= 500:
        _LOG.error(
            "request failed",
            request_id=request.scope.get("request_id"),
            problem=str(error),
            exc_info=error if fault.status_code == 500 else None,
        )
    return _say(request, fault)


async def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _say(request, refused_fields(error.errors()))


async def _on_fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, Fault):
        return _say(request, error)
    headers: dict[str, str] = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed(request))
        return _say(request, Fault(405, f"Allowed here: {headers['Allow']}.", headers))
    if error.status_code == 404:
        return _say(request, Fault(404, "There is nothing at this address."))
    return _say(request, Fault(error.status_code, str(error.detail), headers))


def _allowed(request: Request) -> list[str]:
    """Methods of every route at an address; a single route knows its own only."""
    scope: dict[str, Any] = dict(request.scope)
    found: set[str] = set()
    for route in request.app.router.routes:
        if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return sorted(found)
