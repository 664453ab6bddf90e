"""What each past event adds to a score, block by block, and what deleting it would take away."""

from __future__ import annotations

import numpy as np

from foretaste.core import FloatArray
from foretaste.taste.direction import Direction
from foretaste.taste.hearing import Heard
from foretaste.taste.posterior import Posterior
from foretaste.taste.prior import Prior

__all__ = ["past_shares"]


def past_shares(
    prior: Prior,
    direction: Direction,
    lift: FloatArray,
    heard: Heard,
    posterior: Posterior,
    rows: np.ndarray,
    length: int,
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Signed shares of past events in the scores of some items.

    Args:
        prior: Its features and their blocks.
        direction: Its channels.
        lift: Stretch of the taste part of each item, [I].
        heard: The history as read.
        posterior: What was concluded from it.
        rows: The items, [K].
        length: Events in the whole history, ``L``.

    Returns:
        Shares by block, each [K, L], and the effect of deleting each event, [K, L]: exact for
        the posterior, the share itself for direction.
    """
    stretch = lift[rows].astype(np.float64)[:, None]
    strength = direction.posterior_share(len(heard.liked))
    items = prior.features[rows]
    effect = np.zeros((len(rows), length))
    blocks: dict[str, FloatArray] = {}

    def add(name: str, places: np.ndarray, share: FloatArray) -> None:
        table = blocks.setdefault(name, np.zeros((len(rows), length)))
        table[:, places] += share

    if strength > 0:
        for name, (start, stop) in prior.blocks.items():
            share = posterior.shares(items, slice(start, stop))
            add(name, heard.places, strength * stretch * share)
        effect[:, heard.places] += strength * stretch * posterior.deletion(items)
    for name, share in direction.shares(heard.liked, rows).items():
        scaled = stretch * share if name == "direction" and direction.right.size else share
        add(name, heard.liked_places, scaled)
        effect[:, heard.liked_places] += scaled
    return blocks, effect
