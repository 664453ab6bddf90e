"""Traces for OpenTelemetry, when it is installed and an address is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from starlette.types import Scope

from foretaste.core.errors import MissingPartError

__all__ = ["Spans", "make_spans"]

Spans = Callable[[Scope], AbstractContextManager[None]]
"""Makes a span around one request."""


def make_spans(address: str | None, exporter: Any = None) -> Spans | None:
    """What makes a span of each request.

    Args:
        address: Of an OTLP collector, such as ``http://127.0.0.1:4318/v1/traces``; ``None`` is
            no tracing.
        exporter: Where spans go instead (the tests look there).

    Returns:
        The maker, or ``None`` when there is no tracing.

    Raises:
        MissingPartError: If an address is set and OpenTelemetry is not installed.
    """
    if address is None and exporter is None:
        return None
    try:
        from opentelemetry.propagate import extract
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
        from opentelemetry.trace import SpanKind
    except ImportError as error:
        raise MissingPartError("OpenTelemetry", "tracing") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "foretaste"}))
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    tracer = provider.get_tracer("foretaste.serve")

    @contextmanager
    def spans(scope: Scope) -> Iterator[None]:
        carrier = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        method: str = scope["method"]
        with tracer.start_as_current_span(
            method, context=extract(carrier), kind=SpanKind.SERVER
        ) as span:
            yield
            route = getattr(scope.get("route"), "path", None) or "other"
            span.update_name(f"{method} {route}")
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", route)
            span.set_attribute("http.response.status_code", scope.get("foretaste.status", 0))
            span.set_attribute("foretaste.request_id", scope.get("request_id", ""))
            for name, value in scope.get("foretaste.trace", {}).items():
                span.set_attribute(f"foretaste.{name}", value)

    return spans
