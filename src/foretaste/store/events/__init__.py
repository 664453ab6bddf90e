"""The event log and what was shown."""

from foretaste.store.events.impressions import ImpressionTable
from foretaste.store.events.table import EventTable

__all__ = ["EventTable", "ImpressionTable"]
