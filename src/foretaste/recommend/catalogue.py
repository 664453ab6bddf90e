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
        hidden: Items that may not be shown at any time, [I]; ``None`` when all may be.
    """

    item_ids: Vocabulary
    table: pl.DataFrame
    roles: Mapping[str, Role]
    titles: tuple[str, ...]
    hidden: BoolArray | None = None

    @classmethod
    def of(cls, dataset: Dataset, hidden: BoolArray | None = None) -> Catalogue:
        """The catalogue of a dataset.

        Args:
            dataset: Any dataset.
            hidden: Items that may not be shown, [I].

        Returns:
            Its catalogue.
        """
        titles = tuple(dataset.titles())
        return cls(dataset.item_ids, dataset.items, dict(dataset.item_roles), titles, hidden)

    def __len__(self) -> int:
        return len(self.item_ids)

    @cached_property
    def _columns(self) -> dict[tuple[str, str], Any]:
        return {}

    def _read(self, form: str, name: str) -> Any:
        """A column in one of its forms, read once."""
        key = (form, name)
        if key not in self._columns:
            self._columns[key] = getattr(self, f"_{form}")(name, 0)
        return self._columns[key]

    def warm_like(self, old: Catalogue, rows: np.ndarray) -> None:
        """Read the columns that another catalogue has read, before anybody waits for them.

        Args:
            old: The catalogue this one follows.
            rows: Items that are new here or have changed.
        """
        count = len(old)
        added = not len(rows) or int(rows.min()) >= count
        for (form, name), found in list(old._columns.items()):
            if not added:
                self._read(form, name)
                continue
            more = getattr(self, f"_{form}")(name, count) if len(rows) else None
            self._columns[form, name] = found if more is None else _joined(form, found, more)

    def numbers(self, name: str) -> np.ndarray:
        """A numeric column, NaN where unknown.

        Args:
            name: A column with role ``number``, ``time`` or ``flag``.

        Returns:
            float64 [I].
        """
        found: np.ndarray = self._read("numbers", name)
        return found

    def _numbers(self, name: str, start: int) -> np.ndarray:
        import polars as pl

        column = self.table[name][start:].cast(pl.Float64, strict=False)
        return column.fill_null(float("nan")).to_numpy()

    def values(self, name: str) -> list[tuple[str, ...]]:
        """The values of a column as tuples of strings (one long for ``category``).

        Args:
            name: Any column.

        Returns:
            One tuple per item; empty where nothing is known.
        """
        found: list[tuple[str, ...]] = self._read("values", name)
        return found

    def _values(self, name: str, start: int) -> list[tuple[str, ...]]:
        many = self.roles.get(name) == "categories"
        return [
            () if cell is None else tuple(cell) if many else (str(cell),)
            for cell in self.table[name][start:].to_list()
        ]

    def counts(self, name: str) -> Mapping[str, int]:
        """How many items carry each value of a column.

        Args:
            name: Any column.

        Returns:
            Count by value.
        """
        found: Mapping[str, int] = self._read("counts", name)
        return found

    def _counts(self, name: str, start: int) -> Counter[str]:
        cells = self._values(name, start) if start else self.values(name)
        return Counter(one for cell in cells for one in cell)

    def has(self, name: str, value: str) -> BoolArray:
        """Which items carry a value (compared without regard to case).

        Args:
            name: A column.
            value: The value.

        Returns:
            Mask [I].
        """
        mask = np.zeros(len(self), bool)
        rows = self._read("carriers", name).get(value.casefold())
        if rows is not None:
            mask[rows] = True
        return mask

    def _carriers(self, name: str, start: int) -> dict[str, np.ndarray]:
        """Rows that carry each value, by its case-folded form."""
        index: dict[str, list[int]] = {}
        cells = self._values(name, start) if start else self.values(name)
        for row, cell in enumerate(cells, start):
            for one in cell:
                index.setdefault(one.casefold(), []).append(row)
        return {one: np.array(rows) for one, rows in index.items()}

    def available(self, time_s: float) -> BoolArray | None:
        """Which items may be shown at a time.

        Args:
            time_s: Seconds since 1970 UTC.

        Returns:
            Mask [I], or ``None`` when no item has a window and none is hidden.
        """
        mask: BoolArray | None = None if self.hidden is None else ~self.hidden
        for bound, sign in self._windows:
            ok = np.isnan(bound) | (sign * (time_s - bound) >= 0)
            mask = ok if mask is None else mask & ok
        return mask

    @cached_property
    def _windows(self) -> list[tuple[np.ndarray, float]]:
        names = (("available_from_s", 1.0), ("available_until_s", -1.0))
        columns = set(self.table.columns)
        return [(self.numbers(name), sign) for name, sign in names if name in columns]


def _joined(form: str, found: Any, more: Any) -> Any:
    """What was read of the first items, and of the further ones."""
    if form == "numbers":
        return np.concatenate([found, more])
    if form == "carriers":
        wider = dict(found)
        for value, rows in more.items():
            wider[value] = np.concatenate([wider[value], rows]) if value in wider else rows
        return wider
    return found + more
