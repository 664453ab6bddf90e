"""The small world of this room's tests, and the way to its helpers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from foretaste.core import Dataset

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def world() -> Dataset:
    from two_tastes import make_world

    return make_world()
