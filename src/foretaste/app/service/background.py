"""The thread beside the answers: what other processes changed, and what waits to be written."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from foretaste.app.service.inside import Inside
from foretaste.app.service.live.sessions import Sessions
from foretaste.app.service.log.breaker import Breaker
from foretaste.app.service.settings import ServiceSettings
from foretaste.app.service.work.runner import Runner
from foretaste.core import Event
from foretaste.core.errors import OutsideError

if TYPE_CHECKING:
    from foretaste.store.spool import Spool

__all__ = ["Background"]

_LOG = logging.getLogger("foretaste.service")
_FLUSH_S = 0.05
_WORK_S = 0.5


class Background:
    """Three threads: one looks for changes, one writes what waits, one does jobs.

    Args:
        insides: The workspaces, as they are now.
        breaker: Knows whether the database is there.
        spool: Where events wait while it is not.
        settings: All settings.
        flush: Writes what else waits.
        find: Gives the workspace of a name, also one that another process made.
    """

    def __init__(
        self,
        insides: Callable[[], list[Inside]],
        breaker: Breaker,
        spool: Spool,
        settings: ServiceSettings,
        flush: Callable[[], None],
        find: Callable[[str], Inside],
    ) -> None:
        self._insides = insides
        self._breaker = breaker
        self._spool = spool
        self._settings = settings
        self._flush = flush
        self._find = find
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failed: dict[str, str] = {}
        self._runner = Runner(insides, self._stop)

    def start(self) -> None:
        """Start; a second call does nothing."""
        if self._threads:
            return
        for name, work, every_s in (
            ("watch", self._watch, self._settings.live.poll_s),
            ("write", self._write, _FLUSH_S),
            ("work", self._runner.step, _WORK_S),
        ):
            thread = threading.Thread(
                target=self._run, args=(name, work, every_s), name=f"foretaste-{name}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """End the threads after what they are at."""
        self._stop.set()
        for thread in self._threads:
            thread.join(10.0)

    def troubles(self) -> list[str]:
        """What failed when it was last tried.

        Returns:
            Sentences.
        """
        return [f"{name}: {why}" for name, why in sorted(self._failed.items())]

    def _run(self, name: str, work: Callable[[], None], every_s: float) -> None:
        while not self._stop.wait(every_s):
            started_s = time.monotonic()
            try:
                work()
            except OutsideError as error:  # the database is gone: known, and said elsewhere
                _LOG.info("%s waits: %s", name, error)
            except Exception as error:  # noqa: BLE001 - the thread goes on, and health says so
                if self._failed.get(name) != str(error):
                    _LOG.exception("%s failed", name)
                self._failed[name] = str(error)
            else:
                self._failed.pop(name, None)
            spent_s = time.monotonic() - started_s
            if spent_s > 1.0:
                _LOG.info("%s took %.1f s", name, spent_s)

    def _watch(self) -> None:
        if self._breaker.heal():
            self._each(self._look)

    def _write(self) -> None:
        if not self._breaker.closed:
            return
        self._each(lambda inside: inside.showing.flush())
        self._flush()
        if self._spool.pending():
            self._drain()

    @staticmethod
    def _look(inside: Inside) -> None:
        inside.follower.catch_up()
        inside.watcher.look()
        inside.watcher.prepare()
        inside.watcher.drift()

    def _each(self, work: Callable[[Inside], object]) -> None:
        """Do something for every workspace; trouble in one keeps no other from its turn."""
        trouble: Exception | None = None
        for inside in self._insides():
            try:
                work(inside)
            except Exception as error:  # noqa: BLE001 - raised again when all had their turn
                trouble = error
        if trouble is not None:
            raise trouble

    def deliver(self, workspace: str, events: list[Event]) -> None:
        """Move events that waited into the log.

        Args:
            workspace: Whose.
            events: What happened.

        Raises:
            StorageError: If the database is gone again; then they wait on.
        """
        inside = self._find(workspace)
        inside.heed_forgotten()  # somebody may have been forgotten while this process was cut off
        owned = [_owned(one, inside.sessions) for one in events]
        kept = inside.keepable(owned)
        if kept:
            self._breaker.call(inside.space.events.append, kept, durable=True)
            inside.heed_forgotten()
            left = {id(one) for one in inside.keepable(kept)}
            for one in kept:
                if id(one) not in left and one.user_id is not None:  # forgotten just now
                    self._breaker.call(
                        inside.space.events.delete, one.user_id, one.item_id, one.kind
                    )
        inside.follower.catch_up()
        inside.tails.moved_on(events)

    def _drain(self) -> None:
        try:
            self._spool.drain(self.deliver)
        except OutsideError as error:
            _LOG.warning("the spool is not empty yet: %s", error)


def _owned(event: Event, sessions: Sessions) -> Event:
    """The event of the account that its session was joined to, if that was not known then."""
    if event.user_id is None:
        return event
    owner = sessions.owner(event.user_id)
    return event if owner == event.user_id else replace(event, user_id=owner)
