"""The data room: readers, builder, checks, sheets, splits, our own form on disk, downloads."""

from foretaste.data.builder import DatasetBuilder
from foretaste.data.readers import FORMATS, ReadLimits
from foretaste.data.reading import read, read_with_report
from foretaste.data.report import Finding, Origin, ReadReport
from foretaste.data.signals import SignalSettings

__all__ = [
    "FORMATS",
    "DatasetBuilder",
    "Finding",
    "Origin",
    "ReadLimits",
    "ReadReport",
    "SignalSettings",
    "read",
    "read_with_report",
]
