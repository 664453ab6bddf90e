"""Ways to hold something back; every part keeps the same people and items.

Each function gives datasets that share the vocabulary of the one that came in. Words that
people typed go with the events they belong to, so a review never leaks the event held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from foretaste.core import Dataset, Rows, stream
from foretaste.core.errors import DataError, SettingsError

__all__ = [
    "by_time",
    "fold_in",
    "folds",
    "has_clock",
    "hold_out_items",
    "hold_out_people",
    "leave_last",
    "positives",
    "sampled_items",
    "take_events",
]

_CLOCK_FROM_S = 1e7
"""Times below are positions or day counters, not a clock that people share."""


def has_clock(dataset: Dataset) -> bool:
    """Whether times are points on a common clock rather than positions in a sequence.

    Args:
        dataset: The data.

    Returns:
        ``True`` if some times are known and the latest is after April 1970.
    """
    times = dataset.interactions["time_s"].to_numpy()
    known = times[~np.isnan(times)]
    return len(known) > 0 and float(known.max()) >= _CLOCK_FROM_S


def take_events(dataset: Dataset, mask: NDArray[np.bool_], name: str) -> Dataset:
    """Keep some of the events, and of people's words those that belong to them.

    Words about an item stay if that person has an event with that item in the part; words
    without item (searches) stay if they are not later than the person's last event in it.

    Args:
        dataset: The data.
        mask: Which events stay, bool [N].
        name: What to call the part.

    Returns:
        A dataset with the same people and items.
    """
    table = dataset.interactions.filter(pl.Series(mask))
    part = dataset.with_interactions(table, f"{dataset.name}: {name}")
    if dataset.remarks is None:
        return part
    pairs = table.select("user_row", "item_row").unique()
    about = dataset.remarks.join(pairs, on=["user_row", "item_row"], how="semi")
    last = table.group_by("user_row").agg(pl.col("time_s").fill_nan(None).max().alias("last_s"))
    alone = (
        dataset.remarks.filter(pl.col("item_row") < 0)
        .join(last, on="user_row")
        .filter(pl.col("time_s") <= pl.col("last_s"))
        .drop("last_s")
    )
    kept = pl.concat([about, alone]).sort("user_row", "time_s", maintain_order=True)
    return replace(part, remarks=kept)


def positives(dataset: Dataset) -> Dataset:
    """Only what people liked: events with a positive signal.

    Args:
        dataset: The data.

    Returns:
        A dataset with the same people and items.
    """
    return take_events(dataset, _signals(dataset) > 0, "liked")


def by_time(dataset: Dataset, quantiles: Sequence[float] = (0.8, 0.9)) -> tuple[Dataset, ...]:
    """Cut at points of common time, the honest split: nothing is learned from the future.

    Args:
        dataset: The data; events without a time count as the oldest.
        quantiles: Shares of the events with known time before each cut, increasing.

    Returns:
        One part more than there are cuts, oldest first; an event exactly at a cut belongs
        to the later part.

    Raises:
        DataError: If times are unknown or only positions.
        SettingsError: If the quantiles are not increasing between 0 and 1.
    """
    edges = list(quantiles)
    if not edges or sorted(set(edges)) != edges or not 0 < edges[0] <= edges[-1] < 1:
        raise SettingsError("the quantiles do not increase between 0 and 1", got=str(edges))
    if not has_clock(dataset):
        raise DataError(
            "there is no common clock to cut at",
            where=dataset.name,
            expected="times in seconds since 1970",
            remedy="Use leave_last, which needs order only",
        )
    times = dataset.interactions["time_s"].to_numpy()
    cuts = np.quantile(times[~np.isnan(times)], edges)
    number = np.searchsorted(cuts, np.where(np.isnan(times), -np.inf, times), side="right")
    labels = [f"part {place + 1} of {len(edges) + 1} by time" for place in range(len(edges) + 1)]
    return tuple(take_events(dataset, number == k, label) for k, label in enumerate(labels))


def leave_last(
    dataset: Dataset, *, positives_only: bool = True, min_events: int = 2
) -> tuple[Dataset, Dataset]:
    """Hold back everybody's last event (leave-one-out); call twice for a validation part.

    It leaks the future of others into training; for claims use :func:`by_time`.

    Args:
        dataset: The data.
        positives_only: Whether only a liked item may be held back. What the person did after
            it is in neither part.
        min_events: People with fewer such events stay whole in the first part.

    Returns:
        What came before, and the events held back (one per person).
    """
    table = dataset.interactions
    users = table["user_row"].to_numpy()
    fit = _signals(dataset) > 0 if positives_only else np.ones(len(table), bool)
    counts = np.bincount(users[fit], minlength=dataset.n_users)
    last = np.full(dataset.n_users, len(table), np.int64)
    places = np.flatnonzero(fit)
    last[users[places]] = places  # the table is sorted, so the last write is the newest event
    last[counts < max(min_events, 1)] = len(table)
    here = np.arange(len(table))
    return (
        take_events(dataset, here < last[users], "all but the last"),
        take_events(dataset, here == last[users], "the last"),
    )


def hold_out_people(
    dataset: Dataset, n: int, seed: int, *, min_events: int = 1
) -> tuple[Dataset, Dataset]:
    """Hold back people as a whole (strong generalisation, k-shot).

    Args:
        dataset: The data.
        n: How many people.
        seed: Of the draw.
        min_events: Only people with that many events are drawn.

    Returns:
        Events of the others, and events of the people held back.

    Raises:
        SettingsError: If there are not so many people.
    """
    users = dataset.interactions["user_row"].to_numpy()
    eligible = np.flatnonzero(np.bincount(users, minlength=dataset.n_users) >= min_events)
    if not 0 < n <= len(eligible):
        raise SettingsError(
            f"{n} people cannot be held back", where=dataset.name, expected=f"1 to {len(eligible)}"
        )
    drawn = stream(seed, "hold_out_people").permutation(eligible)[:n]
    out = np.zeros(dataset.n_users, bool)
    out[drawn] = True
    return (
        take_events(dataset, ~out[users], f"without {n} people"),
        take_events(dataset, out[users], f"{n} people"),
    )


def fold_in(dataset: Dataset, share: float, seed: int) -> tuple[Dataset, Dataset]:
    """Show a random share of each person's events and hide the rest.

    Each person's draw depends on the seed and their id only. At least one event is hidden of
    everybody who has one.

    Args:
        dataset: The data, for example the people of :func:`hold_out_people`.
        share: Share shown, between 0 and 1.
        seed: Of the draw.

    Returns:
        The events shown and the events hidden.

    Raises:
        SettingsError: If the share is not between 0 and 1.
    """
    if not 0 <= share < 1:
        raise SettingsError("the share is out of range", expected="0 <= share < 1", got=share)
    starts = dataset.histories.starts
    shown = np.zeros(int(starts[-1]), bool)
    for row in np.flatnonzero(np.diff(starts)):
        first, end = int(starts[row]), int(starts[row + 1])
        count = int(share * (end - first))  # below share 1 this leaves at least one
        order = stream(seed, "fold_in", dataset.user_ids.ids[row]).permutation(end - first)
        shown[first + order[:count]] = True
    return take_events(dataset, shown, "shown"), take_events(dataset, ~shown, "hidden")


def sampled_items(dataset: Dataset, share: float, seed: int) -> Rows:
    """Draw a share of the catalogue: the items :func:`hold_out_items` treats as new.

    Args:
        dataset: The data.
        share: Between 0 and 1.
        seed: Of the draw.

    Returns:
        Item rows, increasing, int32.

    Raises:
        SettingsError: If the share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise SettingsError("the share is out of range", expected="0 < share < 1", got=share)
    count = max(1, round(share * dataset.n_items))
    drawn = stream(seed, "sampled_items").permutation(dataset.n_items)[:count]
    return np.sort(drawn).astype(np.int32)


def hold_out_items(dataset: Dataset, share: float, seed: int) -> tuple[Dataset, Dataset]:
    """Hold back items as a whole: nobody has touched them yet (new items).

    Args:
        dataset: The data.
        share: Share of the catalogue.
        seed: Of the draw.

    Returns:
        Events on the other items, and events on the items held back. Attributes of both stay.

    Raises:
        SettingsError: If the share is not between 0 and 1.
    """
    out = np.zeros(dataset.n_items, bool)
    out[sampled_items(dataset, share, seed)] = True
    new = out[dataset.interactions["item_row"].to_numpy()]
    return take_events(dataset, ~new, "known items"), take_events(dataset, new, "new items")


def folds(dataset: Dataset, k: int, seed: int) -> list[tuple[Dataset, Dataset]]:
    """Cross-validation: every event is held back exactly once.

    Args:
        dataset: The data.
        k: How many folds, 2 or more.
        seed: Of the draw.

    Returns:
        Pairs of training and test part; test parts differ in size by at most one event.

    Raises:
        SettingsError: If there are fewer events than folds.
    """
    count = len(dataset.interactions)
    if not 2 <= k <= count:
        raise SettingsError(f"{k} folds cannot be made", expected=f"2 to {count}")
    number = stream(seed, "folds").permutation(count) % k
    return [
        (
            take_events(dataset, number != fold, f"fold {fold + 1} of {k}, training"),
            take_events(dataset, number == fold, f"fold {fold + 1} of {k}, test"),
        )
        for fold in range(k)
    ]


def _signals(dataset: Dataset) -> NDArray[Any]:
    return dataset.interactions["signal"].to_numpy()
