"""Is it alive, can it answer, and the numbers behind both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from foretaste.app.service import Service
from foretaste.serve.guard import PUBLIC, Gate
from foretaste.serve.replies import reply
from foretaste.serve.routing import Routes
from foretaste.serve.watching.metrics import CONTENT_TYPE
from foretaste.serve.wire.health import HealthOut

__all__ = ["METRICS", "OPEN_METRICS", "ROUTES"]

ROUTES = Routes("health")
METRICS = Routes("health")
OPEN_METRICS = Routes("health")
_TEXT = {
    "description": "Prometheus' text format.",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


@ROUTES.add("GET", "/health/live", PUBLIC, HealthOut)
async def read_live(request: Request) -> Response:
    """Does the process work? If not, start it anew."""
    gate: Gate = request.app.state.gate
    return _health(gate.service, ready=False)


@ROUTES.add("GET", "/health/ready", PUBLIC, HealthOut)
async def read_ready(request: Request) -> Response:
    """Can it answer? If not, send nobody here. Degraded is still ready."""
    gate: Gate = request.app.state.gate
    if request.app.state.draining:
        return reply({"status": "ending", "degraded": []}, 503, {"Retry-After": "1"})
    return _health(gate.service, ready=True)


def _health(service: Service, ready: bool) -> Response:
    found = service.health()
    fine = found.ready if ready else found.live
    words = [_discreet(reason, found.details) for reason in found.degraded]
    status = "degraded" if words and fine else "ok" if fine else "down"
    headers = {} if fine else {"Retry-After": "1"}
    return reply({"status": status, "degraded": words}, 200 if fine else 503, headers)


def _discreet(reason: str, names: Mapping[str, Any]) -> str:
    """A reason for those without a key: no workspace's name, no address of a database."""
    head, _, tail = reason.partition(": ")
    return tail if head in names else head


@METRICS.add("GET", "/metrics", "reports", _TEXT)
async def read_metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    workspace = request.scope["foretaste.call"].workspace_name
    return await _metrics(request, workspace)


@OPEN_METRICS.add("GET", "/metrics", PUBLIC, _TEXT)
async def read_open_metrics(request: Request) -> Response:
    """Numbers for Prometheus, without a key."""
    return await _metrics(request, "default")


async def _metrics(request: Request, workspace: str) -> Response:
    gate: Gate = request.app.state.gate
    text = await gate.pool.run(_page, gate, workspace)
    return Response(text, media_type=CONTENT_TYPE)


def _page(gate: Gate, name: str) -> bytes:
    found = gate.service.health()
    gauges = {
        "live": float(found.live),
        "ready": float(found.ready),
        "degraded": float(len(found.degraded)),
        "requests_in_threads": float(gate.pool.pending),
    }
    for key, value in found.details.items():
        if isinstance(value, int | float) and key.isidentifier():
            gauges[key] = float(value)
    stats = gate.service.workspace(name).stats()
    gauges |= {
        "items": stats.items,
        "people": stats.people,
        "log_events": stats.events,
        "impressions": stats.impressions,
        "events_since_fit": stats.events_since_fit,
        "spooled_events": stats.spooled,
        "bundle_fitted_timestamp_seconds": stats.fitted_s,
    }
    return gate.metrics.page(gauges, {"digest": stats.bundle_digest, "workspace": name})
