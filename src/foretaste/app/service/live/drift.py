"""What people like by now: the fit's counts and those of the stream since, each pair once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from foretaste.app.service.log.controls import is_mark
from foretaste.core import Dataset, FloatArray
from foretaste.store import KeptEvent

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside
    from foretaste.app.service.live.serving import Serving

__all__ = ["Counted", "Drift"]

_BATCH = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Counts of one moment.

    Attributes:
        likes: How many people like each item, in the rows of ``item_ids``, [I].
        people: How many people like anything.
        newcomers: How many of them the bundle does not know.
        rows: Items of likes since the fit, in the order they came, int [N].
        times_s: When those were, float [N].
    """

    likes: FloatArray
    people: int
    newcomers: int
    rows: np.ndarray
    times_s: np.ndarray


class Drift:
    """Reads the log behind a bundle, beside the answers, and counts who likes what.

    A person counts once for an item, as when fitted, and only who allows that their events
    teach the model. Memory: about 100 bytes for each liked pair since the fit.

    Args:
        inside: The workspace.
    """

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._restart(None)

    def _restart(self, serving: Serving | None) -> None:
        self._bundle = None if serving is None else serving.info.name
        self._removals = 0
        self._position = 0 if serving is None else serving.position
        self._pairs: set[tuple[str, str]] = set()
        self._people: set[str] = set()
        self._items: list[str] = []
        self._times_s: list[float] = []

    def read(self, serving: Serving, removals: int) -> bool:
        """Read on.

        Args:
            serving: What answers.
            removals: How often events were taken out of the log so far.

        Returns:
            Whether anything was counted since the last time.
        """
        again = serving.info.name != self._bundle or removals != self._removals
        if again:
            self._restart(serving)
            self._removals = removals
        before = len(self._items)
        while True:
            events = self._inside.space.events.tail(self._position, _BATCH)
            if events:
                self._position = events[-1].position
                self._count(serving, events)
            if len(events) < _BATCH:
                return len(self._items) > before or again

    def counted(self, serving: Serving) -> Counted:
        """What was counted so far.

        Args:
            serving: What answers; its items give the rows.

        Returns:
            Counts.
        """
        dataset = serving.recommender.dataset
        likes, known = serving.once("liked", lambda: _liked(dataset))
        rows = np.array([_row(dataset, one) for one in self._items], np.int64)
        times_s = np.array(self._times_s)
        here = rows >= 0
        total = np.zeros(dataset.n_items)
        total[: len(likes)] = likes
        total += np.bincount(rows[here], minlength=dataset.n_items)
        newcomers = sum(one not in dataset.user_ids for one in self._people)
        people = known + len(self._people)
        return Counted(total, people, newcomers, rows[here], times_s[here])

    def _count(self, serving: Serving, events: Iterable[KeptEvent]) -> None:
        dataset = serving.recommender.dataset
        signal_of = serving.recommender.pipeline.translator.signal_of
        for one in events:
            event = one.event
            user_id = event.user_id
            if is_mark(event) or user_id is None or not event.item_id:
                continue
            if signal_of(event.kind, event.value) <= 0:
                continue
            pair = (user_id, event.item_id)
            if pair in self._pairs or _liked_before(dataset, *pair):
                continue
            if not self._inside.consent_of(user_id).train:
                continue
            self._pairs.add(pair)
            self._items.append(event.item_id)
            self._times_s.append(one.kept_s if event.time_s is None else event.time_s)
            row = dataset.user_ids.get(user_id)
            if row is None or not len(dataset.histories.of(row).liked):
                self._people.add(user_id)


def _liked(dataset: Dataset) -> tuple[FloatArray, int]:
    likes = np.asarray(dataset.liked.sum(axis=0), np.float64).ravel()
    return likes, int((np.diff(dataset.liked.indptr) > 0).sum())


def _liked_before(dataset: Dataset, user_id: str, item_id: str) -> bool:
    user, item = dataset.user_ids.get(user_id), dataset.item_ids.get(item_id)
    if user is None or item is None:
        return False
    return bool((dataset.histories.of(user).liked == item).any())


def _row(dataset: Dataset, item_id: str) -> int:
    found = dataset.item_ids.get(item_id)
    return -1 if found is None else found
