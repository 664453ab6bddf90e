"""What changed elsewhere: noticed by counters, fetched, and put in place beside the answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from foretaste.app.service.live.trying import Trying
from foretaste.app.service.shelf.opening import serving_of
from foretaste.store import Consent, Revision

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["Watcher"]

_LOG = logging.getLogger("foretaste.service")
_PAGE = 1_000


class Watcher:
    """Follows the counters of a workspace's store; called by one thread alone.

    Args:
        inside: The workspace.
    """

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._seen: Revision | None = None
        self._people = 0

    def wake(self) -> None:
        """Read everything once, before the first answer."""
        inside = self._inside
        inside.follower.restart(inside.serving.position, most=inside.settings.live.people)
        self._people = inside.serving.people_revision
        self._seen = None
        self.look()

    def look(self) -> None:
        """Fetch what changed since the last look."""
        inside = self._inside
        now = inside.breaker.call(inside.space.revision)
        before, self._seen = self._seen, now
        if before is None or now.facts != before.facts:
            inside.trying = Trying.read(inside.space)
            self._bundle()
        if before is None:
            self._consents()
            inside.people.fill({})
        if before is None or now.people != before.people:
            self._changed_people(first=before is None)

    def _bundle(self) -> None:
        inside = self._inside
        name = inside.shelf.active()
        if name is None or name == inside.serving.info.name:
            return
        with inside.changing:
            fresh = serving_of(inside, name)
            inside.swap(fresh)
        _LOG.info("%s: the bundle %s answers now", inside.name, name)

    def _changed_people(self, *, first: bool) -> None:
        inside = self._inside
        records, self._people = inside.space.people.changed_since(self._people)
        for one in records:
            inside.people.put(one.user_id, None if one.deleted else one)
        if not first:
            # Consent counts as a change of people, without saying whose.
            self._consents()

    def _consents(self) -> None:
        inside = self._inside
        said: dict[str, Consent] = {}
        cursor: str | None = None
        while len(said) <= inside.settings.live.people:
            page = inside.space.consent.page(_PAGE, cursor)
            said.update((one.user_id, one) for one in page.items)
            cursor = page.cursor
            if cursor is None:
                break
        inside.consents.fill(said)
