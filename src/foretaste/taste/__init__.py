"""The prior over tastes: what is likely liked before, during and after the first events."""

from foretaste.taste.fitted import FittedTaste
from foretaste.taste.model import TasteModel
from foretaste.taste.online import Belief, drifted
from foretaste.taste.ratings import FittedRatings, RatingDistribution
from foretaste.taste.ratings import Ratings as RatingsModel
from foretaste.taste.settings import ContentSettings, DirectionSettings, PriorSettings, Task

__all__ = [
    "Belief",
    "ContentSettings",
    "DirectionSettings",
    "FittedRatings",
    "FittedTaste",
    "PriorSettings",
    "RatingDistribution",
    "RatingsModel",
    "TasteModel",
    "Task",
    "drifted",
]
