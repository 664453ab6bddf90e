"""What a fit takes from people: sums that are taken once, kept, and can be taken out again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from foretaste.core import Dataset, State
from foretaste.core.errors import DataError

__all__ = ["Additive", "PeopleSums", "check_items", "check_taken", "longer"]


class Additive(Protocol):
    """A sum over people: of two groups it is the sum of theirs, without rounding."""

    def share(self, dataset: Dataset) -> Self:
        """The same sum, taken the same way, over other people with the same catalogue."""
        ...

    def plus(self, other: Self) -> Self:
        """The sum over both groups."""
        ...

    def minus(self, other: Self) -> Self:
        """The sum as if the other group had never been there."""
        ...

    def widened(self, n_items: int) -> Self:
        """The same for a catalogue with further items that nobody has met."""
        ...

    def holds(self, dataset: Dataset) -> bool:
        """Whether a sum taken of this dataset would be taken the same way."""
        ...

    def state(self) -> State:
        """Plain data, for a bundle."""
        ...

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote."""
        ...


A = TypeVar("A", bound=Additive)


class PeopleSums:
    """Builder of a fit: each sum over the people of a dataset is taken once, then remembered.

    A fit asks here for what it needs of people. Sums that were kept from before are used as
    they are, so a fit on a dataset without somebody needs only what is not a sum.

    Args:
        dataset: The data.
        kept: Sums over exactly these people, by name.
    """

    def __init__(self, dataset: Dataset, kept: Mapping[str, Any] | None = None) -> None:
        self._dataset = dataset
        self._sums: dict[str, Any] = dict(kept or {})
        self._kept = frozenset(self._sums)
        self._asked: dict[str, bool] = {}

    @property
    def items(self) -> Dataset:
        """The data, to read what does not come from people: catalogue, roles, vectors."""
        return self._dataset

    @property
    def sums(self) -> Mapping[str, Any]:
        """All that were asked for so far, and those kept that still may be, by name."""
        return dict(self._sums)

    def take(self, name: str, make: Callable[[Dataset], A]) -> A:
        """A sum: as it was kept, or taken now.

        Args:
            name: What it is a sum of, in words, with anything that makes it another sum.
            make: Takes it of a dataset.

        Returns:
            The sum.
        """
        if name not in self._sums:
            self._sums[name] = make(self._dataset)
        self._asked[name] = name in self._kept
        found: A = self._sums[name]
        return found

    def rows(self, why: str) -> Dataset:
        """The data, to read people's rows for what is no sum.

        Args:
            why: What is learned from them, in words.

        Returns:
            The data.
        """
        self._asked[why] = False
        return self._dataset

    def begin(self) -> None:
        """Forget what was asked for so far: another part is fitted now."""
        self._asked = {}

    def asked(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What was asked for since :meth:`begin`.

        Returns:
            Names of sums that were kept, and of all that was read from rows.
        """
        names = self._asked.items()
        return tuple(n for n, kept in names if kept), tuple(n for n, kept in names if not kept)


def longer(numbers: NDArray[Any], size: int) -> NDArray[Any]:
    """The same numbers and zeros behind them.

    Args:
        numbers: Any, [n].
        size: At least ``n``.

    Returns:
        [size].
    """
    return np.pad(numbers, (0, size - len(numbers)))


def check_items(mine: NDArray[Any], other: NDArray[Any]) -> None:
    """Refuse sums over another catalogue.

    Args:
        mine: Something per item.
        other: The same of the other sums.

    Raises:
        DataError: If the items differ in number.
    """
    if len(mine) != len(other):
        raise DataError(
            "sums over different catalogues", expected=f"{len(mine)} items", got=len(other)
        )


def check_taken(people: int, left: NDArray[Any], *, of: int, taken: int) -> None:
    """Refuse to take out more than there is.

    Args:
        people: How many are left.
        left: Sums that are left.
        of: How many there were.
        taken: How many were taken.

    Raises:
        DataError: If anything is negative.
    """
    if people < 0 or (left < 0).any():
        raise DataError(
            "cannot forget people who are not in the sums",
            expected=f"at most {of} people",
            got=f"{taken} people, some with more likes of an item than all together",
        )
