"""Settings worth trying for each model, so that every comparison is with a tuned one."""

from __future__ import annotations

from collections.abc import Mapping

from foretaste.core import Settings
from foretaste.models.ease import Ease
from foretaste.models.ials import IALS
from foretaste.models.itemknn import ItemKNN
from foretaste.models.popularity import Popularity

__all__ = ["GRIDS"]

GRIDS: Mapping[str, tuple[Settings, ...]] = {
    "popularity": tuple(Popularity(half_life_days=days) for days in (None, 365.0, 90.0)),
    "itemknn": tuple(
        ItemKNN(k=k, shrink=shrink)
        for k, shrinks in (
            (50, (0.0, 10.0)),
            (200, (0.0, 50.0)),
            (400, (10.0, 100.0, 1000.0)),
            (1600, (1000.0,)),
        )
        for shrink in shrinks
    ),
    "ease": tuple(Ease(ridge=ridge) for ridge in (100.0, 300.0, 800.0, 3e3, 1e4, 3e4, 1e5, 3e5)),
    "ials": tuple(
        IALS(embedding_size=size, ridge=ridge, absence=absence)
        for size, ridge, absence in (
            (128, 0.007, 0.2),
            (128, 0.01, 0.1),
            (128, 0.015, 0.1),
            (64, 0.03, 0.1),
            (64, 0.03, 0.3),
            (64, 0.06, 0.1),
            (64, 0.1, 0.3),
            (32, 0.1, 1.0),
        )
    ),
}
"""By the model's name; choose among them on validation people, never on test people.

About eight for each, the same right for all. They reach from completing a thinned history
(less regularisation: EASE 800, iALS .01) to predicting what comes later from a few events
(much more: EASE 10,000 and beyond, iALS .06): on ML-1M no single setting is near the best
of its own kind at both. The defaults of the settings are a middle course.
"""
