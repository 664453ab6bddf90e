"""Proving parts: conformance suites, worlds whose right answer is known, stand-ins.

A new model proves itself in three lines of a test file::

    class TestMine(ScorerConformance):
        def make(self):
            return Mine()

The suites are plain classes with plain assertions; pytest runs them and is not needed to
import them.
"""

import sys

if "pytest" in sys.modules:
    import pytest

    for _module in ("adapters", "encoders", "filters", "lists", "outside", "scorers"):
        pytest.register_assert_rewrite(f"foretaste.testing.{_module}")

from foretaste.testing.adapters import AdapterConformance
from foretaste.testing.cases import Suite, cases, run_suite, through_disk
from foretaste.testing.encoders import EncoderConformance
from foretaste.testing.filters import FilterConformance
from foretaste.testing.gaussian import GaussianWorld, gaussian_tastes
from foretaste.testing.http import LocalServer, Reply, Request
from foretaste.testing.lists import RerankerConformance, RetrieverConformance
from foretaste.testing.outside import EventLogConformance, ExecutorConformance
from foretaste.testing.scorers import ExplainerConformance, ScorerConformance
from foretaste.testing.standins import (
    FixedClock,
    HashedEncoder,
    MemoryEventLog,
    ScriptedTextGenerator,
    SerialExecutor,
    TableEncoder,
)
from foretaste.testing.worlds import (
    attributes_only,
    chain,
    empty,
    one_item,
    one_person,
    popularity_only,
    tiny_ratings,
    two_clans,
)
from foretaste.testing.writing import world

__all__ = [
    "AdapterConformance",
    "EncoderConformance",
    "EventLogConformance",
    "ExecutorConformance",
    "ExplainerConformance",
    "FilterConformance",
    "FixedClock",
    "GaussianWorld",
    "HashedEncoder",
    "LocalServer",
    "MemoryEventLog",
    "Reply",
    "Request",
    "RerankerConformance",
    "RetrieverConformance",
    "ScorerConformance",
    "ScriptedTextGenerator",
    "SerialExecutor",
    "Suite",
    "TableEncoder",
    "attributes_only",
    "cases",
    "chain",
    "empty",
    "gaussian_tastes",
    "one_item",
    "one_person",
    "popularity_only",
    "run_suite",
    "through_disk",
    "tiny_ratings",
    "two_clans",
    "world",
]
