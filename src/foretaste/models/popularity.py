"""What most people like: of all time, lately, or more than usual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field

from foretaste.core import Attribution, Dataset, Evidence, FloatArray, Rows, Settings, State
from foretaste.models._scoring import BatchScorer

__all__ = ["FixedScores", "Latest", "Popularity", "Trending"]

_DAY_S = 86_400.0


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
        """The same scores for everyone; see the base class."""
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

    ``score(i) = sum over positive events on i of 2^(-age / half_life)``; with no half-life
    the number of people. The floor of every ranking table; the fallback that always answers.
    Use :class:`Trending` for what is *unusually* liked now.

    Attributes:
        half_life_days: Age at which an event counts half; ``None`` never fades. Events of
            unknown time count as the oldest.
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
        if self.half_life_days is None:
            counts = np.asarray(dataset.liked.sum(axis=0), dtype=np.float64).ravel()
            return FixedScores(counts)
        rows, age_s = _liked_ages(dataset)
        weight = 0.5 ** (age_s / (self.half_life_days * _DAY_S))
        return FixedScores(np.bincount(rows, weight, dataset.n_items).astype(np.float64))


class Trending(Settings):
    """What is liked now beyond what its past explains.

    With ``c`` likes in the window, and ``e`` expected there from the item's earlier rate,
    ``score = (c - e) / sqrt(e + 1)``: a Poisson deviate
    (Pearson residual), so a steady bestseller scores 0 and a rising unknown scores high.

    Attributes:
        window_days: What counts as now, up to the newest event in the data.
    """

    window_days: float = Field(default=7.0, gt=0)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FixedScores:
        """Compare the window with the time before it.

        Args:
            dataset: The data; items without earlier events have an expectation of 0.
            rng: Not used.

        Returns:
            The fitted ranking.
        """
        rows, age_s = _liked_ages(dataset)
        window_s = self.window_days * _DAY_S
        now = np.bincount(rows[age_s <= window_s], minlength=dataset.n_items)
        before = np.bincount(rows[age_s > window_s], minlength=dataset.n_items)
        span_s = max(float(age_s.max(initial=0.0)) - window_s, window_s)
        expected = before * (window_s / span_s)
        return FixedScores((now - expected) / np.sqrt(expected + 1.0), part="trend")


class Latest(Settings):
    """Newest first: by availability date, else by the first event, else catalogue order.

    Attributes:
        column: Item attribute that says when an item appeared (a number or time); ``None``
            takes ``available_from_s`` if there is one, else each item's first event.
    """

    column: str | None = None

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FixedScores:
        """Find when each item appeared.

        Args:
            dataset: The data.
            rng: Not used.

        Returns:
            The fitted ranking: days since the oldest; items of unknown age come last.
        """
        import polars as pl

        name = self.column
        if name is None and "available_from_s" in dataset.items.columns:
            name = "available_from_s"
        if name is not None:
            appeared = dataset.items[name].cast(pl.Float64, strict=False).to_numpy()
        else:
            appeared = np.full(dataset.n_items, np.nan)
            past = dataset.histories.all
            known = ~np.isnan(past.times_s)
            order = np.flatnonzero(known)[np.argsort(-past.times_s[known], kind="stable")]
            appeared[past.rows[order]] = past.times_s[order]
        appeared = np.asarray(appeared, dtype=np.float64)
        if np.isnan(appeared).all():
            return FixedScores(np.arange(float(dataset.n_items)), "newness")
        oldest = np.nanmin(appeared)
        scale = _DAY_S if name is None or name.endswith("_s") else 1.0
        return FixedScores(np.nan_to_num((appeared - oldest) / scale, nan=-1.0), "newness")


def _liked_ages(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    past = dataset.histories.all
    good = past.signals > 0
    rows, times_s = past.rows[good], past.times_s[good]
    if not len(rows) or np.isnan(times_s).all():
        return rows, np.zeros(len(rows))
    age_s = np.nanmax(times_s) - times_s
    return rows, np.nan_to_num(age_s, nan=float(np.nanmax(age_s)))
