"""The grids baselines are tuned over: the same small budget for each.

Chosen so that the best lies inside, not at an edge, on ML-1M and Beauty.
"""

from __future__ import annotations

from typing import Any

from foretaste.models import IALS, Ease, ItemKNN, Popularity

__all__ = ["baseline_grids"]


def baseline_grids(*, timed: bool = True, quick: bool = False) -> dict[str, tuple[Any, ...]]:
    """Grids of the baselines that every claim is compared with.

    Args:
        timed: The data has times, so that popularity may fade.
        quick: One settings object for each, known to be sensible: for trying things out.

    Returns:
        By name of the model.
    """
    if quick:
        return {
            "popularity": (Popularity(),),
            "itemknn": (ItemKNN(k=100, shrink=50.0),),
            "ease": (Ease(ridge=500.0),),
            "ials": (IALS(embedding_size=64, sweeps=6),),
        }
    fading = (None, 365.0, 90.0) if timed else (None,)
    return {
        "popularity": tuple(Popularity(half_life_days=days) for days in fading),
        "itemknn": tuple(
            ItemKNN(k=k, shrink=shrink) for k in (20, 100, 400) for shrink in (10.0, 100.0, 1000.0)
        ),
        "ease": tuple(Ease(ridge=ridge) for ridge in (100.0, 300.0, 1000.0, 3000.0, 10000.0)),
        "ials": tuple(
            IALS(embedding_size=size, ridge=ridge, absence=absence)
            for size, ridges in ((64, (0.003, 0.01, 0.03)), (128, (0.01,)))
            for ridge in ridges
            for absence in (0.03, 0.1, 0.3)
        ),
    }
