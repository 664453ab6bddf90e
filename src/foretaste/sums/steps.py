"""How often one item comes soon after another, as a sum over people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import Dataset, State
from foretaste.sums.additive import check_items, check_taken
from foretaste.sums.packing import narrow
from foretaste.sums.sequences import Sequences

__all__ = ["StepSums"]


@dataclass(frozen=True, eq=False)
class StepSums:
    """:meth:`Sequences.pairs` in whole quanta: what a person added can be taken off exactly.

    Kept sparse: as many numbers as there are pairs of items that ever came close.

    Attributes:
        window: Largest gap in events.
        decay: Weight lost per event of gap.
        backwards: Share of a pair that counts against its direction.
        counted: Whole quanta, float64 [I, I], sorted and without stored zeros.
    """

    window: int
    decay: float
    backwards: float
    counted: csr_matrix

    @classmethod
    def of(cls, dataset: Dataset, window: int, decay: float, backwards: float) -> Self:
        """Sum over people.

        Args:
            dataset: The data.
            window: See the class.
            decay: See the class.
            backwards: See the class.

        Returns:
            Their sums.
        """
        pairs = Sequences.of(dataset).pairs(window, decay, backwards, quanta=True)
        return cls(window, decay, backwards, _tidy(pairs))

    def share(self, dataset: Dataset) -> Self:
        """The same sums over other people.

        Args:
            dataset: The same catalogue, other people.

        Returns:
            Their sums.
        """
        return self.of(dataset, self.window, self.decay, self.backwards)

    def plus(self, other: Self) -> Self:
        """Sums over both groups.

        Args:
            other: People who are not in this group.

        Returns:
            The sums.
        """
        check_items(self.counted.indptr, other.counted.indptr)
        return replace(self, counted=_tidy(self.counted + other.counted))

    def minus(self, other: Self) -> Self:
        """Sums without these people.

        Args:
            other: People who are in this group.

        Returns:
            The sums.
        """
        check_items(self.counted.indptr, other.counted.indptr)
        left = _tidy(self.counted - other.counted)
        check_taken(0, left.data, of=0, taken=0)
        return replace(self, counted=left)

    def widened(self, n_items: int) -> Self:
        """The same for a catalogue with further items that nobody has met.

        Args:
            n_items: ``I``, not smaller.

        Returns:
            The sums.
        """
        wider = self.counted.copy()
        wider.resize((n_items, n_items))
        return replace(self, counted=wider)

    def holds(self, dataset: Dataset) -> bool:
        """Whether the sums are taken as they would be of a dataset.

        Args:
            dataset: The data.

        Returns:
            ``True`` for as many items.
        """
        return bool(self.counted.shape[0] == dataset.n_items)

    def state(self) -> State:
        """Plain data."""
        table = self.counted
        arrays = {"data": narrow(table.data), "indices": table.indices, "indptr": table.indptr}
        meta = {"window": self.window, "decay": self.decay, "backwards": self.backwards}
        return State(arrays, meta)

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The sums.
        """
        arrays, size = state.arrays, len(state.arrays["indptr"]) - 1
        data = arrays["data"].astype(np.float64)
        table = csr_matrix((data, arrays["indices"], arrays["indptr"]), (size, size))
        return cls(**state.meta, counted=table)


def _tidy(table: csr_matrix) -> csr_matrix:
    """One form for equal tables, so that what is solved from them is equal too."""
    found = table.tocsr()
    found.sum_duplicates()
    found.eliminate_zeros()
    found.sort_indices()
    return found
