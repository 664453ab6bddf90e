"""A first fit without some people and items, to learn from them how ratings come out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foretaste.taste.ratings.learning.calibrate import calibrate
from foretaste.taste.ratings.learning.factors import (
    Factors,
    Problem,
    fit_factors,
    with_own_content,
)
from foretaste.taste.ratings.learning.table import RatingTable, Task, tasks
from foretaste.taste.ratings.person import TastePrior
from foretaste.taste.ratings.response import Response, Trials
from foretaste.taste.ratings.scale import RatingScale

__all__ = ["Shape", "held_out_response", "taste_prior"]

_FEWEST = 20
_MOST = 600
_ASKED = 10

_Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a model to fit, see :class:`foretaste.taste.ratings.Ratings`.

    Attributes:
        size: Loadings.
        own_content: Content directions.
        iterations: Sweeps.
    """

    size: int
    own_content: int
    iterations: int


def taste_prior(
    problem: Problem, factors: Factors, scale: RatingScale, own_content: int
) -> TastePrior:
    """What prediction needs of the factors, with people's own taste for content added.

    Args:
        problem: The data.
        factors: Fitted factors.
        scale: The rating scale.
        own_content: How many content directions.

    Returns:
        The prior; item arrays in single precision.
    """
    own = problem.content[:, :own_content]
    spread = np.sqrt((own**2).mean(axis=0)) if own.size else np.ones(own.shape[1])
    extended = with_own_content(problem, factors, own / np.maximum(spread, 1e-12))
    features = extended.items.mean.copy()
    features[:, 0] = 1.0
    width = factors.items.mean.shape[1]
    return TastePrior(
        (scale.mean + extended.items.mean[:, 0]).astype(np.float32),
        features.astype(np.float32),
        np.diagonal(factors.items.covariance, axis1=1, axis2=2)[:, :width].astype(np.float32),
        extended.person_map,
        extended.person_prior,
        extended.noise,
    )


def held_out_response(
    problem: Problem,
    table: RatingTable,
    scale: RatingScale,
    level: _Places,
    shape: Shape,
    share: float,
    rng: np.random.Generator,
) -> tuple[Response, Factors | None]:
    """Calibrate cut-points on people, known items and new items the fit has not seen.

    Args:
        problem: All the data.
        table: The ratings behind it.
        scale: The rating scale.
        level: Level of each rating in the table.
        shape: How large a model.
        share: Share of people, and of items, to hold out.
        rng: Draws them.

    Returns:
        The response, and the factors of the first fit to go on from; the scale's own
        borders and ``None`` when there are too few people to hold any out.
    """
    start = Response(scale.borders, scale.shares)
    n_people = table.shape[0]
    count = min(int(share * n_people), _MOST)
    if n_people < _FEWEST or not count:
        return start, None
    people = rng.permutation(n_people)[:count]
    rated = np.flatnonzero(~table.unrated())
    items = rng.permutation(rated)[: int(share * len(rated))]
    seen = ~np.isin(table.users, people) & ~np.isin(table.items, items)
    others = np.setdiff1d(np.arange(n_people), people)
    latent = scale.latents[level] - scale.mean
    part = Problem(
        table.matrix(latent, seen)[others],
        problem.profiles[others],
        problem.content,
        problem.variance,
    )
    factors = fit_factors(part, shape.size, shape.iterations, rng)
    prior = taste_prior(part, factors, scale, shape.own_content)
    work = tasks(table, people, rng, _ASKED)
    trials = _trials(prior, problem, table, scale, level, work, table.unrated(seen))
    asked = np.concatenate([task.query for task in work])
    return calibrate(start, trials, level[asked]), factors


def _trials(
    prior: TastePrior,
    problem: Problem,
    table: RatingTable,
    scale: RatingScale,
    level: _Places,
    work: list[Task],
    new: NDArray[np.bool_],
) -> Trials:
    """Predict for held-out people from part of their ratings."""
    counts = np.zeros((len(work), len(scale)))
    surprise = np.zeros(len(work))
    answers = []
    for place, task in enumerate(work):
        known = level[task.support]
        profile = problem.profiles[task.user]
        person = prior.condition(table.items[task.support], scale.latents[known], profile)
        counts[place] = np.bincount(known, minlength=len(scale))
        surprise[place] = person.surprise.sum()
        answers.append(prior.predict(person, table.items[task.query]))
    sizes = [len(task.query) for task in work]
    mean, variance = (np.concatenate(part) for part in zip(*answers, strict=True))
    asked = np.concatenate([task.query for task in work])
    whose = np.repeat(np.arange(len(work)), sizes)
    return Trials(mean, variance, new[table.items[asked]], whose, counts, surprise)
