"""Reports on what was shown and what came of it: attribution, satisfaction, drift."""

from foretaste.feedback.reports.attribution import BY_ANSWER, BY_WINDOW, WINDOW_S, attributed
from foretaste.feedback.reports.drift import (
    DriftCheck,
    DriftReport,
    DriftSettings,
    drift,
)
from foretaste.feedback.reports.experiment import (
    METRICS,
    ArmEffect,
    ArmResult,
    ExperimentReport,
    experiment_report,
)
from foretaste.feedback.reports.frames import (
    EVENT_COLUMNS,
    IMPRESSION_COLUMNS,
    arms_of,
    events_frame,
    impressions_frame,
)
from foretaste.feedback.reports.period import Period
from foretaste.feedback.reports.places import interleaving_credits, places_shown
from foretaste.feedback.reports.satisfaction import (
    MEASURES,
    Cell,
    Satisfaction,
    SatisfactionSettings,
    satisfaction,
)

__all__ = [
    "BY_ANSWER",
    "BY_WINDOW",
    "EVENT_COLUMNS",
    "IMPRESSION_COLUMNS",
    "MEASURES",
    "METRICS",
    "WINDOW_S",
    "ArmEffect",
    "ArmResult",
    "Cell",
    "DriftCheck",
    "DriftReport",
    "DriftSettings",
    "ExperimentReport",
    "Period",
    "Satisfaction",
    "SatisfactionSettings",
    "arms_of",
    "attributed",
    "drift",
    "events_frame",
    "experiment_report",
    "impressions_frame",
    "interleaving_credits",
    "places_shown",
    "satisfaction",
]
