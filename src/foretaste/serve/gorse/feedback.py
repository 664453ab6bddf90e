"""Gorse's feedback: one row for each type, user and item, on top of our log of events."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from foretaste.app.service import KeptEvent, Workspace
from foretaste.core.errors import UnknownIdError
from foretaste.serve.calls import Call, Caller
from foretaste.serve.gorse import events as events_
from foretaste.serve.gorse.catalogue import Cursor, Rows, success
from foretaste.serve.gorse.shapes import (
    FeedbackFound,
    FeedbackList,
    FeedbackOut,
    FeedbackPage,
    Success,
)
from foretaste.serve.ids import FeedbackType, ItemId, UserId
from foretaste.serve.replies import reply
from foretaste.serve.routes.feedback import keep
from foretaste.serve.routing import Routes

__all__ = ["ROUTES"]

ROUTES = Routes("gorse")
_MOST = 10_000


def _gather(workspace: Workspace, most: int = _MOST, **which: Any) -> list[KeptEvent]:
    found: list[KeptEvent] = []
    cursor: str | None = None
    while len(found) < most:
        page = workspace.events(n=1_000, cursor=cursor, **which)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            break
    return found


async def _rows(call: Call, kind: str | None = None, **which: Any) -> list[FeedbackOut]:
    if kind is not None:
        which["kind"] = events_.kind_of(kind)
    found = await call.work(_gather, call.workspace, **which)
    if kind is not None:
        found = [one for one in found if events_.type_of(one.event) == kind]
    return events_.feedback_of(found)


def _dumped(rows: list[FeedbackOut]) -> Any:
    return reply([row.dump() for row in rows])


@ROUTES.add("POST", "/api/feedback", "feedback", Success)
async def gorse_insert_feedback(call: Caller, feedback: FeedbackList) -> Response:
    """Insert feedback; values of the same type, user and item add up."""
    events = [events_.event_of(row) for row in feedback.root]
    if events:
        call.check_named(events[0].user_id)
        await keep(call, events, None, None)
    return success(len(events))


@ROUTES.add("PUT", "/api/feedback", "write", Success, problems=(404, 409))
async def gorse_overwrite_feedback(call: Caller, feedback: FeedbackList) -> Response:
    """Insert feedback in place of what was there of the same type, user and item."""
    events = [events_.event_of(row) for row in feedback.root]
    for row in {(one.feedback_type, one.user_id, one.item_id) for one in feedback.root}:
        await call.work(_delete, call, row[1], row[2], row[0])
    if events:
        await keep(call, events, None, None)
    return success(len(events))


def _delete(call: Call, user_id: str, item_id: str, feedback_type: str | None) -> int:
    """Take rows out of the log.

    Two types may mean the same kind of event; those of another type are put back.
    """
    workspace = call.workspace
    if feedback_type is None:
        return workspace.delete_events(user_id, item_id, actor=call.actor)
    kind = events_.kind_of(feedback_type)
    there = _gather(workspace, user_id=user_id, item_id=item_id, kind=kind)
    wanted = [one.event for one in there if events_.type_of(one.event) == feedback_type]
    if not wanted:
        return 0
    workspace.delete_events(user_id, item_id, kind, actor=call.actor)
    others = [one.event for one in there if events_.type_of(one.event) != feedback_type]
    if others:
        workspace.record(others[::-1], durable=True)
    return len(wanted)


@ROUTES.add("GET", "/api/feedback", "read", FeedbackPage, problems=(404, 422))
async def gorse_list_feedback(call: Caller, n: Rows = 10, cursor: Cursor = "") -> Response:
    """List feedback."""
    page = await call.page(call.workspace.events, cursor, n=min(n, 1_000))
    rows = [row.dump() for row in events_.feedback_of(page.items)]
    return reply({"Cursor": page.cursor or "", "Feedback": rows})


@ROUTES.add("GET", "/api/feedback/{feedback_type}", "read", FeedbackPage, problems=(404, 422))
async def gorse_list_typed_feedback(
    call: Caller, feedback_type: FeedbackType, n: Rows = 10, cursor: Cursor = ""
) -> Response:
    """List feedback of one type."""
    kind = events_.kind_of(feedback_type)
    page = await call.page(call.workspace.events, cursor, kind=kind, n=min(n, 1_000))
    found = [one for one in page.items if events_.type_of(one.event) == feedback_type]
    rows = [row.dump() for row in events_.feedback_of(found)]
    return reply({"Cursor": page.cursor or "", "Feedback": rows})


@ROUTES.add("GET", "/api/feedback/{user_id}/{item_id}", "read", FeedbackFound, problems=(422,))
async def gorse_get_feedback_of_pair(call: Caller, user_id: UserId, item_id: ItemId) -> Response:
    """Feedback of one user about one item."""
    return _dumped(await _rows(call, user_id=user_id, item_id=item_id))


@ROUTES.add("DELETE", "/api/feedback/{user_id}/{item_id}", "write", Success, problems=(404, 422))
async def gorse_delete_feedback_of_pair(call: Caller, user_id: UserId, item_id: ItemId) -> Response:
    """Delete feedback of one user about one item."""
    return success(await call.work(_delete, call, user_id, item_id, None))


@ROUTES.add(
    "GET",
    "/api/feedback/{feedback_type}/{user_id}/{item_id}",
    "read",
    FeedbackOut,
    problems=(404, 422),
)
async def gorse_get_feedback(
    call: Caller, feedback_type: FeedbackType, user_id: UserId, item_id: ItemId
) -> Response:
    """One row of feedback."""
    rows = await _rows(call, feedback_type, user_id=user_id, item_id=item_id)
    if not rows:
        raise UnknownIdError(
            "there is no such feedback", got=f"{feedback_type} {user_id} {item_id}"
        )
    return reply(rows[0].dump())


@ROUTES.add(
    "DELETE",
    "/api/feedback/{feedback_type}/{user_id}/{item_id}",
    "write",
    Success,
    problems=(404, 422),
)
async def gorse_delete_feedback(
    call: Caller, feedback_type: FeedbackType, user_id: UserId, item_id: ItemId
) -> Response:
    """Delete one row of feedback."""
    return success(await call.work(_delete, call, user_id, item_id, feedback_type))


@ROUTES.add("GET", "/api/user/{user_id}/feedback", "read", FeedbackFound, problems=(422,))
async def gorse_list_feedback_of_user(call: Caller, user_id: UserId) -> Response:
    """Feedback of one user."""
    return _dumped(await _rows(call, user_id=user_id))


@ROUTES.add(
    "GET", "/api/user/{user_id}/feedback/{feedback_type}", "read", FeedbackFound, problems=(422,)
)
async def gorse_list_typed_feedback_of_user(
    call: Caller, user_id: UserId, feedback_type: FeedbackType
) -> Response:
    """Feedback of one type of one user."""
    return _dumped(await _rows(call, feedback_type, user_id=user_id))


@ROUTES.add("GET", "/api/item/{item_id}/feedback", "read", FeedbackFound, problems=(422,))
async def gorse_list_feedback_of_item(call: Caller, item_id: ItemId) -> Response:
    """Feedback about one item."""
    return _dumped(await _rows(call, item_id=item_id))


@ROUTES.add(
    "GET", "/api/item/{item_id}/feedback/{feedback_type}", "read", FeedbackFound, problems=(422,)
)
async def gorse_list_typed_feedback_of_item(
    call: Caller, item_id: ItemId, feedback_type: FeedbackType
) -> Response:
    """Feedback of one type about one item."""
    return _dumped(await _rows(call, feedback_type, item_id=item_id))
