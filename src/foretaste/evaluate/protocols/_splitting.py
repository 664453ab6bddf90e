"""What the protocols share: event columns, parts of a dataset, cases from histories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from foretaste.core import BoolArray, Dataset, Evidence, History, Rows
from foretaste.core.errors import DataError
from foretaste.evaluate.case import Case, Ratings
from foretaste.measure import Truth

__all__ = ["Events", "draw", "people_case", "without"]


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """A dataset's interactions as aligned columns, in the dataset's order.

    Attributes:
        users: User rows, [N].
        items: Item rows, [N].
        signals: Signals, [N].
        values: Explicit values, NaN where there is none, [N].
        times_s: Times, NaN where unknown, [N].
        starts: Where each person's events begin, [U + 1].
    """

    users: np.ndarray
    items: np.ndarray
    signals: np.ndarray
    values: np.ndarray
    times_s: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, dataset: Dataset) -> Events:
        """Read the columns.

        Args:
            dataset: The data.

        Returns:
            The columns.

        Raises:
            DataError: If there are no interactions.
        """
        if not len(dataset.interactions):
            raise DataError(
                "there is nothing to evaluate on",
                expected="interactions",
                where=dataset.name,
                remedy="Give a dataset with events",
            )
        every = dataset.histories
        users = np.repeat(np.arange(dataset.n_users), np.diff(every.starts))
        past = every.all
        return cls(users, past.rows, past.signals, past.values, past.times_s, every.starts)

    @property
    def position(self) -> np.ndarray:
        """Place of each event in its person's history, from 0, [N]."""
        place: np.ndarray = np.arange(len(self.users)) - self.starts[self.users]
        return place

    def positives_per_person(self, mask: BoolArray | None = None) -> np.ndarray:
        """Count liked events of each person.

        Args:
            mask: Which events count, [N]; all when left out.

        Returns:
            Counts, [U].
        """
        good = self.signals > 0 if mask is None else (self.signals > 0) & mask
        return np.bincount(self.users[good], minlength=len(self.starts) - 1)


def without(dataset: Dataset, held_out: BoolArray, name: str) -> Dataset:
    """The dataset without some events, and without the words typed at them.

    Args:
        dataset: The data.
        held_out: Events to leave out, [N].
        name: Added to the dataset's name.

    Returns:
        What may be fitted on; vocabularies, items and people stay, so rows mean the same.
    """
    import polars as pl

    table = dataset.interactions
    kept = dataset.with_interactions(table.filter(pl.Series(~held_out)), f"{dataset.name}/{name}")
    if dataset.remarks is None:
        return kept
    hidden = table.filter(pl.Series(held_out)).select("user_row", "item_row").unique()
    hidden = hidden.cast({c: dataset.remarks.schema[c] for c in ("user_row", "item_row")})
    remarks = dataset.remarks.join(hidden, on=["user_row", "item_row"], how="anti")
    # Words without an item cannot be told apart by event, so those of tested people go too.
    people = hidden["user_row"].unique().to_list()
    told = (pl.col("item_row") < 0) & pl.col("user_row").is_in(people)
    return replace(kept, remarks=remarks.filter(~told))


def draw(rng: np.random.Generator, pool: np.ndarray, count: int) -> np.ndarray:
    """Draw without replacement; all of them when there are not enough.

    Args:
        rng: Random stream.
        pool: What to draw from.
        count: How many at most.

    Returns:
        The drawn, ascending.
    """
    return np.sort(rng.permutation(pool)[:count])


def people_case(
    dataset: Dataset,
    name: str,
    user_rows: Sequence[int] | np.ndarray,
    split: Callable[[int, History], tuple[History, History]],
    *,
    candidates: BoolArray | None = None,
    ratings: bool = False,
    cut_s: float | None = None,
) -> Case:
    """Ask every person whose history splits into something known and something to find.

    What is to be found: liked, a candidate, and not among the known items, which are never
    ranked; ratings of known items are not to be predicted. People with nothing to find (and
    nothing to predict) are left out.

    Args:
        dataset: The whole data, for histories and profiles.
        name: Name of the case.
        user_rows: Who.
        split: From a person and their history to what is known and what comes after.
        candidates: Which items are ranked, bool [I].
        ratings: Whether later ratings are to be predicted as well.
        cut_s: When people ask; the newest known event when left out.

    Returns:
        The case.
    """
    people: list[Evidence] = []
    rows: list[int] = []
    wanted: list[Rows] = []
    rated: list[History] = []
    for user_row in map(int, user_rows):
        whole = dataset.evidence(user_row, time_s=cut_s)
        known, later = split(user_row, whole.history)
        fresh = ~np.isin(later.rows, known.rows)
        find = later.rows[(later.signals > 0) & fresh]
        if candidates is not None:
            find = find[candidates[find]]
        told = later.take(fresh & ~np.isnan(later.values) & ratings)
        if not len(find) and not len(told):
            continue
        people.append(replace(whole, history=known))
        rows.append(user_row)
        wanted.append(find)
        rated.append(told)
    return Case(
        name=name,
        people=tuple(people),
        user_rows=np.array(rows, dtype=np.int32),
        truth=Truth.of(wanted),
        candidates=candidates,
        ratings=_ratings(rated) if ratings else None,
        cut_s=cut_s,
    )


def _ratings(rated: Sequence[History]) -> Ratings:
    starts = np.concatenate([[0], np.cumsum([len(one) for one in rated])]).astype(np.int64)
    rows = np.concatenate([one.rows for one in rated] or [np.empty(0, np.int32)])
    values = np.concatenate([one.values for one in rated] or [np.empty(0, np.float32)])
    return Ratings(starts, rows, values)
