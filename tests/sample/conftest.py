"""The sample, loaded once."""

from __future__ import annotations

import pytest

from foretaste.core import Dataset
from foretaste.data.sample import HiddenTastes, hidden_tastes, load_sample


@pytest.fixture(scope="session")
def sample() -> Dataset:
    """The packaged sample."""
    return load_sample()


@pytest.fixture(scope="session")
def hidden() -> HiddenTastes:
    """What its audience really likes."""
    return hidden_tastes()
