"""Nothing too large gets in: address, headers and body, counted while it streams."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foretaste.app.service import HttpSettings
from foretaste.serve.problems import Fault, problem_response

__all__ = ["Limits"]

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_OURS = (b"/v1", b"/api/")


class Limits:
    """Refuses what is too large, and routes by the address as it was written.

    The address is matched as sent, still percent-encoded: ``%2F`` in an id stays part of the id
    and cannot be taken for a separator. Ids are decoded where they are read.

    Args:
        app: What comes next.
        settings: The limits.
        body_bytes: Largest body.
        streams: Addresses whose bodies may be as large as a stream.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: HttpSettings,
        body_bytes: int,
        streams: frozenset[str] = frozenset(),
    ) -> None:
        self.app = app
        self.settings = settings
        self.body_bytes = body_bytes
        self.streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request and pass it on.

        Args:
            scope: The connection.
            receive: Gives the body.
            send: Takes the answer.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fault = self._head_fault(scope)
        if fault is None:
            largest = self.body_bytes
            if scope["path"] in self.streams:
                largest = self.settings.stream_bytes
            headers = scope["state_headers"]
            length = headers.get(b"content-length")
            if length is not None and (not length.isdigit() or int(length) > largest):
                fault = _too_large(largest)
            elif length is not None or b"transfer-encoding" in headers:
                receive = _counted(receive, largest)
        if fault is not None:
            await problem_response(fault, scope.get("request_id"))(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _head_fault(self, scope: Scope) -> Fault | None:
        raw = scope.get("raw_path") or scope["path"].encode()
        if len(raw) + len(scope["query_string"]) > self.settings.address_bytes:
            return Fault(414, f"An address may have {self.settings.address_bytes} bytes.")
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if size > self.settings.header_bytes:
            return Fault(431, f"Headers may have {self.settings.header_bytes} bytes.")
        if raw.startswith(_OURS):
            if b"%" in raw and _BAD_ESCAPE.search(raw):
                return Fault(400, "A percent sign in the address is followed by no hex number.")
            scope["path"] = raw.decode("latin-1")
        scope["state_headers"] = _by_name(scope)
        return None


def _by_name(scope: Scope) -> Mapping[bytes, bytes]:
    return dict(scope["headers"])


def _too_large(largest: int) -> Fault:
    return Fault(413, f"A body may have {largest} bytes.", expected=f"at most {largest} bytes")


def _counted(receive: Receive, largest: int) -> Receive:
    """Gives the body on and stops it where it grows too large, whatever its header claimed."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > largest:
                raise _too_large(largest)
        return message

    return counted
