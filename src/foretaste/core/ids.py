"""The one translator between outside ids (strings) and inside rows (integers)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from foretaste.core.arrays import Rows
from foretaste.core.digest import digest_of
from foretaste.core.errors import DataError, UnknownIdError

__all__ = ["Vocabulary"]


class Vocabulary:
    """An ordered set of ids; the row of an id is its position.

    Args:
        ids: Distinct, non-empty strings, in row order.
        what: What they name, for messages: ``"item"`` or ``"person"``.

    Raises:
        DataError: If an id comes twice or is empty.
    """

    __slots__ = ("__dict__", "_ids", "_rows", "what")

    def __init__(self, ids: Iterable[str], what: str = "item") -> None:
        self._ids: tuple[str, ...] = tuple(ids)
        self._rows: dict[str, int] = {name: row for row, name in enumerate(self._ids)}
        self.what = what
        if len(self._rows) != len(self._ids):
            raise DataError(f"{what} ids are not distinct")
        if "" in self._rows:
            raise DataError(f"an {what} id is empty")

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self._ids == other._ids

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids in row order."""
        return self._ids

    @cached_property
    def digest(self) -> str:
        """Name of this exact order of ids."""
        return digest_of("\x1f".join(self._ids).encode())

    def row(self, name: str) -> int:
        """Row of one id.

        Args:
            name: The outside id.

        Returns:
            Its row.

        Raises:
            UnknownIdError: If nobody has this id.
        """
        try:
            return self._rows[name]
        except (KeyError, TypeError):  # TypeError: a list, say, is no id
            near = get_close_matches(str(name), self._ids, n=1) if len(self) < 200_000 else []
            raise UnknownIdError(
                f"no {self.what} has the id {name!r}",
                remedy=f"Did you mean {near[0]!r}?" if near else None,
            ) from None

    def get(self, name: str) -> int | None:
        """Row of one id, or ``None`` for an id never seen.

        Args:
            name: The outside id.

        Returns:
            Its row or ``None``.
        """
        return self._rows.get(name)

    def rows(self, names: Sequence[str], *, unknown: str = "error") -> Rows:
        """Rows of many ids, in order.

        Args:
            names: Outside ids.
            unknown: ``"error"`` raises, ``"drop"`` leaves them out, ``"mark"`` gives -1.

        Returns:
            Rows, int32.

        Raises:
            UnknownIdError: If an id is unknown and ``unknown`` is ``"error"``.
        """
        if unknown == "error":
            return np.array([self.row(name) for name in names], dtype=np.int32)
        found = np.array([self._rows.get(name, -1) for name in names], dtype=np.int32)
        return found[found >= 0] if unknown == "drop" else found

    def names(self, rows: Iterable[int]) -> list[str]:
        """Ids of many rows, in order.

        Args:
            rows: Inside rows.

        Returns:
            Outside ids.
        """
        ids = self._ids
        return [ids[row] for row in rows]
