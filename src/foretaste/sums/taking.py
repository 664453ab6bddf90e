"""The sums that more than one model asks for, each under one name."""

from __future__ import annotations

import numpy as np

from foretaste.core import Dataset
from foretaste.sums.additive import PeopleSums
from foretaste.sums.likes import Likes
from foretaste.sums.moments import PairSums
from foretaste.sums.steps import StepSums

__all__ = ["MOST_PAIRED", "likes_of", "pairs_of", "steps_of"]

MOST_PAIRED = 6_000
"""Largest catalogue whose pairs of items are kept as sums.

Beyond it half of ``I x I`` numbers would weigh more than the people's rows: a fit reads the rows,
and to forget somebody is to read the rows that remain."""


def likes_of(sums: PeopleSums) -> Likes:
    """How many people like each item.

    Args:
        sums: Where sums are taken.

    Returns:
        The counts.
    """
    return sums.take("likes", Likes.of)


def pairs_of(sums: PeopleSums, softening: float | None = None) -> PairSums | None:
    """How many people like both of two items.

    Args:
        sums: Where sums are taken.
        softening: See :class:`PairSums`.

    Returns:
        The sums; ``None`` where the catalogue is too large for them.
    """
    if sums.items.n_items > MOST_PAIRED:
        return None
    name = "pairs of likes" if softening is None else f"weighted pairs of likes ({softening:g})"

    def taken(dataset: Dataset) -> PairSums:
        liked = dataset.liked
        return PairSums.of(liked[np.diff(liked.indptr) > 0], softening)

    return sums.take(name, taken)


def steps_of(sums: PeopleSums, window: int, decay: float, backwards: float) -> StepSums | None:
    """How often an item comes soon after another.

    Args:
        sums: Where sums are taken.
        window: See :class:`StepSums`.
        decay: See :class:`StepSums`.
        backwards: See :class:`StepSums`.

    Returns:
        The sums; ``None`` where the catalogue is too large for them.
    """
    if sums.items.n_items > MOST_PAIRED:
        return None
    name = f"pairs in order ({window}, {decay:g}, {backwards:g})"
    return sums.take(name, lambda data: StepSums.of(data, window, decay, backwards))
