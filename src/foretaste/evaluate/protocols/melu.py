"""The four cells of warm and new people and items, ratings predicted after a few."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from pydantic import Field

from foretaste.core import Dataset, History, Settings, stream
from foretaste.evaluate.case import Case, Fold, Part
from foretaste.evaluate.protocols._splitting import Events, people_case, without

__all__ = ["Melu"]

_TEST, _VALIDATION, _WARM = 0, 1, 2


class Melu(Settings):
    """``melu``: predict ratings in four cells, {warm, new} people x {warm, new} items.

    After Lee et al., "MeLU", KDD 2019: in each cell the people with 13 to 100 ratings there;
    their ratings are shuffled, the last 10 are the query, the rest is known. Differs in that
    new people and items are drawn at random (MeLU: items by year) and that the queries of
    warm people are not in the training part (in MeLU's code they are).

    Attributes:
        new_people: Share of the people that is new; half as many again for validation.
        new_items: Share of the items that is new; half as many again for validation.
        least: Ratings a person must have in a cell.
        most: Ratings a person may have in a cell.
        query: How many ratings are predicted.
        split_seed: Draws people and items and shuffles; ships with the protocol.
    """

    name: ClassVar[str] = "melu"
    metrics: ClassVar[tuple[str, ...]] = ("mae", "rmse", "accuracy", "ndcg@10")
    new_people: float = Field(default=0.2, gt=0, lt=0.6)
    new_items: float = Field(default=0.2, gt=0, lt=0.6)
    least: int = Field(default=13, gt=1)
    most: int = Field(default=100, gt=1)
    query: int = Field(default=10, gt=0)
    split_seed: int = 20_260_101

    def folds(self, dataset: Dataset, part: Part = "test") -> Iterator[Fold]:
        """One fold with four cases.

        Args:
            dataset: The data.
            part: ``validation`` to choose settings, ``test`` for figures.

        Yields:
            The fold.
        """
        events = Events.of(dataset)
        rated = ~np.isnan(events.values)
        user_part = _deal(stream(self.split_seed, "people"), dataset.n_users, self.new_people)
        item_part = _deal(stream(self.split_seed, "items"), dataset.n_items, self.new_items)
        new = _TEST if part == "test" else _VALIDATION
        warm_user = user_part > (_TEST if part == "test" else _VALIDATION)
        warm_item = item_part > (_TEST if part == "test" else _VALIDATION)
        queries = self._warm_queries(dataset, events, rated, warm_user, warm_item)
        hidden = ~warm_user[events.users] | ~warm_item[events.items] | ~rated | queries
        train = without(dataset, hidden, "warm")
        cells = (
            ("warm people, warm items", warm_user, warm_item),
            ("new people, warm items", user_part == new, warm_item),
            ("warm people, new items", warm_user, item_part == new),
            ("new people, new items", user_part == new, item_part == new),
        )
        cases = [self._cell(dataset, name, users, items) for name, users, items in cells]
        yield Fold(part, train, tuple(case for case in cases if len(case)))

    def _order(self, user_id: str, count: int) -> np.ndarray:
        order: np.ndarray = stream(self.split_seed, "melu", user_id).permutation(count)
        return order

    def _warm_queries(
        self,
        dataset: Dataset,
        events: Events,
        rated: np.ndarray,
        users: np.ndarray,
        items: np.ndarray,
    ) -> np.ndarray:
        mask = np.zeros(len(events.users), bool)
        for user in np.flatnonzero(users):
            start, stop = events.starts[user], events.starts[user + 1]
            mine = start + np.flatnonzero(items[events.items[start:stop]] & rated[start:stop])
            if self.least <= len(mine) <= self.most:
                order = self._order(dataset.user_ids.ids[user], len(mine))
                mask[mine[order[-self.query :]]] = True
        return mask

    def _cell(self, dataset: Dataset, name: str, users: np.ndarray, items: np.ndarray) -> Case:
        def split(user_row: int, history: History) -> tuple[History, History]:
            mine = history.take(items[history.rows] & ~np.isnan(history.values))
            if not self.least <= len(mine) <= self.most:
                return mine.take(slice(0, 0)), mine.take(slice(0, 0))
            order = self._order(dataset.user_ids.ids[user_row], len(mine))
            known, query = np.sort(order[: -self.query]), order[-self.query :]
            return mine.take(known), mine.take(query)

        return people_case(
            dataset, name, np.flatnonzero(users), split, candidates=items, ratings=True
        )


def _deal(rng: np.random.Generator, count: int, share: float) -> np.ndarray:
    order = rng.permutation(count)
    parts = np.full(count, _WARM)
    first, second = round(share * count), round(1.5 * share * count)
    parts[order[:first]] = _TEST
    parts[order[first:second]] = _VALIDATION
    return parts
