"""What is known of whoever asks, in inside rows: the input of every scorer.

A :class:`~foretaste.core.query.Query` speaks in outside ids; the assembly translates it
once into an :class:`Evidence`. After that nobody asks again whether a person or an item
is known: a known person simply has a history, and a scorer is a function of evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foretaste.core.arrays import Codes, FloatArray, Rows, Times, frozen

__all__ = ["EMPTY_HISTORY", "Evidence", "History", "Wish"]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """A person's past events, oldest first, newest last (ties keep the file's order).

    Attributes:
        rows: Item rows, int32 [L]; an item may come more than once.
        signals: What each event says, float32 [L]: +1 fully liked, 0 nothing, -1 disliked.
        values: The explicit value (stars), float32 [L]; NaN where there is none.
        times_s: Seconds since 1970 UTC, float64 [L]; NaN where unknown.
        kinds: Event kinds as positions in ``Dataset.kinds``, uint8 [L].
    """

    rows: Rows
    signals: NDArray[np.float32]
    values: NDArray[np.float32]
    times_s: Times
    kinds: Codes

    @classmethod
    def of(
        cls,
        rows: Any,
        signals: Any = None,
        values: Any = None,
        times_s: Any = None,
        kinds: Any = None,
    ) -> History:
        """Build from whatever columns there are; a bare list of rows means "liked".

        Args:
            rows: Item rows, oldest first.
            signals: See the class; all +1 when left out.
            values: See the class; all NaN when left out.
            times_s: See the class; all NaN when left out.
            kinds: See the class; all 0 when left out.

        Returns:
            The history, with read-only arrays.

        Raises:
            ValueError: If the columns differ in length.
        """
        items = frozen(rows, np.int32)
        count = len(items)

        def column(given: Any, dtype: Any, default: float) -> NDArray[Any]:
            array = np.full(count, default, dtype) if given is None else given
            return frozen(array, dtype)

        history = cls(
            rows=items,
            signals=column(signals, np.float32, 1.0),
            values=column(values, np.float32, np.nan),
            times_s=column(times_s, np.float64, np.nan),
            kinds=column(kinds, np.uint8, 0),
        )
        if {len(history.signals), len(history.values), len(history.times_s), len(history.kinds)} - {
            count
        }:
            raise ValueError("the columns of a history differ in length")
        return history

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, index: Any) -> History:
        """Part of this history, in the order of the index.

        Args:
            index: Anything NumPy indexes a vector with: a mask, positions, a slice.

        Returns:
            The part.
        """
        return History(
            self.rows[index],
            self.signals[index],
            self.values[index],
            self.times_s[index],
            self.kinds[index],
        )

    @property
    def liked(self) -> Rows:
        """Rows of the events with a positive signal, in order."""
        return self.rows[self.signals > 0]


EMPTY_HISTORY = History.of([])
"""The history of somebody we have never met."""


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """Plain words, read: what a scorer needs of them.

    Attributes:
        text: The words as they came.
        vector: Their vector in the encoder's space, float32 [D_text], length one.
        relevance: How well each item's text answers them, float32 [I], or ``None`` when
            nobody has looked; larger is better, 0 is "as any item".
    """

    text: str
    vector: FloatArray | None = None
    relevance: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that is known of whoever asks. Everything may be missing.

    Attributes:
        history: Their past.
        user_row: Their row if they are in the data, for what is looked up by person.
        wish: What they ask for in words, read.
        profile: What is known of them besides events (attributes of ``people.*``).
        profile_vector: Their profile text as a vector, float32 [D_text].
        context: Time, device, place ... of this request.
        time_s: When they ask, seconds since 1970 UTC; ``None`` means just after the
            newest event.
        seed: Seed of anything random done for them.
    """

    history: History = EMPTY_HISTORY
    user_row: int | None = None
    wish: Wish | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)
    profile_vector: FloatArray | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    time_s: float | None = None
    seed: int = 0
