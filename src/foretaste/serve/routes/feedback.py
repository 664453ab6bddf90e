"""Feedback: single events, batches, streams, and what the log holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import Query, Response
from pydantic import ValidationError

from foretaste.app.service import Recorded
from foretaste.core import Event
from foretaste.core.errors import BusyError, ForetasteError, InputError
from foretaste.serve.calls import Call, Caller
from foretaste.serve.once import IdempotencyKey
from foretaste.serve.problems import Fault, fault_of
from foretaste.serve.replies import reply
from foretaste.serve.routing import Routes
from foretaste.serve.wire.asking import Kind
from foretaste.serve.wire.base import Id
from foretaste.serve.wire.feedback import (
    DeletedOut,
    EventIn,
    EventPage,
    EventsIn,
    RecordedOut,
    StreamedOut,
)

__all__ = ["ROUTES", "keep"]

ROUTES = Routes("feedback")
_GROUP = 500  # events of a stream that are kept together
_LINE = 256 * 1024
_SHOWN = 100


@ROUTES.add("POST", "/v1/feedback", "feedback", RecordedOut, problems=(404,))
async def record_event(call: Caller, event: EventIn, key: IdempotencyKey = None) -> Response:
    """Record one event: the next answer of that person knows of it."""
    call.check_named(event.user_id)
    found = await keep(call, [event.event(key)], event.session_id, None)
    return reply(_recorded(found))


@ROUTES.add("POST", "/v1/feedback/batch", "feedback", RecordedOut, problems=(404,))
async def record_events(call: Caller, batch: EventsIn, key: IdempotencyKey = None) -> Response:
    """Record many events at once: those of people are kept all or none, and so of each session.

    With an `Idempotency-Key`, event number i is known as `key:i` unless it names a key itself.
    """
    call.check_named(next((one.user_id for one in batch.events if one.user_id is not None), None))
    durable = None if batch.durability is None else batch.durability == "durable"
    found = [
        await keep(call, events, session_id, durable)
        for session_id, events in _by_session(batch, key).items()
    ]
    return reply(_recorded(found[0] if len(found) == 1 else _summed(found)))


def _summed(found: list[Recorded]) -> Recorded:
    return Recorded(
        sum(one.accepted for one in found),
        sum(one.duplicates for one in found),
        sum(one.ignored for one in found),
        any(one.spooled for one in found),
        max(one.position for one in found),
    )


def _by_session(batch: EventsIn, key: str | None) -> dict[str | None, list[Event]]:
    groups: dict[str | None, list[Event]] = {}
    for row, one in enumerate(batch.events):
        session_id = one.session_id if one.user_id is None else None
        event = one.event(None if key is None else f"{key}:{row}")
        groups.setdefault(session_id, []).append(event)
    return groups


async def keep(
    call: Call, events: list[Event], session_id: str | None, durable: bool | None
) -> Recorded:
    """Have events kept, and count them.

    Args:
        call: The request.
        events: What happened.
        session_id: The visit, for events that name nobody.
        durable: Wait for the disk; ``None`` as set.

    Returns:
        What became of them.
    """
    workspace = call.workspace
    found = await call.work(workspace.record, events, durable=durable, session_id=session_id)
    call.metrics.events(found.accepted, found.duplicates, found.ignored, found.spooled)
    return found


def _recorded(found: Recorded) -> dict[str, Any]:
    return {
        "accepted": found.accepted,
        "duplicates": found.duplicates,
        "ignored": found.ignored,
        "spooled": found.spooled,
        "position": found.position,
    }


class _Stream:
    """What became of a stream so far."""

    def __init__(self, call: Call, durable: bool | None) -> None:
        self.call = call
        self.durable = durable
        self.lines = self.accepted = self.duplicates = self.ignored = 0
        self.spooled = False
        self.position = 0
        self.refused = 0
        self.refusals: list[dict[str, Any]] = []
        self._waiting: list[Event] = []
        self._session: str | None = None

    async def line(self, text: bytes) -> None:
        self.lines += 1
        if not text.strip():
            return
        try:
            one = EventIn.model_validate(orjson.loads(text))
        except orjson.JSONDecodeError as error:
            self.refuse(self.lines, f"not JSON: {error}")
            return
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            self.refuse(self.lines, f"{place}: {first['msg']}")
            return
        self.call.check_named(one.user_id)
        if one.session_id != self._session or len(self._waiting) >= _GROUP:
            await self.flush()
        self._session = one.session_id
        self._waiting.append(one.event())

    def refuse(self, line: int, problem: str) -> None:
        self.refused += 1
        if len(self.refusals) < _SHOWN:
            self.refusals.append({"line": line, "problem": problem})

    async def flush(self) -> None:
        events, self._waiting = self._waiting, []
        if not events:
            return
        try:
            found = await keep(self.call, events, self._session, self.durable)
        except InputError as error:
            # One of them is at fault: each by itself, so that the others are kept.
            if len(events) == 1:
                self.refuse(self.lines, str(error))
                return
            for event in events:
                self._waiting = [event]
                await self.flush()
            return
        self.accepted += found.accepted
        self.duplicates += found.duplicates
        self.ignored += found.ignored
        self.spooled |= found.spooled
        self.position = max(self.position, found.position)

    def said(self) -> dict[str, Any]:
        return {
            "lines": self.lines,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "ignored": self.ignored,
            "spooled": self.spooled,
            "position": self.position,
            "refused": self.refused,
            "refusals": self.refusals,
        }


@ROUTES.add(
    "POST",
    "/v1/feedback/stream",
    "feedback",
    StreamedOut,
    media="application/x-ndjson",
    extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-ndjson": {
                    "schema": {"description": "One event (`EventIn`) a line."},
                    "example": '{"user_id": "ann", "item_id": "heat-1995", "kind": "like"}\n',
                }
            },
        }
    },
)
async def record_stream(
    call: Caller,
    durability: Annotated[
        str | None, Query(pattern="^(durable|fast)$", description="As for a batch.")
    ] = None,
) -> Response:
    """Record a stream of events, one JSON object a line, for as long as it lasts.

    Events are kept in groups while they arrive; the sender is slowed down when the log is. When
    the stream has to stop half-way, the problem says how many lines are safely kept.
    """
    stream = _Stream(call, None if durability is None else durability == "durable")
    try:
        async for line in _lines(call.request.stream()):
            await stream.line(line)
        await stream.flush()
    except ForetasteError as error:
        fault = fault_of(error)
        fault.more = {**fault.more, "kept": stream.accepted + stream.duplicates + stream.ignored}
        if isinstance(error, BusyError):
            fault.more["remedy"] = "Send the rest again later; what was kept counts once"
        raise fault from error
    return reply(stream.said())


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line
        if len(rest) > _LINE:
            raise Fault(413, f"A line may have {_LINE} bytes.")
    if rest:
        yield rest


@ROUTES.add("GET", "/v1/feedback", "read", EventPage, problems=(404, 422))
async def list_events(
    call: Caller,
    user_id: Annotated[Id | None, Query(description="Of this person.")] = None,
    item_id: Annotated[Id | None, Query(description="With this item.")] = None,
    kind: Annotated[Kind | None, Query(description="Of this kind.")] = None,
    n: Annotated[int, Query(ge=1, le=1_000, description="Length of the page.")] = 100,
    cursor: Annotated[Id | None, Query(description="From the page before.")] = None,
) -> Response:
    """Events of the log, newest first."""
    page = await call.page(
        call.workspace.events, cursor, user_id=user_id, item_id=item_id, kind=kind, n=n
    )
    events = [
        {
            "position": one.position,
            "user_id": one.event.user_id,
            "item_id": one.event.item_id or None,
            "kind": one.event.kind,
            "value": one.event.value,
            "time_s": one.event.time_s,
            "words": one.event.words,
            "context": one.event.context,
            "answer_id": one.event.answer_id,
            "kept_s": one.kept_s,
        }
        for one in page.items
    ]
    return reply({"events": events, "cursor": page.cursor})


@ROUTES.add("DELETE", "/v1/feedback", "write", DeletedOut, problems=(404, 422))
async def delete_events(
    call: Caller,
    user_id: Annotated[Id, Query(description="Of this person.")],
    item_id: Annotated[Id, Query(description="With this item.")],
    kind: Annotated[Kind | None, Query(description="Of this kind only.")] = None,
) -> Response:
    """Take events of one person with one item out of the log, as if they had not been."""
    gone = await call.work(call.workspace.delete_events, user_id, item_id, kind, actor=call.actor)
    return reply({"deleted": gone})
