"""A bounded memory of something small about each person."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

__all__ = ["Remembered"]

V = TypeVar("V")


class Remembered(Generic[V]):
    """Values by id; the ones asked for last stay, the others are read again when needed.

    Args:
        most: Bound on entries.
        read: Reads one value; ``None`` when there is none.
    """

    def __init__(self, most: int, read: Callable[[str], V | None]) -> None:
        self._most = most
        self._read = read
        self._lock = threading.Lock()
        self._values: OrderedDict[str, V | None] = OrderedDict()
        self._stale: set[str] = set()
        self._turn = 0
        self._whole = False

    def __len__(self) -> int:
        return len(self._values)

    @property
    def turn(self) -> int:
        """Grows with every change, for :meth:`fill`."""
        return self._turn

    def fill(self, values: Mapping[str, V], since: int | None = None) -> None:
        """Remember all there are; whoever is not among them has none.

        Args:
            values: All values by id.
            since: :attr:`turn` before they were read; if anything changed since, nothing is
                filled in, as what was read may be older than the change.
        """
        with self._lock:
            if since is not None and since != self._turn:
                self._empty()
                return
            self._turn += 1
            self._values = OrderedDict(values)
            self._stale.clear()
            self._whole = len(values) <= self._most
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def get(self, name: str) -> V | None:
        """The value of one id.

        Args:
            name: The id.

        Returns:
            The value, or ``None`` when there is none.
        """
        with self._lock:
            known, value = self._held(name)
            if known:
                return value
            turn = self._turn
        value = self._read(name)
        with self._lock:
            if turn == self._turn:  # else something changed while it was read
                self._keep(name, value)
        return value

    def held(self, name: str) -> tuple[bool, V | None]:
        """What is known of one id without reading, as while the database is gone.

        Args:
            name: The id.

        Returns:
            Whether it is known, and its value.
        """
        with self._lock:
            return self._held(name)

    def put(self, name: str, value: V | None) -> None:
        """Remember a value.

        Args:
            name: The id.
            value: What is known now.
        """
        with self._lock:
            self._turn += 1
            self._keep(name, value)

    def drop(self, name: str) -> None:
        """Forget a value, so that it is read when next asked for.

        Args:
            name: The id.
        """
        with self._lock:
            self._turn += 1
            self._values.pop(name, None)
            if self._whole:
                self._stale.add(name)
                if len(self._stale) > self._most:
                    self._stale.clear()
                    self._whole = False

    def names(self) -> list[str]:
        """Whose values are here.

        Returns:
            Their ids.
        """
        with self._lock:
            return list(self._values)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._empty()

    def _empty(self) -> None:
        self._turn += 1
        self._values.clear()
        self._stale.clear()
        self._whole = False

    def _held(self, name: str) -> tuple[bool, V | None]:
        if name in self._values:
            self._values.move_to_end(name)
            return True, self._values[name]
        return self._whole and name not in self._stale, None

    def _keep(self, name: str, value: V | None) -> None:
        self._stale.discard(name)
        self._values[name] = value
        self._values.move_to_end(name)
        while len(self._values) > self._most:
            self._values.popitem(last=False)
            self._whole = False
