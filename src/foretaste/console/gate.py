"""What every request to the console passes first: its origin, its cookie, its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foretaste.console.sessions import LIFE_S, Sessions

if TYPE_CHECKING:
    from foretaste.app.service import Service

__all__ = ["POLICY", "Gate"]

# Vue compiles templates in the browser, which is what 'unsafe-eval' is for; every source is ours.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy: the browser itself refuses to load anything from elsewhere."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send forms without an origin
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_LARGEST_BODY = 1 << 20
_SAFE = {"GET", "HEAD", "OPTIONS"}


class Gate:
    """Stands before the console's pages.

    Requests that change something, and every web socket, must come from a page of this very
    address (or one that ``http.origins`` names): another site cannot use a visitor's cookie.

    Args:
        app: The pages.
        service: What they show.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.service = service
        self.sessions = Sessions(service)
        self._plain = self._with_cookie(app, secure=False)
        self._secure = self._with_cookie(app, secure=True)

    def _with_cookie(self, app: ASGIApp, *, secure: bool) -> ASGIApp:
        return SessionMiddleware(
            app, self.sessions.secret, "foretaste_console", int(LIFE_S), "/", "lax", secure
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection.

        Args:
            scope: What is asked.
            receive: Gives what comes in.
            send: Takes what goes out.
        """
        headers = Headers(scope=scope)
        if not self._ours(scope, headers):
            await _refuse(scope, receive, send, "this came from a page of another site", 403)
            return
        largest = _LARGEST_BODY
        if scope["path"].endswith("/import"):
            largest = self.service.settings.limits.body_bytes
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > largest:
            await _refuse(scope, receive, send, "this is larger than the console takes", 413)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    found[name] = value
            await send(message)

        scope["foretaste_gate"] = self
        secure = scope["scheme"] in ("https", "wss")
        await (self._secure if secure else self._plain)(scope, receive, dressed)

    def _ours(self, scope: Scope, headers: Headers) -> bool:
        if scope["type"] == "http" and scope["method"] in _SAFE:
            return True  # changes nothing; polling for a socket's messages needs its secret name
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
        if origin in self.service.settings.http.origins:
            return True
        return urlsplit(origin).netloc == headers.get("host", "")


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why})
    else:
        await PlainTextResponse(why, status)(scope, receive, send)
