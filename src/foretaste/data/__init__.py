"""The data room: readers, builder, checks, sheets, splits, our own form on disk, downloads."""

from foretaste.data.builder import DatasetBuilder
from foretaste.data.checks import check
from foretaste.data.download import SOURCES, PublicData, download, terms
from foretaste.data.native import is_native, read_native, write_native
from foretaste.data.readers import FORMATS, ReadLimits
from foretaste.data.reading import read, read_splits, read_with_report
from foretaste.data.report import Finding, Origin, ReadReport
from foretaste.data.sheet import Sheet, describe
from foretaste.data.signals import SignalSettings
from foretaste.data.splits import (
    by_time,
    fold_in,
    folds,
    has_clock,
    hold_out_items,
    hold_out_people,
    leave_last,
    positives,
    sampled_items,
    take_events,
)

__all__ = [
    "FORMATS",
    "DatasetBuilder",
    "Finding",
    "Origin",
    "ReadLimits",
    "ReadReport",
    "SignalSettings",
    "by_time",
    "check",
    "describe",
    "download",
    "fold_in",
    "folds",
    "has_clock",
    "is_native",
    "read_native",
    "terms",
    "write_native",
    "PublicData",
    "SOURCES",
    "Sheet",
    "hold_out_items",
    "hold_out_people",
    "leave_last",
    "positives",
    "read",
    "read_splits",
    "read_with_report",
    "sampled_items",
    "take_events",
]
