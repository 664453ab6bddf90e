"""Which other sites' pages may call: none, unless the settings name them."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Cors"]

_METHODS = b"GET, POST, PUT, PATCH, DELETE"
_ASKS = b"content-type, x-api-key, authorization, idempotency-key, x-request-id"
_SHOWS = b"x-request-id, retry-after, idempotent-replayed"


class Cors:
    """Answers browsers' preflights and marks answers for the origins that are allowed.

    Cookies are never involved, so no credentials are allowed; keys travel in a header.

    Args:
        app: What comes next.
        origins: Origins such as ``https://shop.example``; ``*`` is every one.
    """

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self.app = app
        self.every = "*" in origins
        self.origins = frozenset(origin.rstrip("/").encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, with the headers its origin is owed.

        Args:
            scope: The connection.
            receive: Gives the body.
            send: Takes the answer.
        """
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        origin = headers.get(b"origin")
        if origin is None or not (self.every or origin in self.origins):
            await self.app(scope, receive, send)
            return
        marks = [
            (b"access-control-allow-origin", b"*" if self.every else origin),
            (b"access-control-expose-headers", _SHOWS),
            (b"vary", b"Origin"),
        ]
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            marks += [
                (b"access-control-allow-methods", _METHODS),
                (b"access-control-allow-headers", _ASKS),
                (b"access-control-max-age", b"600"),
            ]
            await send({"type": "http.response.start", "status": 204, "headers": marks})
            await send({"type": "http.response.body", "body": b""})
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *marks]
            await send(message)

        await self.app(scope, receive, marked)
