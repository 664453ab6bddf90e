"""What was shown is written down in batches, beside the answers and never in their way."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import replace

from foretaste.app.service.log.breaker import Breaker
from foretaste.core import Impression
from foretaste.core.errors import OutsideError
from foretaste.store import Space

__all__ = ["Showing"]

_LOG = logging.getLogger("foretaste.service")
_BATCH = 500


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
                try:
                    self._breaker.call(self._space.impressions.put, batch)
                except OutsideError as error:
                    with self._changing:
                        self._queue.extendleft(reversed(batch))
                    _LOG.warning("impressions wait: %s", error)
                    break
                count += len(batch)
        self.written += count
        return count

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
