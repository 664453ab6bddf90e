"""Every model beside the prior over tastes: one file each, each a function of evidence.

A person never seen is served like any other: their history is in the evidence.
"""

from collections.abc import Mapping
from typing import Any

from foretaste.models.bias import Bias, FittedBias
from foretaste.models.content import Content, FittedContent
from foretaste.models.ease import EASE_GRID, Ease, ease_weights
from foretaste.models.ials import IALS, IALS_GRID, FittedIALS, ials_loss
from foretaste.models.item_item import FittedItemItem
from foretaste.models.itemknn import KNN_GRID, ItemKNN
from foretaste.models.kl import KL, FittedKL, divergences
from foretaste.models.latest import Latest
from foretaste.models.popularity import FixedScores, Popularity, Trending

GRIDS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "ease": EASE_GRID,
    "ials": IALS_GRID,
    "itemknn": KNN_GRID,
}
"""Settings worth trying, by the model's name, for choosing on validation people."""

__all__ = [
    "GRIDS",
    "IALS",
    "KL",
    "Bias",
    "Content",
    "Ease",
    "FittedBias",
    "FittedContent",
    "FittedIALS",
    "FittedItemItem",
    "FittedKL",
    "FixedScores",
    "ItemKNN",
    "Latest",
    "Popularity",
    "Trending",
    "divergences",
    "ease_weights",
    "ials_loss",
]
