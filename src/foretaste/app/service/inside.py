"""What a workspace is made of; the use-cases share it."""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from foretaste.app.service.live.remembered import Remembered
from foretaste.app.service.live.serving import Serving
from foretaste.app.service.live.sessions import Sessions
from foretaste.app.service.live.trying import Trying
from foretaste.app.service.live.watch import Watcher
from foretaste.app.service.log.breaker import Breaker
from foretaste.app.service.log.controls import CONSENT, FORGOTTEN, MOVED, is_mark, pseudonym
from foretaste.app.service.log.follow import Follower
from foretaste.app.service.log.rates import Rates
from foretaste.app.service.log.showing import Showing
from foretaste.app.service.log.tails import Tails
from foretaste.app.service.settings import ServiceSettings
from foretaste.app.service.shelf.bundles import Shelf
from foretaste.core import Clock, Event
from foretaste.core.errors import ConflictError
from foretaste.store import AuditEntry, Consent, KeptEvent, PersonRecord, Space

if TYPE_CHECKING:
    from foretaste.store.spool import Spool

__all__ = ["Inside"]

_LOG = logging.getLogger("foretaste.service")
_FORGOTTEN = "forgotten"
_PSEUDONYMS = 40_000


class Inside:
    """The parts of one workspace in this process.

    Locks are taken in this order and never the other way: ``changing`` (who may replace
    :attr:`serving`), then the follower's, then those of the small memories.

    Args:
        name: The workspace.
        settings: All settings.
        space: Its part of the store.
        breaker: Knows whether the database is there.
        spool: Where events wait while it is not.
        clock: What time it is.
        salt: Makes its pseudonyms.
        deliver: Keeps events of any workspace that waited in the spool.

    Attributes:
        serving: What answers; replaced whole, never changed.
        changing: Held by whoever replaces it.
        heard: Called with every batch of new events, in the order of the log.
    """

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        space: Space,
        breaker: Breaker,
        spool: Spool,
        clock: Clock,
        salt: str,
        deliver: Callable[[str, list[Event]], None],
    ) -> None:
        self.name = name
        self.settings = settings
        self.space = space
        self.breaker = breaker
        self.spool = spool
        self.clock = clock
        self.salt = salt
        self.deliver = deliver
        self.folder = Path(settings.home) / "workspaces" / name
        self.shelf = Shelf(self.folder / "bundles", space)
        live = settings.live
        self.tails = Tails(live.people, live.bytes)
        self.heard: list[Callable[[Sequence[KeptEvent]], None]] = [self._hear]
        self.follower = Follower(space, self.tails, breaker, live.patience_s, self._tell)
        self.sessions = Sessions(space, breaker, live.people)
        self.trying = Trying()
        self.showing = Showing(space, breaker, settings.storage.impression_queue)
        self.consents: Remembered[Consent] = Remembered(live.people, space.consent.get)
        self.people: Remembered[PersonRecord] = Remembered(live.people, space.people.get)
        self.forgotten: dict[str, tuple[int, float]] = {}
        self._facts_read = -1
        self.rates = Rates()
        self._draws = itertools.count()
        self._process = secrets.randbits(62)
        self.changing = threading.RLock()
        self.serving: Serving
        self.watcher = Watcher(self)

    def consent_of(self, user_id: str) -> Consent:
        """What a person allows, or what is assumed.

        Args:
            user_id: The person.

        Returns:
            Their consent.
        """
        known, found = self.consents.held(user_id)  # also while the database is gone
        if not known:
            found = self.breaker.call(self.consents.get, user_id)
        return found if found is not None and found.updated_s else self.assumed_consent(user_id)

    def assumed_consent(self, user_id: str) -> Consent:
        """What is assumed of somebody who has not said.

        Args:
            user_id: The person.

        Returns:
            The consent in the settings.
        """
        given = self.settings.consent
        return Consent(user_id, given.record, given.personalise, given.train, given.language_model)

    def person_since(self, serving: Serving, user_id: str) -> PersonRecord | None:
        """What was said of a person after the bundle was fitted.

        Args:
            serving: What answers.
            user_id: The person.

        Returns:
            Their record if it is newer than the bundle.
        """
        known, found = self.people.held(user_id)
        if not known:
            found = self.breaker.call(self.people.get, user_id)
        return found if found is not None and found.revision > serving.people_revision else None

    def swap(self, fresh: Serving) -> None:
        """Let another value answer from now on; call with ``changing`` held.

        Args:
            fresh: The value.
        """
        before = self.serving.position
        if fresh.position < before:  # the tails first: who answers by the old leaves the rest out
            self.follower.rebase(fresh.position)
        self.serving = fresh
        if fresh.position > before:
            self.follower.rebase(fresh.position)

    def next_draw(self) -> int:
        """A number that no other answer has: chance is drawn anew for each.

        Returns:
            The number; of this process since its start.
        """
        return self._process + next(self._draws)

    def pseudonym(self, user_id: str) -> str:
        """A name for somebody of whom no name may be kept.

        Args:
            user_id: The person.

        Returns:
            See :func:`~foretaste.app.service.log.controls.pseudonym`.
        """
        return pseudonym(self.salt, user_id)

    def was_forgotten(self, user_id: str, position: int) -> bool:
        """Whether a person was erased after a bundle had read the log.

        Args:
            user_id: The person.
            position: What the bundle has read.

        Returns:
            Whether what the bundle has on record of them must not be used.
        """
        if not self.forgotten:
            return False
        found = self.forgotten.get(self.pseudonym(user_id))
        return found is not None and found[0] > position

    def read_forgotten(self) -> None:
        """Read who was erased; their pseudonyms outlive the marks in the log."""
        found = self.breaker.call(self.space.facts.get, _FORGOTTEN) or {}
        self.forgotten = {
            **self.forgotten,
            **{k: (int(p), float(t)) for k, (p, t) in found.items()},
        }

    def heed_forgotten(self) -> None:
        """Read who was erased, if that may have changed since it was last read."""
        facts = self.breaker.call(self.space.revision).facts
        if facts != self._facts_read:
            self.read_forgotten()
            self._facts_read = facts

    def keep_forgotten(self, name: str, position: int, time_s: float) -> None:
        """Keep that somebody was erased.

        Args:
            name: Their pseudonym.
            position: Of the mark in the log.
            time_s: When.
        """
        while True:
            before = self.breaker.call(self.space.facts.get, _FORGOTTEN)
            # A fact has a largest size. The oldest may go: no bundle on the shelf holds them.
            newest = sorted((before or {}).items(), key=lambda one: one[1][0])[-_PSEUDONYMS:]
            after = {**dict(newest), name: [position, time_s]}
            try:
                self.breaker.call(self.space.facts.put, _FORGOTTEN, after, expected=before)
            except ConflictError:  # another process forgot somebody at the same moment
                continue
            self.forgotten = {**self.forgotten, name: (position, time_s)}
            return

    def enter(self, name: str) -> None:
        """Let a bundle of the shelf answer in this process; call with ``changing`` held.

        Args:
            name: Which.
        """
        self.watcher.enter(name)

    def drain(self) -> int:
        """Move what waits in the spool into the log, if the database is there.

        Returns:
            How many events moved, of all workspaces.
        """
        return self.spool.drain(self.deliver) if self.spool.pending() else 0

    def keepable(self, events: Sequence[Event]) -> list[Event]:
        """Leave out events that may no longer be kept: consent withdrawn, or person erased.

        Args:
            events: What waited.

        Returns:
            What may be kept.
        """
        return [one for one in events if self._may_keep(one)]

    def _may_keep(self, event: Event) -> bool:
        assert event.user_id is not None
        gone = self.forgotten.get(self.pseudonym(event.user_id)) if self.forgotten else None
        if gone is not None and (event.time_s is None or event.time_s <= gone[1]):
            return False
        return self.consent_of(event.user_id).record

    def note(self, actor: str, action: str, subject: str = "", **details: object) -> None:
        """Write down an administrative action.

        Args:
            actor: Who.
            action: What.
            subject: On what.
            **details: Anything else; never a secret.
        """
        entry = AuditEntry(self.clock.now_s(), actor or "system", action, subject, details)
        self.breaker.call(self.space.audit.append, entry)

    def _tell(self, events: Sequence[KeptEvent]) -> None:
        for listener in self.heard:
            listener(events)

    def _hear(self, events: Sequence[KeptEvent]) -> None:
        happened = 0
        for one in events:
            event = one.event
            if not is_mark(event):
                happened += 1
            elif event.kind == CONSENT and event.user_id is not None:
                self.consents.drop(event.user_id)
            elif event.kind == MOVED and event.words is not None:
                self.sessions.moved(event.words)
            elif event.kind == FORGOTTEN and event.words is not None:
                again = bool(event.context.get("again"))
                self._forget(event.words, one.position, event.time_s or one.kept_s, again)
        self.rates.count("events", happened)

    def _forget(self, name: str, position: int, time_s: float, again: bool) -> None:
        self.forgotten = {**self.forgotten, name: (position, time_s)}
        for user_id in self.follower.people():
            if self.pseudonym(user_id) == name:
                # The second time, what is here may be of somebody who came back as new.
                self.follower.drop(user_id, gone=not again)
        self.consents.clear()
        self.people.clear()
        self.sessions.clear()
        if again:  # the first time, whoever forgets is still counting what it erases
            self.showing.forget(lambda user_id: self.pseudonym(user_id) == name)
