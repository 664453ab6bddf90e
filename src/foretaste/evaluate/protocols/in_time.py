"""Splits along time: one moment for everybody, or the end of each history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field

from foretaste.core import Dataset, History, Settings, stream
from foretaste.core.errors import DataError
from foretaste.evaluate.case import Fold, Part
from foretaste.evaluate.protocols._splitting import Events, draw, people_case, without

__all__ = ["GlobalTime", "LeaveOneOut"]


class GlobalTime(Settings):
    """``global-time``: fit before one moment, ask after it; the default for claims.

    Train is the time before the 80 % quantile of events, validation 80-90 %, test the last
    10 %. Everyone with something new to find after the moment is asked, knowing all they did
    before it (in the test part that includes the validation window). Cells: warm people have
    a past, cold people none. Events of unknown time can be on neither side and are left out.

    Attributes:
        train: Quantile of events where training ends.
        validation: Quantile of events where the validation window ends.
        refit: Fit on the validation window too when the test part is asked.
    """

    name: ClassVar[str] = "global-time"
    metrics: ClassVar[tuple[str, ...]] = (
        "ndcg@10",
        "recall@20",
        "hit@10",
        "mrr@10",
        "coverage@10",
        "novelty@10",
    )
    train: float = Field(default=0.8, gt=0, lt=1)
    validation: float = Field(default=0.9, gt=0, lt=1)
    refit: bool = False

    def folds(self, dataset: Dataset, part: Part = "test") -> Iterator[Fold]:
        """One fold with one case and two cells.

        Args:
            dataset: The data.
            part: ``validation`` to choose settings, ``test`` for figures.

        Yields:
            The fold.

        Raises:
            DataError: If no event has a time.
        """
        events = Events.of(dataset)
        timed = ~np.isnan(events.times_s)
        if not timed.any():
            raise DataError(
                "global-time needs times",
                expected="events with a time",
                where=dataset.name,
                remedy="Use strong-generalisation for data without times",
            )
        first, second = np.quantile(events.times_s[timed], [self.train, self.validation])
        ask_s, end_s = (second, np.inf) if part == "test" else (first, second)
        fit_s = second if part == "test" and self.refit else first
        train = without(dataset, ~timed | (events.times_s >= fit_s), f"before {fit_s:.0f}")

        def split(_: int, history: History) -> tuple[History, History]:
            times = history.times_s
            return history.take(times < ask_s), history.take((times >= ask_s) & (times < end_s))

        asked = np.unique(events.users[timed & (events.times_s >= ask_s)])
        case = people_case(dataset, part, asked, split, cut_s=float(ask_s))
        warm = np.array([len(one.history) > 0 for one in case.people], bool)
        case = replace(case, cells={"warm people": warm, "cold people": ~warm})
        lost = int((~timed).sum())
        notes = (f"{lost:,} events of unknown time were left out",) if lost else ()
        yield Fold(part, train, (case,), notes=notes)


class LeaveOneOut(Settings):
    """``leave-one-out``: the last liked event of each person is to be found.

    Literature tables are made this way; it leaks the future (others' later events are in the
    training part), so use ``global-time`` for claims. Validation is the liked event before
    the last; in the test part it belongs to what is known of the person. ``refit = False`` is
    *train part only*: fitting never sees the validation item either.

    Attributes:
        least: Liked events a person must have to be asked (to keep one to learn from).
        people: Ask only so many, drawn by ``split_seed``; everybody when ``None``.
        refit: Fit on the validation items too when the test part is asked.
        split_seed: Draws the people.
    """

    name: ClassVar[str] = "leave-one-out"
    metrics: ClassVar[tuple[str, ...]] = ("ndcg@10", "recall@10", "mrr@10", "coverage@10")
    least: int = Field(default=3, ge=3)
    people: int | None = Field(default=None, gt=0)
    refit: bool = False
    split_seed: int = 20_260_101

    def folds(self, dataset: Dataset, part: Part = "test") -> Iterator[Fold]:
        """One fold with one case.

        Args:
            dataset: The data.
            part: ``validation`` to choose settings, ``test`` for figures.

        Yields:
            The fold.
        """
        events = Events.of(dataset)
        place = events.position
        counts = events.positives_per_person()
        able = np.flatnonzero(counts >= self.least)
        last = np.full(dataset.n_users, np.iinfo(np.int64).max)
        before = last.copy()
        for user in able:
            liked = np.flatnonzero(
                events.signals[events.starts[user] : events.starts[user + 1]] > 0
            )
            before[user], last[user] = liked[-2], liked[-1]
        asked = able
        if self.people is not None:
            asked = draw(stream(self.split_seed, "people"), able, self.people)
        end = before if part == "validation" else last
        fit_end = last if part == "test" and self.refit else before
        train = without(dataset, place >= fit_end[events.users], "without the last")

        def split(user_row: int, history: History) -> tuple[History, History]:
            cut = int(end[user_row])
            return history.take(slice(0, cut)), history.take(slice(cut, cut + 1))

        yield Fold(part, train, (people_case(dataset, part, asked, split),))
