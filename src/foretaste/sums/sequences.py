"""Histories in order, cut into windows and weighted by age."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import Dataset, FloatArray
from foretaste.sums.packing import whole

__all__ = ["Sequences", "Windows"]


@dataclass(frozen=True, eq=False)
class Windows:
    """Pieces of the one long array of events, each inside one person's history.

    Attributes:
        begins: First event of each piece, [T].
        ends: One past its last event, [T].
        rows: The long array: item row of each event.
        n_items: ``I``.
    """

    begins: np.ndarray
    ends: np.ndarray
    rows: np.ndarray
    n_items: int

    def __len__(self) -> int:
        return len(self.begins)

    @property
    def lengths(self) -> np.ndarray:
        """Events in each piece, [T]."""
        return self.ends - self.begins

    def matrix(self, decay: float = 1.0, power: float = 0.0) -> csr_matrix:
        """Each piece as a row over items: ``sum_j decay^age_j e_j / n^power``.

        Args:
            decay: Weight lost per event of age; the newest event has age 0.
            power: Normalisation by the number of events ``n``.

        Returns:
            float32 [T, I]; an item that comes twice is stored twice.
        """
        lengths = self.lengths
        starts = np.concatenate([[0], np.cumsum(lengths)])
        flat = np.arange(starts[-1]) - np.repeat(starts[:-1] - self.begins, lengths)
        if decay == 1.0 and power == 0.0:
            values = np.ones(len(flat), np.float32)
        else:
            ages = np.repeat(self.ends, lengths) - 1 - flat
            scale = np.maximum(lengths, 1).astype(np.float64) ** -power
            values = (float(decay) ** ages * np.repeat(scale, lengths)).astype(np.float32)
        return csr_matrix((values, self.rows[flat], starts), (len(self), self.n_items))

    def recent(self, decay: float, least: float = 0.01) -> Windows:
        """The same pieces without events too old to matter.

        Args:
            decay: Weight lost per event of age.
            least: An event of smaller weight is dropped.

        Returns:
            Pieces that end where these end.
        """
        if decay >= 1.0:
            return self
        longest = int(np.ceil(np.log(least) / np.log(decay)))
        begins = np.maximum(self.begins, self.ends - longest)
        return Windows(begins, self.ends, self.rows, self.n_items)


@dataclass(frozen=True, eq=False)
class Sequences:
    """What people liked, in order, person after person.

    Attributes:
        starts: Where each person begins, [U + 1].
        rows: Item rows, oldest first.
        n_items: ``I``.
        signals: How much each was liked, in (0, 1], aligned with ``rows``.
    """

    starts: np.ndarray
    rows: np.ndarray
    n_items: int
    signals: FloatArray

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Liked events (positive signal) of a dataset.

        Args:
            dataset: The data.

        Returns:
            The sequences.
        """
        every = dataset.histories
        good = every.all.signals > 0
        before = np.concatenate([[0], np.cumsum(good)])
        rows = every.all.rows[good].astype(np.int64)
        return cls(before[every.starts], rows, dataset.n_items, every.all.signals[good])

    @cached_property
    def lengths(self) -> np.ndarray:
        """Events of each person, [U]."""
        return np.diff(self.starts)

    def after(self, n: int) -> tuple[np.ndarray, Windows, Windows]:
        """Cut everybody with more than ``n`` events after their first ``n``.

        Args:
            n: Events that are known.

        Returns:
            The people [T], what is known, and all that comes later.
        """
        people = np.flatnonzero(self.lengths > n)
        begins = self.starts[people]
        known = Windows(begins, begins + n, self.rows, self.n_items)
        return people, known, Windows(begins + n, self.starts[people + 1], self.rows, self.n_items)

    def steps(self) -> tuple[np.ndarray, Windows, np.ndarray]:
        """Cut everybody at every place but the first.

        Returns:
            The person of each cut [T], what is known at it, and the item that comes next [T].
        """
        people = np.repeat(np.arange(len(self.lengths)), self.lengths)
        first = np.repeat(self.starts[:-1], self.lengths)
        places = np.flatnonzero(np.arange(len(self.rows)) > first)
        known = Windows(first[places], places, self.rows, self.n_items)
        return people[places], known, self.rows[places]

    def pairs(
        self, window: int, decay: float, backwards: float, *, quanta: bool = False
    ) -> csr_matrix:
        """How often item ``i`` comes soon after item ``j``: entry ``[j, i]``.

        ``sum over pairs k events apart (k <= window) of decay^(k-1)``; the other direction
        counts ``backwards`` as much.

        Args:
            window: Largest gap in events.
            decay: Weight lost per event of gap.
            backwards: Share of a pair that counts against its direction.
            quanta: Count in whole quanta, float64, so that sums do not round.

        Returns:
            float32 [I, I]; float64 when in quanta.
        """
        kind = np.float64 if quanta else np.float32
        owner = np.repeat(np.arange(len(self.lengths)), self.lengths)
        total = csr_matrix((self.n_items, self.n_items), dtype=kind)
        for gap in range(1, window + 1):
            same: np.ndarray = np.flatnonzero(owner[:-gap] == owner[gap:])
            if not len(same):
                break
            first, second = self.rows[same], self.rows[same + gap]
            each = np.array([decay ** (gap - 1), backwards * decay ** (gap - 1)])
            weight = (whole(each) if quanta else each).astype(kind)
            total = total + csr_matrix(
                (
                    np.repeat(weight, len(first)),
                    (np.concatenate([first, second]), np.concatenate([second, first])),
                ),
                total.shape,
            )
        return total.tocsr()

    def weights(self, people: np.ndarray, softening: float = 10.0) -> FloatArray:
        """Weight of each person's tasks, so that those with long histories do not decide alone.

        Args:
            people: Whose, [T].
            softening: Added to the number of events; larger is more equal.

        Returns:
            ``1 / sqrt(events + softening)``, scaled to mean one over ``people``, float32 [T].
        """
        raw = (self.lengths[people] + softening) ** -0.5
        weights: FloatArray = (raw / raw.mean() if len(raw) else raw).astype(np.float32)
        return weights
