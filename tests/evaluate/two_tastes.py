"""A small world with times, ratings and texts, and scorers whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from foretaste.core import Dataset, Evidence, FloatArray, Settings, Vocabulary

N_USERS, N_ITEMS = 60, 40


def make_world(n_users: int = N_USERS, n_items: int = N_ITEMS, seed: int = 0) -> Dataset:
    """People of two tastes over two halves of the catalogue; each pair once, times distinct."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(n_users):
        count = int(rng.integers(14, 24))
        lean = np.where((np.arange(n_items) < n_items // 2) == (user % 2 == 0), 4.0, 1.0)
        lean = lean / (1 + np.arange(n_items) % (n_items // 2))
        items = rng.choice(n_items, count, replace=False, p=lean / lean.sum())
        stars = np.clip(np.round(rng.normal(3.5, 1.2, count)), 1, 5)
        for item, star in zip(items, stars, strict=True):
            rows.append((user, item, star, 1.0 if star >= 3 else -1.0, rng.random() * 1e6))
    return world_of(rows, n_users, n_items)


def world_of(rows: Sequence[tuple[float, ...]], n_users: int, n_items: int) -> Dataset:
    """A dataset of (user, item, stars, signal, time) rows."""
    user, item, stars, signal, time_s = (np.array(column) for column in zip(*rows, strict=True))
    table = pl.DataFrame(
        {
            "user_row": user.astype(np.int32),
            "item_row": item.astype(np.int32),
            "kind": np.zeros(len(user), np.uint8),
            "value": stars.astype(np.float32),
            "signal": signal.astype(np.float32),
            "time_s": time_s.astype(float),
        }
    )
    order = pl.col("time_s").fill_nan(float("-inf"))
    table = table.sort("user_row", order, maintain_order=True)
    ids = [f"i{row}" for row in range(n_items)]
    half = ["left" if row < n_items // 2 else "right" for row in range(n_items)]
    people = [f"u{row}" for row in range(n_users)]
    return Dataset(
        name="two tastes",
        user_ids=Vocabulary(people, "person"),
        item_ids=Vocabulary(ids),
        interactions=table,
        items=pl.DataFrame({"item_id": ids, "side": half}),
        people=pl.DataFrame({"user_id": people, "team": ["a", "b"] * (n_users // 2)}),
        item_roles={"side": "category"},
        people_roles={"team": "category"},
        vectors={"text": np.eye(n_items, 8, dtype=np.float32)},
    )


class _FittedFixed:
    """The same scores for everybody, and everybody's mean rating as the prediction."""

    def __init__(self, scores: FloatArray, rating: float) -> None:
        self.scores, self.rating = scores, rating
        self.largest_batch = 0

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        self.largest_batch = max(self.largest_batch, len(batch))
        return np.repeat(self.scores[None], len(batch), axis=0)

    def score(self, evidence: Evidence, rows: object = None) -> FloatArray:
        return self.scores

    def predict(self, evidence: Evidence, rows: np.ndarray) -> FloatArray:
        return np.full(len(rows), self.rating)


class RowOrder(Settings):
    """Prefers early rows (or late ones), whatever it is shown."""

    reverse: bool = False
    rating: float = 3.0

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> _FittedFixed:
        scores = np.arange(float(dataset.n_items))
        return _FittedFixed(scores if self.reverse else -scores, self.rating)


@dataclass(frozen=True)
class Oracle:
    """Knows the whole data: scores what each person will ever like above all else."""

    dataset: Dataset

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> Oracle:
        return self

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        assert all(one.user_row is not None for one in batch)
        rows = [one.user_row for one in batch]
        return self.dataset.liked[rows].toarray()

    def score(self, evidence: Evidence, rows: object = None) -> FloatArray:
        return self.score_batch([evidence])[0]
