"""What happens is written down, whatever happens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from foretaste.app.service.cases.base import Cases
from foretaste.app.service.log.controls import MARK, STRUCK, mark, without_marks
from foretaste.app.service.values import Recorded
from foretaste.core import Event
from foretaste.core.errors import InputError, LimitError, OutsideError, StorageError
from foretaste.store import KeptEvent, Page

__all__ = ["RecordCases"]


class RecordCases(Cases):
    """Feedback in, pages of it out, single pieces taken back."""

    def record(
        self,
        events: Iterable[Event],
        *,
        durable: bool | None = None,
        session_id: str | None = None,
    ) -> Recorded:
        """Keep events. They count in the next answer of that person, in every process.

        While the database is gone they are kept in a spool on disk, durably, and count in the
        answers of this process at once.

        Args:
            events: What happened; without a time, it is now.
            durable: Return after fsync; ``None`` as set for the service.
            session_id: The anonymous session of events that name no person.

        Returns:
            What became of them.

        Raises:
            InputError: If an event says neither who nor in which session, or is no event.
            LimitError: If there are too many at once or a text is too long.
            BusyError: If queue or spool are full: nothing was kept, come back later.
        """
        inside = self._inside
        given = list(events)
        limits = inside.settings.limits
        if len(given) > limits.batch:
            raise LimitError(
                "too many events at once", expected=f"at most {limits.batch}", got=len(given)
            )
        who = None if session_id is None else inside.sessions.user_of(session_id)
        now_s = inside.clock.now_s()
        ready = [self._ready(one, who, now_s, limits.text_characters) for one in given]
        kept = self._consented(ready)
        ignored = len(ready) - len(kept)
        if not kept:
            return Recorded(0, ignored=ignored)
        if durable is None:
            durable = inside.settings.storage.durability == "durable"
        try:
            found = inside.breaker.call(
                lambda: inside.space.events.append_counted(kept, durable=durable)
            )
        except StorageError:
            inside.spool.put(inside.name, kept)
            for user_id in dict.fromkeys(one.user_id for one in kept):
                assert user_id is not None
                inside.tails.wait(user_id, [one for one in kept if one.user_id == user_id])
            return Recorded(len(kept), ignored=ignored, spooled=True)
        return Recorded(found.new, found.duplicates, ignored, position=found.position)

    def events(
        self,
        *,
        user_id: str | None = None,
        item_id: str | None = None,
        kind: str | None = None,
        n: int = 100,
        cursor: str | None = None,
    ) -> Page[KeptEvent]:
        """What happened, newest first.

        Args:
            user_id: Only of this person.
            item_id: Only with this item.
            kind: Only of this kind.
            n: How many at most.
            cursor: Where the page before ended.

        Returns:
            A page.
        """
        inside = self._inside
        found: list[KeptEvent] = []
        while True:
            page = inside.breaker.call(
                inside.space.events.page,
                user_id=user_id, item_id=item_id, kind=kind, n=n - len(found), cursor=cursor,
            )  # fmt: skip
            found += without_marks(page.items)
            cursor = page.cursor
            if cursor is None or len(found) >= n:
                return Page(found, cursor)

    def delete_events(
        self, user_id: str, item_id: str, kind: str | None = None, *, actor: str = ""
    ) -> int:
        """Take back what a person did with an item.

        Args:
            user_id: The person.
            item_id: The item.
            kind: Only events of this kind; ``None`` all.
            actor: Who does so, for the audit log.

        Returns:
            How many events were deleted.
        """
        inside = self._inside
        struck = mark(
            STRUCK, user_id, inside.clock.now_s(), context={"item": item_id, "kind": kind}
        )
        inside.breaker.call(inside.space.events.append, [struck], durable=True)
        gone = inside.breaker.call(inside.space.events.delete, user_id, item_id, kind)
        if actor:
            inside.note(actor, "events.delete", item_id, count=gone)
        return gone

    def _consented(self, events: Sequence[Event]) -> list[Event]:
        allowed: dict[str, bool] = {}
        for one in events:
            user_id = one.user_id
            assert user_id is not None
            if user_id not in allowed:
                try:
                    allowed[user_id] = self._inside.consent_of(user_id).record
                except OutsideError:
                    allowed[user_id] = self._inside.assumed_consent(user_id).record
        if all(allowed.values()):
            return list(events)
        return [one for one in events if allowed[one.user_id or ""]]

    @staticmethod
    def _ready(event: Event, who: str | None, now_s: float, most: int) -> Event:
        user_id = event.user_id if event.user_id is not None else who
        if not user_id:
            raise InputError("an event says not who did it", expected="user_id or a session")
        if not event.kind or event.kind.startswith(MARK):
            raise InputError("that is no kind of event", got=repr(event.kind))
        if not event.item_id and not event.words:
            raise InputError("an event names neither an item nor words")
        for text in (user_id, event.item_id, event.kind, event.words or ""):
            if len(text) > most:
                raise LimitError("a text is too long", expected=f"at most {most} characters")
        if event.time_s is None or user_id != event.user_id:
            time_s = now_s if event.time_s is None else event.time_s
            return replace(event, user_id=user_id, time_s=time_s)
        return event
