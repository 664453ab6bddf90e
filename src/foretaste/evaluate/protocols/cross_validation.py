"""Events dealt into k parts; each is predicted from the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from pydantic import Field

from foretaste.core import Dataset, History, Settings, stream
from foretaste.evaluate.case import Fold, Part
from foretaste.evaluate.protocols._splitting import Events, people_case, without

__all__ = ["CrossValidation"]


class CrossValidation(Settings):
    """``cross-validation``: every event is in the test part of exactly one of k folds.

    The protocol of rating tables: MAE, RMSE, accuracy and the table of actual against
    predicted ratings; lists are measured as well. Events are dealt at random, so it says
    nothing about time: use ``global-time`` for claims about recommendations. Settings are
    chosen inside the first fold's training part only (one inner split, not k).

    Attributes:
        k: Number of folds.
        split_seed: Deals the events; ships with the protocol.
    """

    name: ClassVar[str] = "cross-validation"
    metrics: ClassVar[tuple[str, ...]] = ("mae", "rmse", "accuracy", "ndcg@10", "recall@20")
    k: int = Field(default=5, ge=2)
    split_seed: int = 20_260_101

    def folds(self, dataset: Dataset, part: Part = "test") -> Iterator[Fold]:
        """Give k folds with one case each (one fold for the validation part).

        Args:
            dataset: The data.
            part: ``validation`` to choose settings, ``test`` for figures.

        Yields:
            The folds.
        """
        dealt = self._deal(dataset, "folds")
        if part == "validation":
            inner = self._deal(dataset, "inner")
            yield self._fold(dataset, "validation", dealt == 0, (dealt != 0) & (inner == 0))
            return
        for fold in range(self.k):
            nothing = np.zeros(len(dealt), bool)
            yield self._fold(dataset, f"fold {fold + 1}", nothing, dealt == fold)

    def _deal(self, dataset: Dataset, name: str) -> np.ndarray:
        count = len(Events.of(dataset).users)
        dealt: np.ndarray = stream(self.split_seed, name).permutation(count) % self.k
        return dealt

    def _fold(self, dataset: Dataset, name: str, gone: np.ndarray, asked: np.ndarray) -> Fold:
        events = Events.of(dataset)

        def split(user_row: int, history: History) -> tuple[History, History]:
            line = slice(int(events.starts[user_row]), int(events.starts[user_row + 1]))
            return history.take(~gone[line] & ~asked[line]), history.take(asked[line])

        train = without(dataset, gone | asked, name)
        people = np.unique(events.users[asked])
        case = people_case(dataset, "held-out events", people, split, ratings=True)
        return Fold(name, train, (case,))
