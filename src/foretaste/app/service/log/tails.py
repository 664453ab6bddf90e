"""The newest events of people, in memory: what happened after the bundle was fitted."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from foretaste.core import Event
from foretaste.recommend.translate import MAX_HISTORY
from foretaste.store import KeptEvent

__all__ = ["NO_TAIL", "Tail", "Tails"]

_PERSON_BYTES = 4_000
"""What a person takes besides, with what :attr:`Tail.derived` may hold."""
_EVENT_BYTES = 600
"""What an event takes in memory, about: two objects with their strings and numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """What one person did after the bundle was fitted.

    Attributes:
        kept: Events of the log, in its order.
        waiting: Events that wait in the spool, in the order they came.
        kept_bytes: Memory that ``kept`` takes, about.
        derived: Room for what is computed from this tail once, by a name of its maker's; at
            most a few kilobytes.
    """

    kept: tuple[KeptEvent, ...] = ()
    waiting: tuple[Event, ...] = ()
    kept_bytes: int = 0
    derived: dict[Any, Any] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.kept or self.waiting)

    @property
    def size_bytes(self) -> int:
        """Memory this takes, about."""
        return _PERSON_BYTES + self.kept_bytes + _EVENT_BYTES * len(self.waiting)


NO_TAIL = Tail()
"""Nothing happened since."""


class Tails:
    """A bounded map from people to their tails; those asked for or changed last stay.

    While everything that happened since ``base`` fits, :attr:`whole` holds and a person who is
    not here did nothing: no look into the log is needed. Once something was pushed out, whoever
    is not here has to be read from the log (:meth:`begin`, :meth:`finish`).

    Args:
        most_people: Bound on entries.
        most_bytes: Bound on their size.
    """

    def __init__(self, most_people: int, most_bytes: int) -> None:
        self._most_people = most_people
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._tails: OrderedDict[str, Tail] = OrderedDict()
        self._loading: dict[str, list[KeptEvent]] = {}
        self._stale: set[str] = set()
        self._bytes = 0
        self.whole = False

    def __len__(self) -> int:
        return len(self._tails)

    @property
    def size_bytes(self) -> int:
        """Memory taken, about."""
        return self._bytes

    def restart(self, whole: bool) -> None:
        """Forget everybody, for instance because the bundle went back.

        Args:
            whole: Whether everything from here on will be :meth:`add`-ed.
        """
        with self._lock:
            waiting = {name: tail.waiting for name, tail in self._tails.items() if tail.waiting}
            self._tails.clear()
            self._loading.clear()
            self._stale.clear()
            self._bytes = 0
            self.whole = whole
            for user_id, events in waiting.items():
                self._put(user_id, Tail(waiting=events))

    def add(self, events: Iterable[KeptEvent]) -> None:
        """Take in new events of the log, in its order.

        Args:
            events: With people; those of people who are not here are only kept when
                :attr:`whole`.
        """
        with self._lock:
            for one in events:
                user_id = one.event.user_id
                if user_id is None:
                    continue
                pending = self._loading.get(user_id)
                if pending is not None:
                    pending.append(one)
                old = self._tails.get(user_id)
                if old is None and (not self.whole or user_id in self._stale):
                    continue
                self._put(user_id, _joined(old or NO_TAIL, [one]))

    def wait(self, user_id: str, events: Sequence[Event]) -> None:
        """Let events count that are in the spool and not yet in the log.

        Args:
            user_id: Whose.
            events: What happened.
        """
        with self._lock:
            old = self._tails.get(user_id) or NO_TAIL
            known = {one.event.key for one in old.kept} | {one.key for one in old.waiting}
            given = {one.key: one for one in events}
            fresh = tuple(one for key, one in given.items() if key not in known)
            self._put(user_id, Tail(old.kept, old.waiting + fresh, old.kept_bytes))

    def moved_on(self, events: Sequence[Event]) -> None:
        """Say that events of the spool are in the log now and have been read from it.

        Args:
            events: Those.
        """
        gone = {(one.user_id, one.key) for one in events}
        with self._lock:
            for user_id in {one.user_id for one in events if one.user_id is not None}:
                old = self._tails.get(user_id)
                if old is not None and old.waiting:
                    left = tuple(one for one in old.waiting if (user_id, one.key) not in gone)
                    self._put(user_id, Tail(old.kept, left, old.kept_bytes))

    def get(self, user_id: str) -> Tail | None:
        """What is known of a person without looking into the log.

        Args:
            user_id: The person.

        Returns:
            Their tail; ``None`` when the log has to be read.
        """
        with self._lock:
            found = self._tails.get(user_id)
            if found is not None:
                self._tails.move_to_end(user_id)
                return found
            return NO_TAIL if self.whole and user_id not in self._stale else None

    def begin(self, user_id: str) -> None:
        """Announce that a person's tail is being read from the log.

        Args:
            user_id: The person.
        """
        with self._lock:
            self._loading.setdefault(user_id, [])

    def finish(self, user_id: str, kept: Sequence[KeptEvent] | None) -> Tail:
        """Put in what was read, joined with what came in meanwhile.

        Args:
            user_id: The person.
            kept: Their events after the base; ``None`` when reading failed.

        Returns:
            Their tail.
        """
        with self._lock:
            meanwhile = self._loading.pop(user_id, None)
            old = self._tails.get(user_id)
            if kept is None:
                return old or NO_TAIL
            read = _joined(NO_TAIL, kept)
            if meanwhile is None:  # somebody else was faster, or the log changed: keep nothing
                return old or read
            tail = _joined(replace(read, waiting=() if old is None else old.waiting), meanwhile)
            self._stale.discard(user_id)
            self._put(user_id, tail)
            return tail

    def cut(self, base: int) -> None:
        """Leave out what a newer bundle has read.

        Args:
            base: Its position.
        """
        with self._lock:
            for user_id, tail in list(self._tails.items()):
                if tail.kept and tail.kept[0].position <= base:
                    left = tuple(one for one in tail.kept if one.position > base)
                    fresh = _joined(Tail(waiting=tail.waiting), left)
                    self._bytes += fresh.size_bytes - tail.size_bytes
                    self._tails[user_id] = fresh
                    if not fresh and self.whole:
                        self._remove(user_id)

    def drop(self, user_id: str, *, gone: bool = False) -> None:
        """Forget one person's tail, because the log changed behind us.

        Args:
            user_id: The person.
            gone: Nothing of theirs is left anywhere; else it has to be read anew.
        """
        with self._lock:
            self._remove(user_id)
            self._loading.pop(user_id, None)
            if gone:
                self._stale.discard(user_id)
            elif self.whole:
                self._stale.add(user_id)
                if len(self._stale) > self._most_people:
                    self._stale.clear()
                    self.whole = False

    def people(self) -> list[str]:
        """Who is here.

        Returns:
            Their ids.
        """
        with self._lock:
            return list(self._tails)

    def _put(self, user_id: str, tail: Tail) -> None:
        self._remove(user_id)
        if not tail and self.whole:
            return
        self._tails[user_id] = tail
        self._bytes += tail.size_bytes
        while len(self._tails) > self._most_people or self._bytes > self._most_bytes:
            oldest = next(iter(self._tails))
            if oldest == user_id and len(self._tails) == 1:
                break
            self._remove(oldest)
            self.whole = False

    def _remove(self, user_id: str) -> None:
        old = self._tails.pop(user_id, None)
        if old is not None:
            self._bytes -= old.size_bytes


def _joined(old: Tail, fresh: Sequence[KeptEvent]) -> Tail:
    last = old.kept[-1].position if old.kept else 0
    new = tuple(one for one in fresh if one.position > last)
    waiting = old.waiting
    if waiting and new:
        arrived = {one.event.key for one in new}
        waiting = tuple(one for one in waiting if one.key not in arrived)
    size = old.kept_bytes + sum(_bytes(one.event) for one in new)
    kept = old.kept + new
    if len(kept) > MAX_HISTORY:
        size -= sum(_bytes(one.event) for one in kept[:-MAX_HISTORY])
        kept = kept[-MAX_HISTORY:]
    return Tail(kept, waiting, size)


def _bytes(event: Event) -> int:
    return _EVENT_BYTES + len(event.words or "") + 100 * len(event.context)
