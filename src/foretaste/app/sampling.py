"""The packaged sample world."""

from __future__ import annotations

from foretaste.core import Dataset
from foretaste.data.sample import load_sample

__all__ = ["sample"]


def sample() -> Dataset:
    """The sample that comes with the package: real films, simulated audience.

    Returns:
        Its data; ``dataset.simulated`` says that the audience is not real.
    """
    return load_sample()
