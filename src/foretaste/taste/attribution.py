"""What each past event adds to a score, block by block, and what deleting it would take away."""

from __future__ import annotations

import numpy as np

from foretaste.core import FloatArray
from foretaste.taste.serving.reading import Reading

__all__ = ["past_shares"]


def past_shares(
    reading: Reading, lift: FloatArray, rows: np.ndarray
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Signed shares of past events in the scores of some items.

    Args:
        reading: Whoever asks, read.
        lift: Stretch of the taste part of each item, [I].
        rows: The items, [K].

    Returns:
        Shares by block, each [K, L], and the effect of deleting each event, [K, L]: exact for
        the posterior, the share itself for direction.
    """
    prior, direction, heard = reading.prior, reading.direction, reading.heard
    length = len(reading.evidence.history)
    stretch = lift[rows].astype(np.float64)[:, None]
    strength = direction.posterior_share(reading.count)
    effect = np.zeros((len(rows), length))
    blocks: dict[str, FloatArray] = {}

    def add(name: str, places: np.ndarray, share: FloatArray) -> None:
        table = blocks.get(name)
        if table is None:
            table = blocks[name] = np.zeros((len(rows), length))
        if share.shape[1] == length:  # places are distinct and ascending: all of them
            table += share
        else:
            table[:, places] += share

    whole = len(heard.liked_places) == length
    if strength > 0:
        scale = strength * stretch
        shares, deletion = reading.posterior.told(prior.features[rows], prior.blocks)
        for name, share in shares.items():
            add(name, heard.places, scale * share)
        if deletion.shape[1] == length:
            effect += scale * deletion
        else:
            effect[:, heard.places] += scale * deletion
    for name, share in direction.shares(heard.liked, rows, reading.traces).items():
        scaled = stretch * share if name == "direction" and direction.right.size else share
        add(name, heard.liked_places, scaled)
        if whole:
            effect += scaled
        else:
            effect[:, heard.liked_places] += scaled
    return blocks, effect
