"""Keys, audit, workspaces, export: for administrators."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import Query, Response

from foretaste.app.service import NewKey
from foretaste.core.errors import ForbiddenError
from foretaste.serve.calls import Call, Caller
from foretaste.serve.exporting import Format, zipped
from foretaste.serve.ids import KeyId
from foretaste.serve.replies import reply
from foretaste.serve.routing import Routes
from foretaste.serve.wire.base import Id
from foretaste.serve.wire.operating import (
    AuditPage,
    KeyIn,
    KeysOut,
    MeOut,
    NewKeyOut,
    WorkspaceIn,
    WorkspaceOut,
    WorkspacesOut,
)

__all__ = ["ROUTES"]

ROUTES = Routes("administration")


@ROUTES.add("GET", "/v1/me", "recommend", MeOut)
async def read_me(call: Caller) -> Response:
    """Who the key speaks for."""
    return reply(dataclasses.asdict(call.principal))


@ROUTES.add("GET", "/v1/keys", "keys", KeysOut)
async def list_keys(call: Caller) -> Response:
    """Keys of the workspace, without their secrets."""
    found = await call.work(call.service.access.keys, call.workspace_name)
    keys = [
        {
            "key_id": one.key_id,
            "name": one.name,
            "role": one.role,
            "created_s": one.created_s,
            "expires_s": one.expires_s,
            "revoked_s": one.revoked_s,
            "last_used_s": one.last_used_s,
        }
        for one in found
    ]
    return reply({"keys": keys})


def _new_key(made: NewKey) -> dict[str, object]:
    return {
        "key": made.key,
        "key_id": made.key_id,
        "name": made.name,
        "role": made.role,
        "expires_s": made.expires_s,
    }


@ROUTES.add("POST", "/v1/keys", "keys", NewKeyOut, status=201, problems=(409,))
async def make_key(call: Caller, key: KeyIn) -> Response:
    """Make a key. It is shown in this answer and never again."""
    access = call.service.access
    made = await call.fitting(
        access.create_key, call.workspace_name, key.role, key.name, key.expires_s, actor=call.actor
    )
    return reply(_new_key(made), 201)


@ROUTES.add("DELETE", "/v1/keys/{key_id}", "keys", None, status=204, problems=(404, 422))
async def revoke_key(call: Caller, key_id: KeyId) -> Response:
    """Withdraw a key of this workspace; it is refused from the next second on."""
    access = call.service.access
    await call.work(access.revoke, key_id, workspace=call.workspace_name, actor=call.actor)
    return Response(status_code=204)


@ROUTES.add("GET", "/v1/audit", "audit", AuditPage, problems=(404, 422))
async def list_audit(
    call: Caller,
    n: Annotated[int, Query(ge=1, le=1_000, description="Length of the page.")] = 100,
    cursor: Annotated[Id | None, Query(description="From the page before.")] = None,
) -> Response:
    """Administrative actions, newest first."""
    page = await call.page(call.workspace.audit, cursor, n)
    entries = [dataclasses.asdict(one) for one in page.items]
    return reply({"entries": entries, "cursor": page.cursor})


@ROUTES.add("GET", "/v1/workspaces", "workspaces", WorkspacesOut)
async def list_workspaces(call: Caller) -> Response:
    """Workspaces, for the administrator of the whole installation."""
    _owner_only(call)
    return reply({"workspaces": list(await call.work(call.service.workspaces))})


@ROUTES.add("POST", "/v1/workspaces", "workspaces", WorkspaceOut, status=201, problems=(409,))
async def make_workspace(call: Caller, workspace: WorkspaceIn) -> Response:
    """Make a workspace with data, model and keys of its own; its first key is shown once."""
    _owner_only(call)
    await call.work(call.service.create_workspace, workspace.name, actor=call.actor)
    made = await call.work(
        call.service.access.create_key,
        workspace.name,
        "admin",
        "first key",
        actor=call.actor,
    )
    return reply({"name": workspace.name, "key": _new_key(made)}, 201)


def _owner_only(call: Call) -> None:
    if call.workspace_name != "default":
        raise ForbiddenError(
            "workspaces are the business of the installation's owner",
            expected="a key of the workspace 'default'",
            got=f"a key of {call.workspace_name!r}",
        )


@ROUTES.add(
    "GET",
    "/v1/export",
    "transfer",
    {
        "description": "A zip archive.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    },
    problems=(422,),
)
async def export_everything(
    call: Caller,
    format: Annotated[Format, Query(description="`parquet` or `jsonl`.")] = "jsonl",
) -> Response:
    """Everything the workspace holds, as one zip of open files."""
    return await zipped(call, format)
