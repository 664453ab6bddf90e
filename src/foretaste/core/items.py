"""Lists of items on their way through the stages, and what moved their scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foretaste.core.arrays import FloatArray, Rows, frozen

__all__ = ["Attribution", "ItemList", "top"]


@dataclass(frozen=True, slots=True, eq=False)
class ItemList:
    """Item rows with aligned columns; immutable; what flows between stages.

    Attributes:
        rows: Item rows, int32 [K], best first where the list is a ranking.
        columns: Aligned arrays [K] by name: ``score``, ``source``, any feature.
    """

    rows: Rows
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Any, **columns: Any) -> ItemList:
        """Build and check.

        Args:
            rows: Item rows.
            **columns: Aligned columns.

        Returns:
            The list, with read-only arrays.

        Raises:
            ValueError: If a column has another length than the rows.
        """
        items = frozen(rows, np.int32)
        aligned = {name: frozen(column) for name, column in columns.items()}
        for name, column in aligned.items():
            if len(column) != len(items):
                raise ValueError(f"column {name!r} has {len(column)} values for {len(items)} rows")
        return cls(items, aligned)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def scores(self) -> FloatArray:
        """The ``score`` column, [K]."""
        return self.columns["score"]

    def take(self, index: Any) -> ItemList:
        """Part of this list, in the order of the index.

        Args:
            index: A mask, positions, or a slice.

        Returns:
            The part, all columns kept.
        """
        return ItemList(
            self.rows[index], {name: column[index] for name, column in self.columns.items()}
        )

    def with_column(self, name: str, values: Any) -> ItemList:
        """The same list with one column added or replaced.

        Args:
            name: The column.
            values: Aligned values [K].

        Returns:
            A new list.
        """
        return ItemList.of(self.rows, **{**self.columns, name: values})


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """What moved each score: named parts plus one signed number per past event.

    For an additive scorer ``sum(parts.values()) + past.sum(axis=1)`` equals the score.

    Attributes:
        rows: The items explained, int32 [K].
        parts: What does not come from single past events, by name, each [K]:
            ``popularity``, ``profile``, ``words``, ``absence``, ``context`` ...
        past: Signed share of each past event, [K, L] (L as in the evidence's history).
        effect: How much the score falls when that past event is deleted, [K, L]; the
            order in which past events are named as reasons. ``None`` means equal to ``past``.
        blocks: ``past`` split by feature block (``taste``, ``language``, ``attributes``,
            ``direction`` ...), each [K, L]; empty when there is only one.
        additive: Whether parts and past sum to the score exactly.
    """

    rows: Rows
    parts: Mapping[str, FloatArray]
    past: FloatArray
    effect: FloatArray | None = None
    blocks: Mapping[str, FloatArray] = field(default_factory=dict)
    additive: bool = True

    def total(self) -> FloatArray:
        """Sum of everything, [K]: the score itself when :attr:`additive`."""
        total: FloatArray = self.past.sum(axis=1, dtype=np.float64)
        for part in self.parts.values():
            total = total + part
        return total


def top(scores: FloatArray, n: int) -> Rows:
    """Positions of the ``n`` largest finite scores, best first; ties by position.

    Args:
        scores: Scores, [I]; ``-inf`` marks what may not be chosen.
        n: How many at most.

    Returns:
        Positions, int32 [min(n, number of finite scores)].
    """
    count = len(scores)
    if n <= 0 or count == 0:
        return np.empty(0, np.int32)
    if n < count:
        floor = np.partition(scores, count - n)[count - n]
        chosen = np.flatnonzero(scores >= floor)
    else:
        chosen = np.arange(count)
    values = scores[chosen]
    keep = np.isfinite(values)
    chosen, values = chosen[keep], values[keep]
    return chosen[np.argsort(-values, kind="stable")][:n].astype(np.int32)
