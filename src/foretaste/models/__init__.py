"""Every model beside the prior over tastes: one file each, each a function of evidence.

A person never seen is served like any other: their history is in the evidence.
"""

from foretaste.models.bias import Bias, FittedBias
from foretaste.models.content import Content, FittedContent
from foretaste.models.ease import Ease, ease_weights
from foretaste.models.grids import GRIDS
from foretaste.models.ials import IALS, FittedIALS, ials_loss
from foretaste.models.item_item import FittedItemItem
from foretaste.models.itemknn import ItemKNN
from foretaste.models.kl import KL, FittedKL, divergences
from foretaste.models.latest import Latest
from foretaste.models.popularity import FixedScores, Popularity, Trending

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
