"""Anonymous sessions: what a visitor does before they say who they are."""

from __future__ import annotations

from fastapi import Response

from foretaste.serve.calls import Caller
from foretaste.serve.ids import SessionId
from foretaste.serve.once import IdempotencyKey
from foretaste.serve.replies import reply
from foretaste.serve.routing import Routes
from foretaste.serve.wire.records import JoinedOut, JoinIn, SessionOut

__all__ = ["ROUTES"]

ROUTES = Routes("sessions")


@ROUTES.add("POST", "/v1/sessions", "feedback", SessionOut, status=201, problems=(409,))
async def start_session(call: Caller, key: IdempotencyKey = None) -> Response:
    """Start an anonymous session; name it in questions and feedback."""
    found, headers = await call.once(key, None, call.workspace.start_session)
    return reply(SessionOut.model_validate(found), 201, headers)


@ROUTES.add("GET", "/v1/sessions/{session_id}", "sessions", SessionOut, problems=(404, 422))
async def read_session(call: Caller, session_id: SessionId) -> Response:
    """One session."""
    found = await call.work(call.workspace.session, session_id)
    return reply(SessionOut.model_validate(found))


@ROUTES.add("POST", "/v1/sessions/{session_id}/join", "sessions", JoinedOut, problems=(404, 409))
async def join_session(call: Caller, session_id: SessionId, account: JoinIn) -> Response:
    """Join a session to an account: its events are that person's from now on."""
    moved = await call.work(call.workspace.join_session, session_id, account.user_id)
    return reply({"session_id": session_id, "user_id": account.user_id, "moved": moved})
