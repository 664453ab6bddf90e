"""What was shown is written down in batches, beside the answers and never in their way."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from foretaste.app.service.log.breaker import Breaker
from foretaste.core import Impression
from foretaste.core.errors import InputError, OutsideError
from foretaste.store import Space

__all__ = ["Showing"]

_LOG = logging.getLogger("foretaste.service")
_BATCH = 500
_LATELY = 5_000
"""People of lists written lately: more than are shown lists while a mark is on its way here."""


class Showing:
    """A bounded queue of impressions on their way to the store.

    While the database is gone they wait; when the queue is full, further ones are counted and
    dropped, which :attr:`dropped` and the log say. Answers never wait for this queue.

    Args:
        space: Whose impressions.
        breaker: Knows whether the database is there.
        most: Bound on how many wait.
    """

    def __init__(self, space: Space, breaker: Breaker, most: int) -> None:
        self._space = space
        self._breaker = breaker
        self._most = most
        self._queue: deque[Impression] = deque()
        self._changing = threading.Lock()
        self._writing = threading.Lock()
        self._lately: deque[str] = deque(maxlen=_LATELY)
        self._gone: set[str] = set()
        self.dropped = 0
        self.written = 0

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, impression: Impression) -> bool:
        """Take one in; costs about a microsecond.

        Args:
            impression: What was shown.

        Returns:
            Whether there was room.
        """
        with self._changing:
            if len(self._queue) < self._most:
                self._queue.append(impression)
                return True
            self.dropped += 1
            first = self.dropped == 1
        if first:
            _LOG.error("impressions are dropped: %d wait already", self._most)
        return False

    def find(self, answer_id: str) -> Impression | None:
        """One that still waits.

        Args:
            answer_id: Its answer.

        Returns:
            The impression, or ``None``.
        """
        return next((one for one in tuple(self._queue) if one.answer_id == answer_id), None)

    def flush(self) -> int:
        """Write what waits; called by a background thread and at the end.

        Returns:
            How many were written.
        """
        count = 0
        with self._writing:
            while self._queue:
                with self._changing:
                    many = min(len(self._queue), _BATCH)
                    batch = [self._queue.popleft() for _ in range(many)]
                    self._lately.extend(one.user_id for one in batch if one.user_id is not None)
                try:
                    count += self._kept(batch)
                except OutsideError as error:
                    with self._changing:
                        left = [one for one in batch if one.user_id not in self._gone]
                        self._queue.extendleft(reversed(left))
                    _LOG.warning("impressions wait: %s", error)
                    break
            self._erase_gone()
        self.written += count
        return count

    def _kept(self, batch: list[Impression]) -> int:
        try:
            self._breaker.call(self._space.impressions.put, batch)
        except InputError as error:
            if len(batch) > 1:  # only one of them is to blame
                return sum(self._kept([one]) for one in batch)
            self.dropped += 1
            _LOG.error("an impression cannot be kept: %s", error)
            return 0
        return len(batch)

    def _erase_gone(self) -> None:
        """Erase what was written of forgotten people before this process heard of it."""
        while self._gone:
            with self._changing:
                user_id = next(iter(self._gone))
            try:
                self._breaker.call(self._space.impressions.erase, user_id)
            except OutsideError as error:
                _LOG.warning("impressions of somebody forgotten wait to be erased: %s", error)
                return
            with self._changing:
                self._gone.discard(user_id)

    def forget(self, named: Callable[[str], bool]) -> None:
        """Take out what waits of somebody who was forgotten elsewhere; waits for no database.

        What this process wrote of them while the news was on its way is erased with the next
        :meth:`flush`.

        Args:
            named: Whether an id is theirs.
        """
        with self._changing:
            waiting = {one.user_id for one in self._queue if one.user_id is not None}
            gone = {one for one in waiting.union(self._lately) if named(one)}
            if gone:
                self._queue = deque(one for one in self._queue if one.user_id not in gone)
                lately = [one for one in self._lately if one not in gone]
                self._lately = deque(lately, maxlen=_LATELY)
                self._gone |= gone

    def erase(self, user_id: str) -> int:
        """Take out what waits of one person.

        Args:
            user_id: The person.

        Returns:
            How many.
        """
        with self._writing, self._changing:
            left = [one for one in self._queue if one.user_id != user_id]
            gone = len(self._queue) - len(left)
            self._queue = deque(left)
        return gone

    def move(self, from_user: str, to_user: str) -> None:
        """Give what waits of one person to another.

        Args:
            from_user: Whose it is.
            to_user: Whose it becomes.
        """
        with self._writing, self._changing:
            self._queue = deque(
                replace(one, user_id=to_user) if one.user_id == from_user else one
                for one in self._queue
            )
