"""Jobs, bundles: long work, and which fitted model answers."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import Query, Response

from foretaste.serve.calls import Caller
from foretaste.serve.ids import JobId
from foretaste.serve.once import IdempotencyKey
from foretaste.serve.replies import reply
from foretaste.serve.routing import Routes
from foretaste.serve.wire.base import Id
from foretaste.serve.wire.operating import (
    BundlesOut,
    JobIn,
    JobOut,
    JobPage,
    RollBackIn,
    RolledBackOut,
)

__all__ = ["ROUTES"]

ROUTES = Routes("operation")


@ROUTES.add("POST", "/v1/jobs", "jobs", JobOut, status=202, problems=(409,))
async def start_job(call: Caller, job: JobIn, key: IdempotencyKey = None) -> Response:
    """Start long work: `refresh` fits anew, `evaluate` measures, `export` writes a folder there."""
    found, headers = await call.once(
        key,
        (job.kind, job.arguments),
        call.workspace.start_job,
        job.kind,
        job.arguments,
        actor=call.actor,
    )
    return reply(dataclasses.asdict(found), 202, headers)


@ROUTES.add("GET", "/v1/jobs", "jobs", JobPage, problems=(404, 422))
async def list_jobs(
    call: Caller,
    n: Annotated[int, Query(ge=1, le=1_000, description="Length of the page.")] = 50,
    cursor: Annotated[Id | None, Query(description="From the page before.")] = None,
) -> Response:
    """Jobs, newest first."""
    page = await call.page(call.workspace.jobs, cursor, n)
    return reply({"jobs": [dataclasses.asdict(one) for one in page.items], "cursor": page.cursor})


@ROUTES.add("GET", "/v1/jobs/{job_id}", "jobs", JobOut, problems=(404, 422))
async def read_job(call: Caller, job_id: JobId) -> Response:
    """One job and how far it is."""
    return reply(dataclasses.asdict(await call.work(call.workspace.job, job_id)))


@ROUTES.add("POST", "/v1/jobs/{job_id}/cancel", "jobs", JobOut, problems=(404, 409))
async def cancel_job(call: Caller, job_id: JobId) -> Response:
    """Cancel a job that has not ended."""
    found = await call.work(call.workspace.cancel_job, job_id, actor=call.actor)
    return reply(dataclasses.asdict(found))


@ROUTES.add("GET", "/v1/bundles", "reports", BundlesOut)
async def list_bundles(call: Caller) -> Response:
    """The fitted models on the shelf, and whether a new one is due."""
    found = await call.work(call.workspace.bundles)
    stale = await call.work(call.workspace.stale)
    return reply({"bundles": [dataclasses.asdict(one) for one in found], "stale": stale})


@ROUTES.add("POST", "/v1/bundles/roll-back", "roll_back", RolledBackOut, problems=(404, 409))
async def roll_back(call: Caller, which: RollBackIn) -> Response:
    """Let an earlier fitted model answer again, at once and on every worker."""
    active = await call.fitting(call.workspace.roll_back, which.to, actor=call.actor)
    return reply({"active": active})
