"""Forgetting somebody: log, memory, disk and model."""

from __future__ import annotations

import math
from collections.abc import Mapping

from foretaste.app.service.cases.base import Cases
from foretaste.app.service.live.sessions import hidden_id
from foretaste.app.service.log.controls import FORGOTTEN, mark
from foretaste.app.service.shelf.promoting import rewrite_shelf
from foretaste.app.service.values import Receipt
from foretaste.app.service.work.answers import forget_answers
from foretaste.core.errors import ConflictError, InputError

__all__ = ["ForgetCases"]


class ForgetCases(Cases):
    """The right to be forgotten."""

    def forget(self, user_id: str, *, actor: str = "") -> Receipt:
        """Forget a person: everything that was kept, and what the model learned from them.

        From the first step on no process answers from what it remembers of them. Then events,
        impressions, attributes, consent and sessions are erased, and their share is taken out
        of every bundle on the shelf. A part of the model that cannot give it back exactly is
        named in the receipt, and fitting it again is queued. Somebody who comes back
        later under the same id is somebody new. What was exported or backed up before is out of
        reach; a pseudonym is kept, which tells nobody anything without the workspace's salt, so
        that no older bundle can bring them back.

        Args:
            user_id: The person.
            actor: Who does so, for the audit log.

        Returns:
            What was erased, and what is left to be done.

        Raises:
            InputError: If the id is empty.
            StorageError: If the database is gone: try again when it is back.
        """
        inside = self._inside
        if not user_id:
            raise InputError("a person's id is empty")
        sessions = inside.breaker.call(inside.space.sessions.of, user_id)
        names = (user_id, *(hidden_id(one.session_id) for one in sessions))
        inside.drain()
        for name in names:
            self._announce(name, again=False)
        inside.follower.catch_up()
        erased = self._erase(names)
        # Once more, behind everything of theirs: a fit that read the log in between may hold
        # them, and so may the memory of a process that answered them meanwhile.
        for name in names:
            self._announce(name, again=True)
        inside.follower.catch_up()
        forget_answers(inside, before_s=math.inf)  # they may hold what was said of the person
        parts, bundles = rewrite_shelf(inside, names)
        job_id = None
        if not all(part.exact for part in parts.values()):
            job_id = self._queued()
        inside.note(
            actor, "forget", inside.pseudonym(user_id), erased=erased, bundles=len(bundles),
            complete=job_id is None,
        )  # fmt: skip
        return Receipt(user_id, erased, parts, tuple(bundles), job_id, inside.clock.now_s())

    def _announce(self, user_id: str, *, again: bool) -> None:
        inside = self._inside
        name, now_s = inside.pseudonym(user_id), inside.clock.now_s()
        gone = mark(FORGOTTEN, None, now_s, words=name, context={"again": again})
        kept = inside.breaker.call(inside.space.events.append_counted, [gone])
        inside.keep_forgotten(name, kept.position, now_s)

    def _erase(self, names: tuple[str, ...]) -> Mapping[str, int]:
        inside, space = self._inside, self._inside.space
        counts = dict.fromkeys(("events", "impressions", "people", "consent", "sessions"), 0)
        for name in names:
            inside.follower.drop(name, gone=True)
            counts["impressions"] += inside.showing.erase(name)
            counts["events"] += inside.breaker.call(space.events.erase, name)
            counts["impressions"] += inside.breaker.call(space.impressions.erase, name)
            counts["people"] += int(inside.breaker.call(space.people.erase, name))
            counts["consent"] += int(bool(inside.breaker.call(space.consent.erase, name)))
            counts["sessions"] += inside.breaker.call(space.sessions.erase, name)
            inside.people.drop(name)
            inside.consents.drop(name)
        return counts

    def _queued(self) -> str:
        """Ask for a fit, once for all who are forgotten before it begins."""
        inside = self._inside
        name = f"forget-{inside.serving.info.name}"
        try:
            return inside.space.jobs.add("refit", {"reason": "forget"}, job_id=name).job_id
        except ConflictError:
            return name
