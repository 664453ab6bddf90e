"""Readers: each turns files of one form into tables for the builder."""

from foretaste.data.readers.detect import FORMATS, detect
from foretaste.data.readers.source import ReadLimits, ReadOptions

__all__ = ["FORMATS", "ReadLimits", "ReadOptions", "detect"]
