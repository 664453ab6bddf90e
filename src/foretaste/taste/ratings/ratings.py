"""The ratings head of the taste model: settings and fitting."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from foretaste.core import Dataset, Settings
from foretaste.core.errors import DataError
from foretaste.taste.ratings.fitted import FittedRatings
from foretaste.taste.ratings.learning.content import item_content
from foretaste.taste.ratings.learning.factors import Problem, fit_factors
from foretaste.taste.ratings.learning.held_out import Shape, held_out_response, taste_prior
from foretaste.taste.ratings.learning.table import RatingTable, rating_kind
from foretaste.taste.ratings.profile import ProfileCoder
from foretaste.taste.ratings.scale import RatingScale

__all__ = ["Ratings"]


class Ratings(Settings):
    """How somebody would rate: a Bayesian bilinear model with an ordinal answer.

    Latent rating = mean + item quality + person generosity + ``phi_i . w_u`` + noise; the
    prior over ``(generosity, w)`` comes from everybody's ratings and the person's profile,
    the prior over an item's quality and loadings from its attributes and text vectors
    (regression-based latent factors, Agarwal & Chen 2009), so known and new people and known
    and new items all follow from one formula. A person is conditioned in closed form on the
    ratings they have given; cut-points turn the latent answer into ``P(rating = level)``.
    No gradient trains it: variational EM, then empirical Bayes for the content shares, then
    calibration of the cut-points on people and items held out of a first fit.

    Use :class:`foretaste.models.Bias` as the floor to compare with, and the taste model's
    own score (not this) to choose what to show: what people rate highly is not what they
    would pick up.

    Attributes:
        size: Collaborative loadings; unneeded ones shrink to nothing.
        content_size: Most content features for predicting items.
        own_content: Leading content features each person may have a taste of their own for.
        iterations: EM sweeps of the first fit; the second does half as many.
        calibration_share: Share of people, and of items, held out to calibrate; 0 keeps the
            cut-points at the scale's own borders.
        profile: Whether people's attributes may move their prior.
        max_levels: Most rating levels kept apart; finer scales are binned.
    """

    size: int = Field(default=16, ge=0, le=256)
    content_size: int = Field(default=128, ge=0)
    own_content: int = Field(default=8, ge=0)
    iterations: int = Field(default=10, ge=1)
    calibration_share: float = Field(default=0.1, ge=0, le=0.5)
    profile: bool = True
    max_levels: int = Field(default=21, ge=2)

    trace: ClassVar[str] = (
        "qualities and loadings of items come from expectation-maximisation over everybody's "
        "ratings, and cut-points from people held out: a trace of theirs stays until this part "
        "is fitted again"
    )

    def unmoved(self, before: Dataset, after: Dataset) -> bool:
        """Whether a fit on other people comes out the same: their ratings are the same.

        So it is after somebody who never rated anything is taken out of the data, unless that
        changed how profiles are coded.

        Args:
            before: The data.
            after: The data without somebody.

        Returns:
            ``True`` when nothing that the fit reads has changed.
        """
        kind = rating_kind(before.kinds)
        old, new = (RatingTable.of(one, kind).active() for one in (before, after))
        same = all(
            np.array_equal(getattr(old, name), getattr(new, name))
            for name in ("users", "items", "values")
        )
        return same and (not self.profile or ProfileCoder.of(before) == ProfileCoder.of(after))

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FittedRatings:
        """Learn from the rated events of a dataset.

        Args:
            dataset: Data with ratings; attributes and vectors are used where there are any.
            rng: Draws the held-out people, the tasks and the starting point.

        Returns:
            The fitted head.

        Raises:
            DataError: If no event carries a rating.
        """
        kind = rating_kind(dataset.kinds)
        table = RatingTable.of(dataset, kind)
        if not len(table.values):
            raise DataError(
                "the ratings head needs ratings",
                expected="events with a value",
                where=dataset.name,
                remedy="Leave ratings out of the settings for data without ratings",
            )
        scale = RatingScale.of(table.values, self.max_levels)
        level = scale.index(table.values)
        content = item_content(dataset, self.content_size, rng)
        coder = ProfileCoder.of(dataset) if self.profile else ProfileCoder({}, {})
        latent = scale.latents[level] - scale.mean
        # Somebody without a rating teaches nothing and would only slow the iterations down.
        table = table.active()
        profiles = coder.encode_all(dataset)[table.people]
        problem = Problem(table.matrix(latent), profiles, content, scale.spread**2)
        shape = Shape(self.size, self.own_content, self.iterations)
        response, first = held_out_response(
            problem, table, scale, level, shape, self.calibration_share, rng
        )
        sweeps = self.iterations if first is None else max(self.iterations // 2, 1)
        factors = fit_factors(problem, self.size, sweeps, rng, warm=first)
        prior = taste_prior(problem, factors, scale, self.own_content)
        return FittedRatings(scale, prior, response, coder, table.unrated(), kind)
