"""What age leaves of an event's weight, kept ready."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from foretaste.core import FloatArray

__all__ = ["faded"]

_AGES = 1_000
"""Ages whose weights are kept ready; longer histories compute theirs."""


def faded(decay: float, count: int) -> FloatArray:
    """``decay^age`` of some events, oldest first; age is counted in events, newest 0.

    Args:
        decay: Weight kept per event of age.
        count: How many events.

    Returns:
        float32 [count]; not to be changed.
    """
    return _ready(decay)[_AGES - count :] if count <= _AGES else _computed(decay, count)


@lru_cache(maxsize=64)
def _ready(decay: float) -> FloatArray:
    found = _computed(decay, _AGES)
    found.setflags(write=False)
    return found


def _computed(decay: float, count: int) -> FloatArray:
    ages = np.arange(count - 1, -1, -1, dtype=np.float32)
    found: FloatArray = np.float32(decay) ** ages
    return found
