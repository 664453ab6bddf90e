"""Routes that cannot be reached without a right: whoever forgets to name one cannot start.

A route is declared once, with its right, what it answers and which problems it may have; the
guard asks for the key and the right before a byte of the body is read.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeVar, get_type_hints

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from foretaste.app.service import Principal, Service
from foretaste.serve.calls import Call, Pool
from foretaste.serve.metrics import Metrics
from foretaste.serve.middleware.rate import RateLimit
from foretaste.serve.problems import MEDIA_TYPE, PROBLEMS, Fault, refused_fields

__all__ = ["PUBLIC", "Gate", "GuardedRoute", "Routes"]

PUBLIC = "public"
"""The right that everybody has: only for what says nothing about anybody."""
RIGHT_FIELD = "x-right"
MEDIA_FIELD = "x-media"
F = TypeVar("F", bound=Callable[..., Any])
_ALWAYS = (400, 414, 431, 503)
_GUARDED = (401, 403, 429)
_BODY = (413, 415, 422)


@dataclass(slots=True)
class Gate:
    """What the guard of every route asks.

    Attributes:
        service: Knows the keys.
        pool: Handed to the routes.
        metrics: Handed to the routes.
        rate: Bucket of each key.
        page_rate: Bucket of each address behind a page's key, which everybody can read.
        depth: Deepest nesting of a body.
        inline: Whether quick answers are made on the event loop itself.
    """

    service: Service
    pool: Pool
    metrics: Metrics
    rate: RateLimit
    page_rate: RateLimit
    depth: int
    inline: bool

    def admit(self, request: Request, right: str) -> Call:
        """Let a request in, or say why not.

        Args:
            request: The request; its body is not read.
            right: What the route asks for.

        Returns:
            The call.

        Raises:
            Fault: 429 when the key asks too often.
        """
        started = perf_counter()
        access = self.service.access
        principal = access.authenticate(key_of(request.scope["state_headers"]))
        call = Call(self.service, principal, self.pool, self.metrics, request, started, self.inline)
        request.scope["foretaste.call"] = call
        wait_s = self._wait_s(principal, request)
        if wait_s:
            raise Fault(
                429,
                f"This key asks too often; come back in {wait_s} s.",
                {"Retry-After": str(wait_s)},
            )
        if right != PUBLIC:
            access.check(principal, right)
        return call

    def _wait_s(self, principal: Principal, request: Request) -> int:
        if principal.role == "page":
            host = request.client.host if request.client else ""
            return self.page_rate.take(f"{principal.key_id} {host}")
        return self.rate.take(principal.key_id)


def key_of(headers: Mapping[bytes, bytes]) -> str | None:
    """The key that came with a request.

    Args:
        headers: Its headers, by lower-case name.

    Returns:
        The content of ``X-API-Key``, or of ``Authorization: Bearer``; ``None`` without.
    """
    key = headers.get(b"x-api-key")
    if key is None:
        scheme, _, key = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer":
            return None
    return key.strip().decode("latin-1") or None


class _JsonRequest(Request):
    """A request whose JSON is read strictly: UTF-8, no infinities, no deep nests."""

    depth = 20

    async def json(self) -> Any:
        return _read_json(await self.body(), self.depth)


def _read_json(body: bytes, depth: int) -> Any:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Fault(400, f"The body is not JSON: {error}.") from None
    if body.count(b"[") + body.count(b"{") > depth and _deeper(value, depth):
        raise Fault(400, f"The body is nested deeper than {depth} levels.")
    return value


def _deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


class GuardedRoute(APIRoute):
    """A route of FastAPI that asks for its right first.

    A route that takes a body and nothing else (the busiest ones) is served without FastAPI's
    machinery for dependencies, which would cost a fifth of a recommendation; FastAPI describes
    it all the same.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        extra = more.get("openapi_extra") or {}
        if not extra.get(RIGHT_FIELD):
            raise ValueError(f"{path} names no right: nobody may reach it")
        self.right: str = extra[RIGHT_FIELD]
        self.media: str | None = extra.get(MEDIA_FIELD)
        super().__init__(path, endpoint, **more)
        model = _only_body(endpoint)
        if model is not None:
            self.app = _straight(endpoint, model, self.right)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What serves one request.

        Returns:
            A coroutine function.
        """
        handler = super().get_route_handler()
        right = self.right
        media = self.media or ("application/json" if self.body_field else None)
        several = _listed(self.endpoint)
        if right == PUBLIC:
            return handler

        async def guarded(request: Request) -> Response:
            gate: Gate = request.app.state.gate
            gate.admit(request, right)
            if media is not None:
                _check_media(request, media)
            if b"&" in request.scope["query_string"]:
                _check_once(request, several)
            asked = _JsonRequest(request.scope, request.receive)
            asked.depth = gate.depth
            return await handler(asked)

        return guarded


def _listed(endpoint: Callable[..., Any]) -> frozenset[str]:
    """Query parameters that may be given several times."""
    hints = get_type_hints(endpoint)
    return frozenset(name for name, kind in hints.items() if "list[" in str(kind))


def _check_once(request: Request, several: frozenset[str]) -> None:
    names = [name for name, _ in request.query_params.multi_items() if name not in several]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Fault(422, f"{twice} is given more than once.", where=f"query.{twice}")


def _only_body(endpoint: Callable[..., Any]) -> type[BaseModel] | None:
    """The type of the body, for a function of a call and a body and nothing else."""
    first, *rest = get_type_hints(endpoint).items()
    taken = [kind for name, kind in rest if name != "return"]
    if first[1] is not Call or len(taken) != 1:
        return None
    return taken[0] if isinstance(taken[0], type) and issubclass(taken[0], BaseModel) else None


def _straight(endpoint: Callable[..., Any], model: type[BaseModel], right: str) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        gate: Gate = scope["app"].state.gate
        call = gate.admit(request, right)
        _check_media(request, "application/json")
        value = _read_json(await request.body(), gate.depth)
        try:
            asked = model.model_validate(value)
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False)
            raise refused_fields([{**one, "loc": ("body", *one["loc"])} for one in found]) from None
        response: Response = await endpoint(call, asked)
        await response(scope, receive, send)

    return serve


def _check_media(request: Request, media: str) -> None:
    headers: Mapping[bytes, bytes] = request.scope["state_headers"]
    sent = headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
    if sent != media:
        raise Fault(415, f"Send the body as {media}.", expected=media, got=sent or "no type")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Fault(415, "Send the body uncompressed.", expected="identity")


@dataclass(slots=True)
class Routes:
    """Routes of one subject, declared where they are written.

    Attributes:
        tag: The subject, as the reference names it.
        declared: What was declared so far.
    """

    tag: str
    declared: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        method: str,
        path: str,
        right: str,
        answer: type[BaseModel] | Mapping[str, Any] | None,
        *,
        problems: tuple[int, ...] = (),
        status: int = 200,
        media: str | None = None,
        extra: Mapping[str, Any] | None = None,
        hidden: bool = False,
    ) -> Callable[[F], F]:
        """Declare a route.

        Args:
            method: GET, POST ...
            path: Its address.
            right: What a key needs for it, or :data:`PUBLIC`.
            answer: What it answers with: a wire type, or a part of OpenAPI.
            problems: Statuses it may have besides those that every route may have.
            status: The status of success.
            media: Type of its body, if that is not JSON.
            extra: Further parts of its OpenAPI.
            hidden: Leave it out of the reference.

        Returns:
            A decorator that gives the function back as it was.
        """
        guarded = right != PUBLIC
        codes = {*problems, *_ALWAYS, *(_GUARDED if guarded else ())}
        if method in ("POST", "PUT", "PATCH"):
            codes |= set(_BODY)
        said: dict[int | str, Any] = {code: _problem(code) for code in sorted(codes)}
        success: dict[str, Any] = {"description": "Done."}
        if isinstance(answer, Mapping):
            success |= answer
        elif answer is not None:
            success["model"] = answer
        said[status] = success
        more = {**(extra or {}), RIGHT_FIELD: right}
        if media is not None:
            more[MEDIA_FIELD] = media

        def keep(endpoint: F) -> F:
            self.declared.append(
                {
                    "path": path,
                    "endpoint": endpoint,
                    "methods": [method],
                    "tags": [self.tag],
                    "status_code": status,
                    "responses": said,
                    "response_model": None,
                    "openapi_extra": more,
                    "include_in_schema": not hidden,
                    "operation_id": endpoint.__name__,
                }
            )
            return endpoint

        return keep

    def add_to(self, app: FastAPI) -> None:
        """Put the routes into an application.

        Args:
            app: The application.
        """
        for one in self.declared:
            app.router.routes.append(GuardedRoute(**one))


def _problem(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": PROBLEMS[status][1] + ".",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in (429, 503):
        found["headers"] = {
            "Retry-After": {
                "description": "Seconds to wait.",
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    return found
