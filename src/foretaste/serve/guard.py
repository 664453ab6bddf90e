"""The guard of every route: key and right first, then the body, read strictly."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, get_type_hints

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from foretaste.app.service import Principal, Service
from foretaste.serve.calls import Call, Pool
from foretaste.serve.middleware.rate import RateLimit
from foretaste.serve.once import Once
from foretaste.serve.problems import Fault, refused_fields
from foretaste.serve.watching.metrics import Metrics

__all__ = ["MEDIA_FIELD", "PUBLIC", "RIGHT_FIELD", "Gate", "GuardedRoute", "key_of"]

PUBLIC = "public"
"""The right that everybody has: only for what says nothing about anybody."""
RIGHT_FIELD = "x-right"
MEDIA_FIELD = "x-media"


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
        memory: What requests with a name were answered with.
    """

    service: Service
    pool: Pool
    metrics: Metrics
    rate: RateLimit
    page_rate: RateLimit
    depth: int
    inline: bool
    memory: Once = field(default_factory=Once)

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
        call = Call(
            self.service,
            principal,
            self.pool,
            self.metrics,
            request,
            started,
            self.inline,
            self.memory,
        )
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
