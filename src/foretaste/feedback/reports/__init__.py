"""Reports on what was shown and what came of it: attribution, satisfaction, drift."""

from foretaste.feedback.reports.attribution import BY_ANSWER, BY_WINDOW, WINDOW_S, attributed
from foretaste.feedback.reports.drift import (
    DriftCheck,
    DriftReport,
    DriftSettings,
    drift,
)
from foretaste.feedback.reports.frames import (
    EVENT_COLUMNS,
    IMPRESSION_COLUMNS,
    arms_of,
    events_frame,
    impressions_frame,
)
from foretaste.feedback.reports.period import Period
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
    "WINDOW_S",
    "Cell",
    "DriftCheck",
    "DriftReport",
    "DriftSettings",
    "Period",
    "Satisfaction",
    "SatisfactionSettings",
    "arms_of",
    "attributed",
    "drift",
    "events_frame",
    "impressions_frame",
    "satisfaction",
]
