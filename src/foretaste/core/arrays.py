"""Array types, named once.

Axis legend, used everywhere: ``B`` queries, ``L`` history, ``I`` items, ``U`` people,
``D`` features, ``K`` list length.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoolArray", "Codes", "FloatArray", "Rows", "Times", "frozen"]

FloatArray: TypeAlias = NDArray[np.floating[Any]]
"""Real numbers; the docstring of whatever takes one names its axes."""

Rows: TypeAlias = NDArray[np.int32]
"""Inside numbers of items or people (never outside ids)."""

Codes: TypeAlias = NDArray[np.uint8]
"""Event kinds, as positions in ``Dataset.kinds``."""

Times: TypeAlias = NDArray[np.float64]
"""Seconds since 1970-01-01 UTC; NaN where the time is not known."""

BoolArray: TypeAlias = NDArray[np.bool_]
"""Masks."""


def frozen(array: Any, dtype: Any = None) -> NDArray[Any]:
    """Give a read-only view of an array (a copy only if the type must change).

    Args:
        array: Any array or sequence NumPy understands.
        dtype: The type wanted; ``None`` keeps what is there.

    Returns:
        The array, not writeable through this view.
    """
    view = np.asarray(array, dtype=dtype).view()
    view.flags.writeable = False
    return view
