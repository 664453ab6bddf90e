"""The routes of version 1, by subject; the busiest come first because they are tried in order."""

from foretaste.serve.routes import (
    admin,
    answering,
    experiments,
    feedback,
    health,
    items,
    lists,
    operating,
    people,
    reports,
    sessions,
)
from foretaste.serve.routes.health import METRICS, OPEN_METRICS

__all__ = ["METRICS", "OPEN_METRICS", "ROUTES"]

ROUTES = [
    answering.ROUTES,
    feedback.ROUTES,
    health.ROUTES,
    lists.ROUTES,
    items.ROUTES,
    people.ROUTES,
    sessions.ROUTES,
    operating.ROUTES,
    experiments.ROUTES,
    reports.ROUTES,
    admin.ROUTES,
]
