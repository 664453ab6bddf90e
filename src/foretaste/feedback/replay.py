"""What serving keeps in memory, as a function of the log alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foretaste.core import KIND_SIGNALS, Adapter, Event, Evidence, History

__all__ = ["LiveBeliefs", "LiveState", "Placed", "replay", "signal_of"]


@dataclass(frozen=True, slots=True)
class Placed:
    """An event and its place in the log.

    Attributes:
        position: Place in the log; earlier is smaller.
        event: What happened.
    """

    position: int
    event: Event


def signal_of(event: Event) -> float:
    """What an event says by its kind alone: more than 0 counts as liking.

    Args:
        event: What happened.

    Returns:
        From :data:`foretaste.core.KIND_SIGNALS`, .5 for an unknown kind.
    """
    return KIND_SIGNALS.get(event.kind, 0.5)


class LiveState:
    """Live tails and popularity counters, kept up to date event by event.

    It is a function of the *set* of events with their positions: whatever the order, the
    chunks or the repetitions in which they arrive, the state is the same, and equal to
    :func:`replay` of the log. Two events with one key are one event, at the earlier position.

    It changes in place, because it stands in the path of every event; take :meth:`copy` to
    keep a moment.

    Args:
        signal: What an event says; more than 0 counts as liking its item.
    """

    def __init__(self, signal: Callable[[Event], float] = signal_of) -> None:
        self._signal = signal
        self._kept: dict[str, Placed] = {}
        self._people: dict[str, dict[str, Placed]] = {}
        self._likes: Counter[tuple[str, str]] = Counter()
        self._popularity: Counter[str] = Counter()

    @property
    def position(self) -> int:
        """The last position seen among what is kept; 0 when nothing is."""
        return max((placed.position for placed in self._kept.values()), default=0)

    @property
    def popularity(self) -> Mapping[str, int]:
        """How many people like each item, by item; items that nobody likes are left out."""
        return dict(self._popularity)

    @property
    def people(self) -> Collection[str]:
        """Everybody who has done anything."""
        return self._people.keys()

    def __len__(self) -> int:
        return len(self._kept)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LiveState):
            return NotImplemented
        return (
            self._kept == other._kept
            and self._popularity == other._popularity
            and self._signal == other._signal
        )

    __hash__ = None  # type: ignore[assignment]

    def copy(self) -> LiveState:
        """This moment, kept.

        Returns:
            An equal state that changes on its own.
        """
        twin = LiveState(self._signal)
        for placed in self._kept.values():
            twin.apply(placed.event, placed.position)
        return twin

    def apply(self, event: Event, position: int) -> bool:
        """Take in an event.

        Args:
            event: What happened; without a person it counts for nobody's tail.
            position: Its place in the log.

        Returns:
            Whether anything changed.
        """
        key = event.key
        known = self._kept.get(key)
        if known is not None:
            if known.position <= position:
                return False
            self._drop(key)
        self._keep(key, Placed(position, event))
        return True

    def remove(self, event: Event | str) -> bool:
        """Take an event out, as if it had never been.

        Args:
            event: The event or its key.

        Returns:
            Whether it was there.
        """
        key = event if isinstance(event, str) else event.key
        if key not in self._kept:
            return False
        self._drop(key)
        return True

    def forget(self, user_id: str) -> int:
        """Take out everything of one person.

        Args:
            user_id: Who.

        Returns:
            How many events that were.
        """
        keys = list(self._people.get(user_id, {}))
        for key in keys:
            self._drop(key)
        return len(keys)

    def tail(self, user_id: str) -> tuple[Event, ...]:
        """One person's events in the order of the log.

        Args:
            user_id: Who.

        Returns:
            Empty for a stranger.
        """
        mine = self._people.get(user_id, {}).values()
        return tuple(placed.event for placed in sorted(mine, key=lambda one: one.position))

    def _likes_it(self, event: Event) -> bool:
        return bool(event.item_id) and self._signal(event) > 0

    def _keep(self, key: str, placed: Placed) -> None:
        self._kept[key] = placed
        event = placed.event
        if event.user_id is None:
            return
        self._people.setdefault(event.user_id, {})[key] = placed
        if self._likes_it(event):
            pair = (event.user_id, event.item_id)
            self._likes[pair] += 1
            if self._likes[pair] == 1:
                self._popularity[event.item_id] += 1

    def _drop(self, key: str) -> None:
        event = self._kept.pop(key).event
        if event.user_id is None:
            return
        mine = self._people[event.user_id]
        del mine[key]
        if not mine:
            del self._people[event.user_id]
        if self._likes_it(event):
            pair = (event.user_id, event.item_id)
            self._likes[pair] -= 1
            if not self._likes[pair]:
                del self._likes[pair]
                self._popularity[event.item_id] -= 1
                if not self._popularity[event.item_id]:
                    del self._popularity[event.item_id]


def replay(
    events: Iterable[Event | Placed], signal: Callable[[Event], float] = signal_of
) -> LiveState:
    """Rebuild the state from the log.

    Args:
        events: The log; events without a position are numbered from 1 as they come.
        signal: What an event says; see :class:`LiveState`.

    Returns:
        The state, equal to the one that was kept up to date while they happened.
    """
    state = LiveState(signal)
    for number, one in enumerate(events, start=1):
        placed = one if isinstance(one, Placed) else Placed(number, one)
        state.apply(placed.event, placed.position)
    return state


class LiveBeliefs:
    """What is believed of each person, moved event by event.

    Equal, but for rounding, to starting anew and adapting to the whole tail
    (:meth:`rebuilt`): the adapter's steps are exact, forwards and backwards.
    (Of an item liked twice the newest like is taken back, whichever was meant: where the order
    of likes counts, rebuild.)

    Args:
        adapter: What moves beliefs, such as :class:`foretaste.taste.FittedTaste`.
        read: Turns outside events into inside rows.
    """

    def __init__(self, adapter: Adapter[Any], read: Callable[[tuple[Event, ...]], History]) -> None:
        self._adapter = adapter
        self._read = read
        self._beliefs: dict[str, Any] = {}

    def apply(self, event: Event) -> None:
        """Move one person's belief by one event.

        Args:
            event: What happened, new and the newest; without a person it moves nothing.
        """
        if event.user_id is not None:
            before = self.of(event.user_id)
            self._beliefs[event.user_id] = self._adapter.adapt(before, self._read((event,)))

    def remove(self, event: Event) -> None:
        """Take one event back.

        Args:
            event: What is to be forgotten; it must have been applied.

        Raises:
            TypeError: If the adapter cannot forget.
        """
        forget = getattr(self._adapter, "forget", None)
        if forget is None:
            raise TypeError(f"{type(self._adapter).__name__} cannot forget")
        if event.user_id is not None and event.user_id in self._beliefs:
            before = self._beliefs[event.user_id]
            self._beliefs[event.user_id] = forget(before, self._read((event,)))

    def of(self, user_id: str) -> Any:
        """What is believed of somebody now.

        Args:
            user_id: Who.

        Returns:
            The belief before any event for a stranger.
        """
        known = self._beliefs.get(user_id)
        return self._adapter.start(Evidence()) if known is None else known

    def rebuilt(self, tail: tuple[Event, ...]) -> Any:
        """The belief from the log alone.

        Args:
            tail: One person's events, oldest first.

        Returns:
            The belief.
        """
        return self._adapter.adapt(self._adapter.start(Evidence()), self._read(tail))
