"""What is liked under which circumstances, as a sum over people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from foretaste.core import Dataset, FloatArray, State
from foretaste.sums.additive import check_items, check_taken, longer
from foretaste.sums.packing import narrow

__all__ = ["CircumstanceSums"]

_FIXED_COLUMNS = 6
_MOST_VALUES = 40


@dataclass(frozen=True, eq=False)
class CircumstanceSums:
    """How often each item was liked under each value of each circumstance.

    Columns with more than 40 values are no circumstances and are only remembered by name: as
    long as there is one, :meth:`holds` says that taking somebody out needs the rows.

    Attributes:
        values: Column and value of each row of ``counts``.
        counts: Liked events, sparse float64 [V, I].
        whole: Liked events in all, [I].
        wide: Columns with too many values.
    """

    values: tuple[tuple[str, str], ...]
    counts: csr_matrix
    whole: FloatArray
    wide: tuple[str, ...] = ()

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Count.

        Args:
            dataset: Interactions with context columns.

        Returns:
            The counts.
        """
        return cls._counted(dataset, ())

    @classmethod
    def _counted(cls, dataset: Dataset, wide: tuple[str, ...]) -> Self:
        import polars as pl

        columns = [name for name in _circumstances(dataset) if name not in wide]
        if not columns:  # then nothing is asked for, and a pass over all events is spared
            nothing = np.zeros(dataset.n_items)
            return cls((), csr_matrix((0, dataset.n_items)), nothing, wide)
        good = dataset.interactions.filter(pl.col("signal") > 0)
        values: list[tuple[str, str]] = []
        lines: list[FloatArray] = [np.zeros((0, dataset.n_items))]
        for name in columns:
            groups = good.filter(pl.col(name).is_not_null()).partition_by(name, as_dict=True)
            if len(groups) > _MOST_VALUES:
                wide = (*wide, name)
                continue
            values += [(name, str(value)) for (value,) in groups]
            lines += [_likes(group, dataset.n_items)[None] for group in groups.values()]
        counts = csr_matrix(np.vstack(lines))
        return cls(tuple(values), counts, _likes(good, dataset.n_items), wide)

    def share(self, dataset: Dataset) -> Self:
        """The same counts over other people; what is too wide for everybody is for them.

        Args:
            dataset: The same catalogue, other people.

        Returns:
            Their counts.
        """
        return self._counted(dataset, self.wide)

    def plus(self, other: Self) -> Self:
        """Counts over both groups.

        Args:
            other: People who are not in this group.

        Returns:
            The counts.
        """
        return self._joined(other, 1)

    def minus(self, other: Self) -> Self:
        """Counts without these people; values that only they had are gone.

        Args:
            other: People who are in this group.

        Returns:
            The counts.
        """
        left = self._joined(other, -1)
        check_taken(0, np.append(left.whole, left.counts.data.min(initial=0)), of=0, taken=0)
        return left

    def _joined(self, other: Self, sign: int) -> Self:
        check_items(self.whole, other.whole)
        every = tuple(dict.fromkeys([*self.values, *other.values]))
        place = {value: row for row, value in enumerate(every)}
        total = csr_matrix((len(every), len(self.whole)))
        for one, factor in ((self, 1), (other, sign)):
            rows = [place[value] for value in one.values]
            ones = np.full(len(rows), float(factor))
            lift = csr_matrix((ones, (rows, np.arange(len(rows)))), (len(every), len(rows)))
            total = total + lift @ one.counts
        total.eliminate_zeros()
        total.sort_indices()
        alive = np.flatnonzero(np.diff(total.indptr))
        values = tuple(every[row] for row in alive)
        wide = tuple(dict.fromkeys([*self.wide, *other.wide]))
        return replace(
            self,
            values=values,
            counts=total[alive],
            whole=self.whole + sign * other.whole,
            wide=wide,
        )

    def widened(self, n_items: int) -> Self:
        """The same for a catalogue with further items that nobody has met.

        Args:
            n_items: ``I``, not smaller.

        Returns:
            The counts.
        """
        counts = self.counts.copy()
        counts.resize((len(self.values), n_items))
        return replace(self, counts=counts, whole=longer(self.whole, n_items))

    def holds(self, dataset: Dataset) -> bool:
        """Whether no column may have come down to few values.

        Args:
            dataset: The data.

        Returns:
            ``False`` when one was too wide to be counted.
        """
        return not self.wide and len(self.whole) == dataset.n_items

    def state(self) -> State:
        """Plain data."""
        table = self.counts
        arrays: dict[str, NDArray[Any]] = {
            "data": narrow(table.data),
            "indices": table.indices,
            "indptr": table.indptr,
            "whole": narrow(self.whole),
        }
        return State(arrays, {"values": [list(v) for v in self.values], "wide": list(self.wide)})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The counts.
        """
        arrays, meta = state.arrays, state.meta
        parts = (arrays["data"].astype(np.float64), arrays["indices"], arrays["indptr"])
        shape = (len(meta["values"]), len(arrays["whole"]))
        values = tuple((str(name), str(value)) for name, value in meta["values"])
        total = arrays["whole"].astype(np.float64)
        return cls(values, csr_matrix(parts, shape), total, tuple(meta["wide"]))


def _circumstances(dataset: Dataset) -> list[str]:
    import polars as pl

    table = dataset.interactions
    return [
        name
        for name in table.columns[_FIXED_COLUMNS:]
        if table[name].dtype in (pl.String, pl.Boolean, pl.Categorical)
        or table[name].dtype.is_integer()
    ]


def _likes(events: Any, n_items: int) -> FloatArray:
    return np.bincount(events["item_row"].to_numpy(), minlength=n_items).astype(np.float64)
