"""What most people like: of all time, lately, or more than usual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field

from foretaste.core import Attribution, Dataset, Evidence, FloatArray, Rows, Settings, State
from foretaste.models._scoring import BatchScorer
from foretaste.sums import PeopleSums, likes_of

__all__ = ["DAY_S", "FixedScores", "Popularity", "Trending"]

DAY_S = 86_400.0


class FixedScores(BatchScorer):
    """A fitted ranking that is the same for everybody.

    Args:
        scores: Scores, [I].
        part: What the score is called in an attribution.
    """

    def __init__(self, scores: FloatArray, part: str = "popularity") -> None:
        self.scores = scores.astype(np.float32)
        self.part = part

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """The same scores for everyone.

        Args:
            batch: The people.

        Returns:
            Scores [B, I].
        """
        return np.repeat(self.scores[None, :], len(batch), axis=0)

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """The whole score is one part.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution.
        """
        nothing = np.zeros((len(rows), len(evidence.history)))
        return Attribution(rows, {self.part: self.scores[rows]}, nothing)

    def state(self) -> State:
        """Scores as plain data."""
        return State({"scores": self.scores}, {"part": self.part})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The fitted ranking.
        """
        return cls(state.arrays["scores"], state.meta["part"])


class Popularity(Settings):
    """How many people liked each item, optionally fading with age.

    ``score(i) = sum over people who like i of 2^(-age / half_life)``, the age being that of
    their newest like of it; with no half-life the number of people. The floor of every
    ranking table; the fallback that always answers. Use :class:`Trending` for what is
    *unusually* liked now.

    Attributes:
        half_life_days: Age at which a like counts half, up to the newest event in the data;
            ``None`` never fades. Likes of unknown time count as the oldest.
    """

    half_life_days: float | None = Field(default=None, gt=0)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FixedScores:
        """Count.

        Args:
            dataset: The data.
            rng: Not used: counting is not random.

        Returns:
            The fitted ranking.
        """
        return self.fit_from(PeopleSums(dataset), rng=rng)

    def fit_from(self, sums: PeopleSums, *, rng: np.random.Generator) -> FixedScores:
        """Count, from sums over people; fading likes need their rows.

        Args:
            sums: The data, as sums over people.
            rng: Not used.

        Returns:
            The fitted ranking.
        """
        if self.half_life_days is None:
            return FixedScores(likes_of(sums).first)
        dataset = sums.rows("likes that fade")
        rows, age_s = _likes(dataset)
        weight = 0.5 ** (age_s / (self.half_life_days * DAY_S))
        return FixedScores(np.bincount(rows, weight, dataset.n_items).astype(np.float64))


class Trending(Settings):
    """What is liked now beyond what its past explains.

    With ``c`` likes in the window, and ``e`` expected there from the item's earlier rate,
    ``score = (c - e) / sqrt(e + 1)``: a Poisson deviate (Pearson residual, the 1 for items
    without a past), so a steady bestseller scores 0 and a rising unknown scores high. Data
    no longer than the window has no past: the score is then the number of likes.

    Attributes:
        window_days: What counts as now, up to the newest event in the data.
    """

    window_days: float = Field(default=7.0, gt=0)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FixedScores:
        """Compare the window with the time before it.

        Args:
            dataset: The data.
            rng: Not used.

        Returns:
            The fitted ranking.
        """
        rows, age_s = _likes(dataset)
        window_s = self.window_days * DAY_S
        now = np.bincount(rows[age_s <= window_s], minlength=dataset.n_items)
        before = np.bincount(rows[age_s > window_s], minlength=dataset.n_items)
        span_s = max(float(age_s.max(initial=0.0)) - window_s, window_s)
        expected = before * (window_s / span_s)
        deviate: FloatArray = (now - expected) / np.sqrt(expected + 1.0)
        return FixedScores(deviate, part="trend")


def _likes(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Item row and age of everybody's newest like of each item."""
    every = dataset.histories
    good = every.all.signals > 0
    users = np.repeat(np.arange(dataset.n_users), np.diff(every.starts))[good]
    rows, times_s = every.all.rows[good], every.all.times_s[good]
    # Events are in time order within a person, so the newest of a pair is its last.
    _, last = np.unique((users * dataset.n_items + rows)[::-1], return_index=True)
    newest = len(rows) - 1 - last
    rows, times_s = rows[newest], times_s[newest]
    known = ~np.isnan(times_s)
    if not known.any():
        return rows, np.zeros(len(rows))
    end_s = float(np.nanmax(every.all.times_s))
    oldest_s = end_s - float(times_s[known].min())
    return rows, np.where(known, end_s - times_s, oldest_s)
