"""A fitted taste as plain arrays and back."""

from __future__ import annotations

import numpy as np

from foretaste.core import FloatArray, State
from foretaste.taste.direction import Direction
from foretaste.taste.prior import Prior
from foretaste.taste.profile import ProfileTable
from foretaste.taste.ratings.profile import ProfileCoder
from foretaste.taste.settings import PriorSettings

__all__ = ["from_state", "to_state"]


def to_state(
    settings: PriorSettings,
    prior: Prior,
    direction: Direction,
    lift: FloatArray,
    kinds: tuple[str, ...],
) -> State:
    """Write down.

    Args:
        settings: Settings of the prior.
        prior: The prior.
        direction: The direction.
        lift: Stretch of unmet items.
        kinds: Names of event kinds.

    Returns:
        Plain data.
    """
    arrays = {
        "popularity": prior.popularity,
        "features": prior.features,
        "words_map": prior.words_map,
        "profile_weights": prior.profiles.weights,
        "contexts": prior.contexts,
        "absence": prior.absence,
        "lift": lift,
    }
    arrays |= {f"direction.{name}": array for name, array in direction.arrays().items()}
    coder = prior.profiles.coder
    meta = {
        "settings": settings.model_dump(mode="json"),
        "kinds": list(kinds),
        "blocks": {name: list(place) for name, place in prior.blocks.items()},
        "context_values": dict(prior.context_values),
        "profile_values": {name: list(known) for name, known in coder.values.items()},
        "profile_edges": {name: list(edges) for name, edges in coder.edges.items()},
        "direction": direction.meta(),
    }
    return State(arrays, meta)


def from_state(
    state: State,
) -> tuple[PriorSettings, Prior, Direction, FloatArray, tuple[str, ...]]:
    """Read what :func:`to_state` wrote.

    Args:
        state: Plain data.

    Returns:
        Settings, prior, direction, lift and kinds.
    """
    arrays, meta = state.arrays, state.meta
    mine = {
        name.removeprefix("direction."): np.asarray(array)
        for name, array in arrays.items()
        if name.startswith("direction.")
    }
    coder = ProfileCoder(meta["profile_values"], meta["profile_edges"])
    prior = Prior(
        arrays["popularity"],
        arrays["features"],
        {name: (int(place[0]), int(place[1])) for name, place in meta["blocks"].items()},
        arrays["words_map"],
        ProfileTable(coder, arrays["profile_weights"]),
        arrays["contexts"],
        {name: int(row) for name, row in meta["context_values"].items()},
        arrays["absence"],
    )
    settings = PriorSettings.of(dict(meta["settings"]), "taste")
    direction = Direction.restore(mine, meta["direction"])
    return settings, prior, direction, arrays["lift"], tuple(meta["kinds"])
