"""The items as the pipeline needs them while it answers: titles, attributes, windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from foretaste.core import BoolArray, Dataset, Role, Vocabulary

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Catalogue"]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Frozen catalogue with columns ready for filters and reasons.

    Attributes:
        item_ids: Translator of items.
        table: ``item_id`` and attributes, one row per item in row order.
        roles: Role of each attribute.
        titles: Titles in row order.
    """

    item_ids: Vocabulary
    table: pl.DataFrame
    roles: Mapping[str, Role]
    titles: tuple[str, ...]

    @classmethod
    def of(cls, dataset: Dataset) -> Catalogue:
        """The catalogue of a dataset.

        Args:
            dataset: Any dataset.

        Returns:
            Its catalogue.
        """
        titles = tuple(dataset.titles())
        return cls(dataset.item_ids, dataset.items, dict(dataset.item_roles), titles)

    def __len__(self) -> int:
        return len(self.item_ids)

    @cached_property
    def _columns(self) -> dict[str, Any]:
        return {}

    def numbers(self, name: str) -> np.ndarray:
        """A numeric column, NaN where unknown.

        Args:
            name: A column with role ``number``, ``time`` or ``flag``.

        Returns:
            float64 [I].
        """
        import polars as pl

        key = f"number {name}"
        if key not in self._columns:
            column = self.table[name].cast(pl.Float64, strict=False).fill_null(float("nan"))
            self._columns[key] = column.to_numpy()
        found: np.ndarray = self._columns[key]
        return found

    def values(self, name: str) -> list[tuple[str, ...]]:
        """The values of a column as tuples of strings (one long for ``category``).

        Args:
            name: Any column.

        Returns:
            One tuple per item; empty where nothing is known.
        """
        key = f"values {name}"
        if key not in self._columns:
            many = self.roles.get(name) == "categories"
            self._columns[key] = [
                () if cell is None else tuple(cell) if many else (str(cell),)
                for cell in self.table[name].to_list()
            ]
        found: list[tuple[str, ...]] = self._columns[key]
        return found

    def counts(self, name: str) -> Mapping[str, int]:
        """How many items carry each value of a column.

        Args:
            name: Any column.

        Returns:
            Count by value.
        """
        key = f"counts {name}"
        if key not in self._columns:
            self._columns[key] = Counter(one for cell in self.values(name) for one in cell)
        found: Mapping[str, int] = self._columns[key]
        return found

    def has(self, name: str, value: str) -> BoolArray:
        """Which items carry a value (compared without regard to case).

        Args:
            name: A column.
            value: The value.

        Returns:
            Mask [I].
        """
        key = f"has {name}"
        if key not in self._columns:
            index: dict[str, list[int]] = {}
            for row, cell in enumerate(self.values(name)):
                for one in cell:
                    index.setdefault(one.casefold(), []).append(row)
            self._columns[key] = {one: np.array(rows) for one, rows in index.items()}
        mask = np.zeros(len(self), bool)
        rows = self._columns[key].get(value.casefold())
        if rows is not None:
            mask[rows] = True
        return mask

    def available(self, time_s: float) -> BoolArray | None:
        """Which items may be shown at a time.

        Args:
            time_s: Seconds since 1970 UTC.

        Returns:
            Mask [I], or ``None`` when no item has a window.
        """
        mask: BoolArray | None = None
        for name, sign in (("available_from_s", 1.0), ("available_until_s", -1.0)):
            if name in self.table.columns:
                bound = self.numbers(name)
                ok = np.isnan(bound) | (sign * (time_s - bound) >= 0)
                mask = ok if mask is None else mask & ok
        return mask
