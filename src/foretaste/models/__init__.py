"""Every model beside the prior over tastes: one file each, each a function of evidence."""

from foretaste.models.bias import Bias, FittedBias
from foretaste.models.content import Content, FittedContent
from foretaste.models.ials import IALS, FittedIALS
from foretaste.models.item_item import Ease, FittedItemItem, ItemKNN, ease_weights
from foretaste.models.kl import KL, FittedKL, divergences
from foretaste.models.popularity import FixedScores, Latest, Popularity, Trending

__all__ = [
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
]
