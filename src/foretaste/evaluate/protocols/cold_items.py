"""New items: nobody in the training part has touched them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

import numpy as np
from pydantic import Field

from foretaste.core import Dataset, History, Settings, stream
from foretaste.evaluate.case import Case, Fold, Part
from foretaste.evaluate.protocols._splitting import Events, draw, people_case, without
from foretaste.evaluate.protocols.k_shot import held_out_people

__all__ = ["ColdItems"]


class ColdItems(Settings):
    """``cold-items``: a tenth of the items is removed from training; who would like them?

    Unseen people whose first n liked *old* items are known. Three questions for each n:
    ``new among new`` (rank only the new items: does the text-to-taste map work),
    ``new among all`` (rank the whole catalogue, only new items are to be found: are they
    buried), ``all among all`` (rank the whole catalogue, everything they liked is to be
    found: what does room for new items cost).

    Attributes:
        share: Share of the items with events that is new; as many again for validation.
        warm: The values of n; a person with fewer is not asked.
        people: Test people, and as many validation people.
        least: Liked events a person must have to be drawn.
        refit: Give the validation people and items back when the test part is asked.
        split_seed: Draws items and people; ships with the protocol.
    """

    name: ClassVar[str] = "cold-items"
    metrics: ClassVar[tuple[str, ...]] = ("ndcg@10", "recall@20", "hit@10", "coverage@10")
    share: float = Field(default=0.1, gt=0, lt=0.5)
    warm: tuple[int, ...] = (16,)
    people: int = Field(default=800, gt=0)
    least: int = Field(default=5, gt=0)
    refit: bool = True
    split_seed: int = 20_260_101

    def new_items(self, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
        """Draw the new items.

        Args:
            dataset: The data.

        Returns:
            Item rows of the test part and of the validation part, disjoint, ascending.
        """
        touched = np.unique(Events.of(dataset).items)
        count = max(1, round(self.share * len(touched)))
        test = draw(stream(self.split_seed, "test items"), touched, count)
        rest = np.setdiff1d(touched, test)
        return test, draw(stream(self.split_seed, "validation items"), rest, count)

    def folds(self, dataset: Dataset, part: Part = "test") -> Iterator[Fold]:
        """One fold with three cases for each n.

        Args:
            dataset: The data.
            part: ``validation`` to choose settings, ``test`` for figures.

        Yields:
            The fold.
        """
        events = Events.of(dataset)
        people = held_out_people(dataset, self.people, self.least, self.split_seed)
        items = self.new_items(dataset)
        both = part == "validation" or not self.refit
        hidden_people = np.concatenate(people) if both else people[0]
        hidden_items = np.concatenate(items) if both else items[0]
        hidden = np.isin(events.users, hidden_people) | np.isin(events.items, hidden_items)
        train = without(dataset, hidden, "old items")
        place = 0 if part == "test" else 1
        new = np.isin(np.arange(dataset.n_items), items[place])
        # Items of the other part are neither known nor to be found nor ranked.
        other = np.isin(np.arange(dataset.n_items), hidden_items) & ~new
        cases = [
            case
            for n in self.warm
            for case in _three(dataset, n, people[place], new, ~other)
            if len(case)
        ]
        yield Fold(part, train, tuple(cases), people_unseen=True, items_unseen=new)


def _three(
    dataset: Dataset, n: int, asked: np.ndarray, new: np.ndarray, there: np.ndarray
) -> Iterator[Case]:
    def split(find_old: bool, _: int, history: History) -> tuple[History, History]:
        usable = history.take(there[history.rows])
        old = np.flatnonzero(~new[usable.rows] & (usable.signals > 0))
        if len(old) < n:
            return history.take(slice(0, 0)), history.take(slice(0, 0))
        known = np.isin(np.arange(len(usable)), old[:n])
        return usable.take(known), usable.take(~known & (find_old | new[usable.rows]))

    for name, candidates, find_old in (
        ("new among new", new, False),
        ("new among all", there, False),
        ("all among all", there, True),
    ):
        yield people_case(
            dataset,
            f"n={n} {name}",
            asked,
            partial(split, find_old),
            candidates=candidates,
        )
