"""Reports: satisfaction, drift, quality, counts."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Response

from foretaste.serve.calls import Caller
from foretaste.serve.replies import plain, reply
from foretaste.serve.routing import Routes
from foretaste.serve.wire.asking import Time
from foretaste.serve.wire.reports import DriftOut, QualityOut, SatisfactionOut, StatsOut

__all__ = ["ROUTES"]

ROUTES = Routes("reports")
By = Literal["arm", "source", "group"]


@ROUTES.add("GET", "/v1/reports/satisfaction", "reports", SatisfactionOut, problems=(422,))
async def read_satisfaction(
    call: Caller,
    by: Annotated[
        list[By] | None, Query(min_length=1, max_length=3, description="What to split it by.")
    ] = None,
    since_s: Annotated[Time | None, Query(description="From then on.")] = None,
) -> Response:
    """What came of the lists that were shown, each number with its interval."""
    split = tuple(dict.fromkeys(by or ("source",)))
    return reply(plain(await call.work(call.workspace.satisfaction, split, since_s)))


@ROUTES.add("GET", "/v1/reports/drift", "reports", DriftOut)
async def read_drift(call: Caller) -> Response:
    """Whether the world has moved since the model was made."""
    found = await call.work(call.workspace.drift)
    return reply({**plain(found), "words": found.words})


@ROUTES.add("GET", "/v1/reports/quality", "reports", QualityOut)
async def read_quality(call: Caller) -> Response:
    """What the last `evaluate` job measured."""
    return reply({"quality": plain(await call.work(call.workspace.quality))})


@ROUTES.add("GET", "/v1/stats", "reports", StatsOut)
async def read_stats(call: Caller) -> Response:
    """Counts of the workspace."""
    return reply(plain(await call.work(call.workspace.stats)))
