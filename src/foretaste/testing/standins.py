"""Stand-ins for everything outside: time, the event log, workers, encoders, language models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from foretaste.core import Event, FloatArray, Impression, digest_of
from foretaste.core.errors import InputError
from foretaste.language.encoders import HashedEncoder

__all__ = [
    "FixedClock",
    "HashedEncoder",
    "MemoryEventLog",
    "ScriptedTextGenerator",
    "SerialExecutor",
    "TableEncoder",
]

T = TypeVar("T")
R = TypeVar("R")


class FixedClock:
    """A clock that stands still until it is told otherwise.

    Args:
        time_s: Seconds since 1970 UTC.
    """

    def __init__(self, time_s: float = 1_000_000_000.0) -> None:
        self.time_s = time_s

    def now_s(self) -> float:
        """What it was set to."""
        return self.time_s

    def advance(self, seconds_s: float) -> None:
        """Let time pass.

        Args:
            seconds_s: How much; negative for a clock that jumps back.
        """
        self.time_s += seconds_s


class MemoryEventLog:
    """An event log that forgets everything when the process ends.

    Attributes:
        impressions: What was shown, in order.
    """

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}
        self.impressions: list[Impression] = []

    def append(self, events: Iterable[Event]) -> int:
        """Keep events.

        Args:
            events: Any number; one whose key is there already is not kept again.

        Returns:
            How many were new.
        """
        before = len(self._events)
        for event in events:
            self._events.setdefault(event.key, event)
        return len(self._events) - before

    def shown(self, impression: Impression) -> None:
        """Keep what was shown.

        Args:
            impression: One answer as it was seen.
        """
        self.impressions.append(impression)

    def read(self, user_id: str | None = None) -> Iterator[Event]:
        """Events in the order they were kept.

        Args:
            user_id: Only this person's; everybody's when ``None``.

        Yields:
            The events.
        """
        for event in tuple(self._events.values()):
            if user_id is None or event.user_id == user_id:
                yield event


class SerialExecutor:
    """Does the work here and now, one thing after the other."""

    def map(self, work: Callable[[T], R], things: Iterable[T]) -> list[R]:
        """Apply work to every thing.

        Args:
            work: What to do.
            things: With what.

        Returns:
            Results in the order of the things.
        """
        return [work(thing) for thing in things]


class TableEncoder:
    """An encoder that knows a few texts by heart; a text it does not know gets zeros.

    Args:
        table: Vectors by text, all of one length; they are scaled to length one.
    """

    def __init__(self, table: Mapping[str, Sequence[float] | FloatArray]) -> None:
        if not table:
            raise InputError("a table encoder needs at least one text")
        raw = {text: np.asarray(vector, np.float32) for text, vector in table.items()}
        self._table = {
            text: one / max(float(np.linalg.norm(one)), 1e-12) for text, one in raw.items()
        }
        self.size = len(next(iter(self._table.values())))
        self.name = f"table:{digest_of(*(p for text, one in raw.items() for p in (text, one)))}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Look texts up.

        Args:
            texts: Any number.

        Returns:
            Vectors, float32 [N, size].
        """
        vectors = np.zeros((len(texts), self.size), np.float32)
        for row, text in enumerate(texts):
            if text in self._table:
                vectors[row] = self._table[text]
        return vectors


class ScriptedTextGenerator:
    """A language model that says what it was told to say.

    Args:
        script: Replies in order, or a function of the prompt.
        name: What it calls itself.

    Attributes:
        prompts: Every prompt it was given.
    """

    def __init__(
        self, script: Sequence[str] | Callable[[str], str], name: str = "scripted"
    ) -> None:
        self._script = script
        self.name = name
        self.prompts: list[str] = []

    def generate(self, prompt: str, *, max_tokens: int, seed: int = 0) -> str:
        """The next reply.

        Args:
            prompt: Kept in :attr:`prompts`.
            max_tokens: The reply is cut to this many words.
            seed: Not used: a script is not random.

        Returns:
            The reply.

        Raises:
            InputError: If the script is at its end.
        """
        self.prompts.append(prompt)
        if callable(self._script):
            reply = self._script(prompt)
        elif len(self.prompts) <= len(self._script):
            reply = self._script[len(self.prompts) - 1]
        else:
            raise InputError(
                "the script is at its end",
                expected=f"at most {len(self._script)} prompts",
                got=prompt,
            )
        words = reply.split(" ")
        return reply if len(words) <= max_tokens else " ".join(words[:max_tokens])
