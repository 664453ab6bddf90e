"""Reading on in the log before each answer."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from foretaste.app.service.log.asking import Asking
from foretaste.app.service.log.breaker import Breaker
from foretaste.app.service.log.controls import MOVED, STRUCK
from foretaste.app.service.log.tails import Tail, Tails
from foretaste.core.errors import OutsideError
from foretaste.recommend.translate import MAX_HISTORY
from foretaste.store import KeptEvent, Space

__all__ = ["Follower"]

_BATCH = 10_000
_BATCHES = 5
"""Batches read before one answer at most; what is left is read by the next."""
_CREDIT_S = 10.0
_PASTS = 1_000


class Follower:
    """Knows everything in the log of one workspace up to a position, and reads on when asked.

    Args:
        space: Whose log.
        tails: Told what happened.
        breaker: Knows whether the database is there.
        patience_s: How long an answer waits for somebody else who is reading.
        heard: Told every batch of new events, in order, by whoever reads.
    """

    def __init__(
        self,
        space: Space,
        tails: Tails,
        breaker: Breaker,
        patience_s: float,
        heard: Callable[[Sequence[KeptEvent]], None],
    ) -> None:
        self._space = space
        self._tails = tails
        self._pasts = Tails(_PASTS, _PASTS * 100_000)
        self._breaker = breaker
        self._patience_s = patience_s
        self._heard = heard
        self._lock = threading.Lock()
        self._asking = None
        if space.store.dialect != "sqlite":
            self._asking = Asking(self._read_locked, patience_s, breaker.trip)
        self._removals: int | None = None
        self._announced: deque[tuple[float, str]] = deque()
        self._base = 0
        self.position = 0

    def restart(self, base: int, *, most: int) -> None:
        """Begin anew behind a position.

        Args:
            base: What the bundle has read.
            most: Events since then that are worth reading now; if there are more, people's
                tails are read when they come.
        """
        with self._lock:
            newest = self._space.events.position()
            whole = newest - base <= most
            self._tails.restart(whole)
            self._pasts.restart(False)
            self._base = base
            self.position = base if whole else newest
            self._removals = None
            self._announced.clear()
            while self.position < newest and self._read():
                pass

    def rebase(self, base: int) -> None:
        """Say that another bundle answers, which has read the log up to another place.

        Answers wait for this, so it reads little: where much happened since, people's tails are
        read when they come.

        Args:
            base: What the bundle has read.
        """
        if base < self._base or not self._tails.whole:
            self.restart(base, most=_BATCH // 2)
            return
        with self._lock:
            self._base = base
            self._tails.cut(base)

    def catch_up(self) -> bool:
        """Read everything that is new.

        A file answers or fails at once, so it is read here. A server can also hang: there
        another thread reads, for all that ask at the same time, and whoever has waited long
        enough goes on from memory and lets nobody else wait.

        Returns:
            Whether all is known now; ``False`` while the database does not answer.
        """
        if not self._breaker.closed:
            return False
        if self._asking is not None:
            return self._asking.ask()
        if not self._lock.acquire(timeout=self._patience_s):
            return False
        try:
            return self._read_on()
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the thread that reads, if there is one."""
        if self._asking is not None:
            self._asking.close()

    def _read_locked(self) -> bool:
        with self._lock:
            return self._read_on()

    def _read_on(self) -> bool:
        try:
            for _ in range(_BATCHES):
                if not self._breaker.call(self._read):
                    break
        except OutsideError:
            return False
        return True

    def tail_of(self, user_id: str, *, everything: bool = False) -> tuple[Tail, bool]:
        """What a person did after the bundle was fitted.

        Args:
            user_id: The person.
            everything: Also what they did before: for those whose events no bundle may hold.

        Returns:
            Their tail, and whether it is known to be all.
        """
        tails = self._pasts if everything else self._tails
        found = tails.get(user_id)
        if found is not None:
            return found, True
        tails.begin(user_id)
        after = 0 if everything else self._base
        try:
            kept = self._breaker.call(
                self._space.events.of, user_id, after=after, newest=MAX_HISTORY
            )
        except OutsideError:
            return tails.finish(user_id, None), False
        return tails.finish(user_id, kept), True

    def drop(self, user_id: str, *, gone: bool = False) -> None:
        """Forget what is remembered of a person.

        Args:
            user_id: The person.
            gone: Nothing of theirs is left anywhere; else it is read anew.
        """
        self._tails.drop(user_id, gone=gone)
        self._pasts.drop(user_id, gone=gone)

    def people(self) -> set[str]:
        """Of whom anything is remembered.

        Returns:
            Their ids.
        """
        return {*self._tails.people(), *self._pasts.people()}

    def _read(self) -> bool:
        """Read one batch; whether there may be more."""
        found = self._space.events.catch_up(self.position, _BATCH)
        events = found.events
        if events:
            self.position = events[-1].position
            self._tails.add(events)
            self._pasts.add(events)
            for one in events:
                if one.event.kind in (STRUCK, MOVED):
                    self._announce(one)
            self._heard(events)
        if found.removals != self._removals:
            self._removed(found.removals)
        return len(events) == _BATCH

    def _announce(self, one: KeptEvent) -> None:
        event = one.event
        user_id = event.words if event.kind == MOVED else event.user_id
        assert user_id is not None
        self._announced.append((time.monotonic() + _CREDIT_S, user_id))
        self.drop(user_id)

    def _removed(self, removals: int) -> None:
        """Events were taken out: read again whoever it was, or everybody if nobody said who."""
        before, self._removals = self._removals, removals
        now_s = time.monotonic()
        while self._announced and self._announced[0][0] < now_s:
            self._announced.popleft()
        count = 0 if before is None else removals - before
        if before is not None and 0 < count <= len(self._announced):
            for _ in range(count):
                self.drop(self._announced.popleft()[1])
        elif before is not None:
            self._tails.restart(False)
            self._pasts.restart(False)
