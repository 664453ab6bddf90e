"""Newest first."""

from __future__ import annotations

import numpy as np

from foretaste.core import Dataset, Settings
from foretaste.core.errors import UnknownNameError
from foretaste.models.popularity import DAY_S, FixedScores
from foretaste.sums import PeopleSums

__all__ = ["Latest"]

_AVAILABLE = "available_from_s"


class Latest(Settings):
    """Newest first: by availability date, else by the first event, else catalogue order.

    Needs neither likes nor words. Use ``trending`` for what is new *and* liked.

    Attributes:
        column: Item attribute that says when an item appeared (a number such as a year, or
            a time in seconds); ``None`` takes ``available_from_s`` if there is one, else each
            item's first event.
    """

    column: str | None = None

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FixedScores:
        """Find when each item appeared.

        Args:
            dataset: The data.
            rng: Not used.

        Returns:
            The fitted ranking: days (or the column's own unit) since the oldest; items of
            unknown age come last with -1.

        Raises:
            UnknownNameError: If there is no such attribute.
        """
        return self.fit_from(PeopleSums(dataset), rng=rng)

    def fit_from(self, sums: PeopleSums, *, rng: np.random.Generator) -> FixedScores:
        """Find when each item appeared; people's rows are read only where no attribute says it.

        Args:
            sums: The data.
            rng: Not used.

        Returns:
            The fitted ranking.

        Raises:
            UnknownNameError: If there is no such attribute.
        """
        dataset = sums.items
        known = dataset.items.columns
        name = self.column or (_AVAILABLE if _AVAILABLE in known else None)
        if name is not None and name not in known:
            raise UnknownNameError("item attribute", name, [c for c in known if c != "item_id"])
        if name is None:
            appeared = _first_event(sums.rows("first events of items"))
        else:
            appeared = _column(dataset, name)
        is_time = name is None or dataset.item_roles.get(name) == "time"
        if np.isnan(appeared).all():
            return FixedScores(np.arange(float(dataset.n_items)), "newness")
        age = (appeared - np.nanmin(appeared)) / (DAY_S if is_time else 1.0)
        return FixedScores(np.nan_to_num(age, nan=-1.0), "newness")


def _column(dataset: Dataset, name: str) -> np.ndarray:
    import polars as pl

    numbers = dataset.items[name].cast(pl.Float64, strict=False).fill_null(float("nan"))
    found = numbers.to_numpy()
    return np.where(np.isfinite(found), found, np.nan)


def _first_event(dataset: Dataset) -> np.ndarray:
    past = dataset.histories.all
    first = np.full(dataset.n_items, np.inf)
    known = ~np.isnan(past.times_s)
    np.minimum.at(first, past.rows[known], past.times_s[known])
    return np.where(np.isfinite(first), first, np.nan)
