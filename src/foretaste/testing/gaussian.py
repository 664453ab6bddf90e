"""A world drawn from the prior over tastes itself: the right posterior is a formula."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from foretaste.core import Dataset, FloatArray, History, stream
from foretaste.testing.writing import world

__all__ = ["GaussianWorld", "gaussian_tastes"]


@dataclass(frozen=True, eq=False)
class GaussianWorld:
    """People drawn from ``w ~ N(mean, covariance)`` and what they said of some items.

    ``y_ui = popularity_i + features_i . w_u + e``, ``e ~ N(0, noise)``; observed ``y`` are
    the values (and, cut to [-1, 1], the signals) of the events.

    Attributes:
        popularity: What everybody adds, [I].
        features: Features of items, [I, D].
        mean: Prior mean, [D].
        covariance: Prior covariance, [D, D].
        noise: Variance of one observation.
        tastes: The hidden ``w_u``, [U, D].
        dataset: What can be seen.
    """

    popularity: FloatArray
    features: FloatArray
    mean: FloatArray
    covariance: FloatArray
    noise: float
    tastes: FloatArray
    dataset: Dataset = field(repr=False)

    def posterior(self, history: History) -> tuple[FloatArray, FloatArray]:
        """What is known of somebody's ``w`` after their past, by Bayes' rule.

        ``Lambda = covariance^-1 + phi' phi / noise``,
        ``w = mean + Lambda^-1 phi' (y - popularity - phi mean) / noise`` (Bishop, "Pattern
        Recognition and Machine Learning", 2006, section 3.3).

        Args:
            history: Their past; ``values`` hold ``y``.

        Returns:
            Posterior mean [D] and covariance [D, D].
        """
        seen = self.features[history.rows]
        left = history.values - self.popularity[history.rows] - seen @ self.mean
        precision = np.linalg.inv(self.covariance) + seen.T @ seen / self.noise
        covariance = np.linalg.inv(precision)
        return self.mean + covariance @ (seen.T @ left) / self.noise, covariance

    def expected(self, history: History) -> FloatArray:
        """What somebody will say of every item, on average, after their past.

        Args:
            history: Their past.

        Returns:
            Expected ``y``, [I].
        """
        found: FloatArray = self.popularity + self.features @ self.posterior(history)[0]
        return found


def gaussian_tastes(
    n_people: int = 60, n_items: int = 40, size: int = 4, events: int = 12, seed: int = 0
) -> GaussianWorld:
    """Draw a world from the model.

    Args:
        n_people: ``U``.
        n_items: ``I``.
        size: ``D``.
        events: Items each person has spoken of, drawn without replacement.
        seed: Draws everything.

    Returns:
        The world with its hidden truth.
    """
    rng = stream(seed, "gaussian_tastes")
    popularity = 0.1 * rng.normal(size=n_items)
    features = rng.normal(size=(n_items, size)) / np.sqrt(size)
    mean = 0.1 * rng.normal(size=size)
    root = rng.normal(size=(size, size)) / np.sqrt(size)
    covariance = 0.2 * (root @ root.T + 0.2 * np.eye(size))
    noise = 0.01
    tastes = rng.multivariate_normal(mean, covariance, n_people)
    seen = [np.sort(rng.permutation(n_items)[:events]) for _ in range(n_people)]
    heard = np.concatenate(
        [popularity[s] + features[s] @ w for s, w in zip(seen, tastes, strict=True)]
    )
    heard += rng.normal(0.0, np.sqrt(noise), len(heard))
    names = [f"item-{n}" for n in range(n_items)]
    people = {f"person-{u}": [names[i] for i in rows] for u, rows in enumerate(seen)}
    dataset = world("gaussian tastes", people, names)
    table = dataset.interactions.with_columns(
        pl.Series("value", heard, dtype=pl.Float32),
        pl.Series("signal", np.clip(heard, -1, 1), dtype=pl.Float32),
        pl.Series("time_s", np.tile(np.arange(float(events)), n_people)),
    )
    dataset = replace(
        dataset.with_interactions(table),
        vectors={"text": (features / np.linalg.norm(features, axis=1, keepdims=True)).astype("f4")},
    )
    return GaussianWorld(popularity, features, mean, covariance, noise, tastes, dataset)
