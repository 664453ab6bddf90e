"""Ratings: what somebody would rate, as an ordinal distribution with exact reasons."""

from foretaste.taste.ratings.distribution import RatingDistribution
from foretaste.taste.ratings.fitted import FittedRatings
from foretaste.taste.ratings.ratings import Ratings
from foretaste.taste.ratings.scale import RatingScale

__all__ = ["FittedRatings", "RatingDistribution", "RatingScale", "Ratings"]
