"""Unseen people after 0, 1, 2, 4 ... events, and unseen people with most of their past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
from pydantic import Field

from foretaste.core import Dataset, History, Settings, stream
from foretaste.evaluate.case import Case, Fold, Part
from foretaste.evaluate.protocols._splitting import Events, draw, people_case, without

__all__ = ["KShot", "StrongGeneralisation", "held_out_people"]


def held_out_people(
    dataset: Dataset, people: int, least: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw test and validation people.

    Args:
        dataset: The data.
        people: How many of each; at most a quarter each of those with enough events.
        least: Liked events a person must have.
        seed: Of the draw.

    Returns:
        User rows of the test people and of the validation people, disjoint, ascending.
    """
    events = Events.of(dataset)
    able = np.flatnonzero(events.positives_per_person() >= least)
    count = min(people, len(able) // 4)
    test = draw(stream(seed, "test people"), able, count)
    rest = np.setdiff1d(able, test)
    return test, draw(stream(seed, "validation people"), rest, count)


def _fold(
    dataset: Dataset, part: Part, refit: bool, groups: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, Dataset]:
    test, validation = groups
    hidden = np.concatenate([test] if part == "test" and refit else [test, validation])
    train = without(dataset, np.isin(Events.of(dataset).users, hidden), "seen people")
    return (test if part == "test" else validation), train


def _after(n: int, _: int, history: History) -> tuple[History, History]:
    return history.take(slice(0, n)), history.take(slice(n, None))


def _unprofiled(case: Case) -> Case:
    return replace(case, people=tuple(replace(one, profile={}) for one in case.people))


class KShot(Settings):
    """``k-shot``: unseen people; their first n events are known, all later ones to be found.

    The curve over n is what cold start looks like. Nobody asked has any event in the training
    part. Someone with no more than n events is not asked at n, so the people at n = 64 are
    fewer and heavier than at n = 0: compare systems within one n, not one system across n.

    Attributes:
        shots: The values of n.
        people: Test people, and as many validation people.
        least: Liked events a person must have to be drawn.
        profiles: Tell attributes of the people asked (age, country ...); without them n = 0
            is somebody of whom nothing at all is known.
        refit: Fit on the validation people too when the test part is asked.
        split_seed: Draws the people; ships with the protocol.
    """

    name: ClassVar[str] = "k-shot"
    metrics: ClassVar[tuple[str, ...]] = (
        "ndcg@10",
        "recall@20",
        "hit@10",
        "coverage@10",
        "novelty@10",
    )
    shots: tuple[int, ...] = (0, 1, 2, 4, 8, 16, 32, 64)
    people: int = Field(default=800, gt=0)
    least: int = Field(default=5, gt=0)
    profiles: bool = True
    refit: bool = True
    split_seed: int = 20_260_101

    def folds(self, dataset: Dataset, part: Part = "test") -> Iterator[Fold]:
        """One fold with one case for each n.

        Args:
            dataset: The data.
            part: ``validation`` to choose settings, ``test`` for figures.

        Yields:
            The fold.
        """
        groups = held_out_people(dataset, self.people, self.least, self.split_seed)
        asked, train = _fold(dataset, part, self.refit, groups)

        cases = [people_case(dataset, f"n={n}", asked, partial(_after, n)) for n in self.shots]
        if not self.profiles:
            cases = [_unprofiled(case) for case in cases]
        yield Fold(part, train, tuple(case for case in cases if len(case)), people_unseen=True)


class StrongGeneralisation(Settings):
    """``strong-generalisation``: unseen people; a random 80 % is known, the rest to be found.

    The protocol of Liang et al. (WWW 2018) and Steck (WWW 2019). No system may use the order
    of events here (what is to be found lies among what is known, not after it): the known
    events are shuffled and their times removed.

    Attributes:
        known: Share of each person's events that is known.
        people: Test people, and as many validation people.
        least: Liked events a person must have to be drawn.
        refit: Fit on the validation people too when the test part is asked.
        split_seed: Draws the people and their known events; ships with the protocol.
    """

    name: ClassVar[str] = "strong-generalisation"
    metrics: ClassVar[tuple[str, ...]] = ("ndcg@100", "recall@20", "ndcg@10", "coverage@10")
    known: float = Field(default=0.8, gt=0, lt=1)
    people: int = Field(default=800, gt=0)
    least: int = Field(default=5, gt=0)
    refit: bool = True
    split_seed: int = 20_260_101

    def folds(self, dataset: Dataset, part: Part = "test") -> Iterator[Fold]:
        """One fold with one case.

        Args:
            dataset: The data.
            part: ``validation`` to choose settings, ``test`` for figures.

        Yields:
            The fold.
        """
        groups = held_out_people(dataset, self.people, self.least, self.split_seed)
        asked, train = _fold(dataset, part, self.refit, groups)

        def split(user_row: int, history: History) -> tuple[History, History]:
            name = dataset.user_ids.ids[user_row]
            order = stream(self.split_seed, "fold-in", name).permutation(len(history))
            count = min(max(1, round(self.known * len(history))), len(history) - 1)
            known = history.take(order[:count])
            timeless = History.of(known.rows, known.signals, known.values, None, known.kinds)
            return timeless, history.take(np.sort(order[count:]))

        case = people_case(dataset, "fold-in", asked, split)
        yield Fold(part, train, (case,), people_unseen=True)
