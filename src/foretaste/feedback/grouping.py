"""Numbering people, whatever their ids are."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["numbered"]


def numbered(names: Any) -> NDArray[np.int64]:
    """Number equal names alike, from 0 without gaps.

    Args:
        names: Ids or numbers, [N].

    Returns:
        int64 [N]. (Sorting strings with NumPy takes ten times as long.)
    """
    given = names if isinstance(names, pl.Series) else pl.Series(np.asarray(names).tolist())
    if not len(given):
        return np.zeros(0, np.int64)
    found: NDArray[np.int64] = given.rank("dense").to_numpy().astype(np.int64) - 1
    return found
