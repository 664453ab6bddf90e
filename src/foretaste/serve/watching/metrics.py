"""Numbers for Prometheus: what was answered, how fast, and what waits.

With several workers each counts into files of a shared folder (``PROMETHEUS_MULTIPROC_DIR``, which
the supervisor sets) and whichever worker is asked adds them up. Gauges of a moment, such as the
length of a queue, are those of the worker that is asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The counters of one worker."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "foretaste_http_request_seconds",
            "Seconds from the first byte of a request to the last of its answer.",
            ("route", "method"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._statuses = Counter(
            "foretaste_http_requests",
            "Requests by route and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._answers = Counter(
            "foretaste_answers",
            "Lists given, by who ranked them.",
            ("source",),
            registry=self.registry,
        )
        self._warned = Counter(
            "foretaste_answers_degraded",
            "Lists given while something was degraded.",
            registry=self.registry,
        )
        self._events = Counter(
            "foretaste_events",
            "Events handed in, by what became of them.",
            ("outcome",),
            registry=self.registry,
        )
        # Looking a label up costs more than counting; the busy ones are kept.
        self._kept: dict[tuple[str, ...], Any] = {}

    def request(self, route: str, method: str, status: int, took_s: float) -> None:
        """Count one request.

        Args:
            route: Its route, not its address: ids would make endless series.
            method: Its method.
            status: What it was answered with.
            took_s: How long it took.
        """
        self._child("seconds", self._seconds, route, method).observe(took_s)
        self._child("status", self._statuses, route, method, str(status)).inc()

    def answer(self, source: str, degraded: bool) -> None:
        """Count one list.

        Args:
            source: Who ranked.
            degraded: Whether something was degraded.
        """
        self._child("answer", self._answers, source).inc()
        if degraded:
            self._warned.inc()

    def events(self, accepted: int, duplicates: int, ignored: int, spooled: bool) -> None:
        """Count events that were handed in.

        Args:
            accepted: Kept.
            duplicates: Kept before.
            ignored: Not kept, for want of consent.
            spooled: Whether those kept wait on disk.
        """
        kept = "spooled" if spooled else "accepted"
        for outcome, count in ((kept, accepted), ("duplicate", duplicates), ("ignored", ignored)):
            if count:
                self._child("events", self._events, outcome).inc(count)

    def page(self, gauges: Mapping[str, float], info: Mapping[str, str]) -> bytes:
        """Everything in Prometheus' text format.

        Args:
            gauges: Numbers of this moment, by name.
            info: Facts in words about what answers.

        Returns:
            The text.
        """
        moment = CollectorRegistry()
        moment.register(_Moment(gauges, info))
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            from prometheus_client.multiprocess import MultiProcessCollector

            summed = CollectorRegistry()
            MultiProcessCollector(summed)
            return generate_latest(summed) + generate_latest(moment)
        return generate_latest(self.registry) + generate_latest(moment)

    def _child(self, sort: str, parent: Any, *labels: str) -> Any:
        name = (sort, *labels)
        child = self._kept.get(name)
        if child is None:
            child = self._kept[name] = parent.labels(*labels)
        return child


class _Moment:
    """Gauges that are read when somebody looks."""

    def __init__(self, gauges: Mapping[str, float], info: Mapping[str, str]) -> None:
        self.gauges = gauges
        self.info = info

    def collect(self) -> Iterable[Metric]:
        """What there is now.

        Yields:
            One family for each number, and one for the facts.
        """
        for name, value in self.gauges.items():
            words = name.replace("_", " ")
            yield GaugeMetricFamily(f"foretaste_{name}", f"Now: {words}.", value)
        family = InfoMetricFamily("foretaste_bundle", "What answers now.")
        family.add_metric((), dict(self.info))
        yield family
