"""People by what is known of them besides events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foretaste.core import Dataset

__all__ = ["ProfileCoder"]

_MAX_VALUES = 50
_BINS = 8


@dataclass(frozen=True, slots=True)
class ProfileCoder:
    """Turns a profile into a row of indicators: one for everybody, then one per known value.

    Categories keep their commonest values; numbers with many values become bins of equal
    count. An unknown attribute, value or type says nothing (all zeros), it is no error.

    Attributes:
        values: Values told apart, by attribute.
        edges: Inner borders of the bins, by attribute, for numbers.
    """

    values: Mapping[str, Sequence[str]]
    edges: Mapping[str, Sequence[float]]

    @classmethod
    def of(cls, dataset: Dataset) -> ProfileCoder:
        """Read off the people of a dataset which attributes there are.

        Args:
            dataset: People with roles.

        Returns:
            The coder; without attributes it gives the one indicator that all share.
        """
        values: dict[str, list[str]] = {}
        edges: dict[str, list[float]] = {}
        for name, role in sorted(dataset.people_roles.items()):
            if name not in dataset.people.columns:
                continue
            column = [v for v in dataset.people[name].to_list() if v is not None]
            if role in ("number", "time") and len(set(column)) > _BINS:
                borders = np.quantile(np.array(column, float), np.arange(1, _BINS) / _BINS)
                edges[name] = np.unique(borders).tolist()
            elif role in ("category", "categories", "flag", "number", "time"):
                counts = Counter(one for value in column for one in _words(value))
                values[name] = sorted(v for v, n in counts.most_common(_MAX_VALUES) if n > 1)
        return cls(values, edges)

    @property
    def size(self) -> int:
        """Length of a row."""
        bins = sum(len(borders) + 1 for borders in self.edges.values())
        return 1 + bins + sum(len(known) for known in self.values.values())

    def encode(self, profile: Mapping[str, Any]) -> NDArray[np.float64]:
        """Indicators of one profile.

        Args:
            profile: Attributes by name, as in ``Evidence.profile``.

        Returns:
            float64 [F], the first always 1.
        """
        row = np.zeros(self.size)
        row[0] = 1.0
        start = 1
        for name, borders in self.edges.items():
            given = profile.get(name)
            if isinstance(given, (int, float)) and np.isfinite(given):
                row[start + int(np.searchsorted(borders, given, "right"))] = 1.0
            start += len(borders) + 1
        for name, known in self.values.items():
            words = set(_words(profile.get(name)))
            row[start : start + len(known)] = [value in words for value in known]
            start += len(known)
        return row

    def encode_all(self, dataset: Dataset) -> NDArray[np.float64]:
        """Indicators of everybody.

        Args:
            dataset: The people.

        Returns:
            float64 [U, F].
        """
        names = [n for n in (*self.edges, *self.values) if n in dataset.people.columns]
        if not names:
            return np.ones((dataset.n_users, 1))
        rows = dataset.people.select(names).iter_rows(named=True)
        return np.array([self.encode(row) for row in rows]).reshape(dataset.n_users, self.size)


def _words(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple, set)):
        return [str(one) for one in value]
    # 3 and 3.0 are the same answer, whichever column type they came through.
    return [f"{value:g}" if isinstance(value, float) else str(value)]
