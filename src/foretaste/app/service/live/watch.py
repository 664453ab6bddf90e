"""What changed elsewhere: noticed by counters, fetched, and put in place beside the answers."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from foretaste.app.service.live.drift import Drift
from foretaste.app.service.live.serving import Serving
from foretaste.app.service.live.trying import Trying
from foretaste.app.service.shelf.opening import serving_of
from foretaste.core.errors import BundleError, ForetasteError, UnknownIdError
from foretaste.store import Consent, Revision

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["Watcher"]

_LOG = logging.getLogger("foretaste.service")
_PAGE = 1_000
_CONSENTS_S = 30.0
_AGAIN_S = 5.0


class Watcher:
    """Follows the counters of a workspace's store; called by one thread alone.

    Args:
        inside: The workspace.
    """

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._seen: Revision | None = None
        self._people = 0
        self._drift = Drift(inside)
        self._drifted_s = -math.inf
        self._consents_s = -math.inf
        self._prepared: str | None = None
        self._people_due = False
        self._trouble: ForetasteError | None = None
        self._again_s = -math.inf

    def wake(self) -> None:
        """Read everything once, before the first answer."""
        inside = self._inside
        inside.read_forgotten()
        inside.follower.restart(inside.serving.position, most=inside.settings.live.people)
        self._people = inside.serving.people_revision
        self._seen = None
        self.look()

    def look(self) -> None:
        """Fetch what changed since the last look."""
        inside = self._inside
        now = inside.breaker.call(inside.space.revision)
        before = self._seen
        if before is None or now.facts != before.facts:
            inside.trying = Trying.read(inside.space)
            self._again_s = -math.inf
            self._follow_bundle()
        elif self._trouble is not None:
            self._follow_bundle()
        if now.items > inside.serving.items_revision:
            self._grow()
        if before is None:
            self._consents()
            inside.people.fill({})
        if before is None or now.people != before.people or self._people_due:
            self._people_due = False
            self._changed_people(first=before is None)
        self._seen = now  # what failed on the way here is tried again
        if self._trouble is not None and before is not None:
            raise self._trouble

    def enter(self, name: str) -> None:
        """Let a bundle of the shelf answer; call with the workspace's ``changing`` held.

        It takes in new items and popularity first, so that nothing is lost for a moment.

        Args:
            name: Which.
        """
        inside = self._inside
        fresh = serving_of(inside, name)
        fresh.grower.prepare()
        fresh = self._grown(fresh)
        if fresh.people_revision < self._people:
            self._people, self._people_due = fresh.people_revision, True
        inside.swap(self._drifted(fresh))
        _LOG.info("%s: the bundle %s answers now", inside.name, name)

    def _follow_bundle(self) -> None:
        """Let the active bundle answer; one that cannot be read keeps nothing else waiting."""
        if time.monotonic() < self._again_s:
            return
        try:
            self._bundle()
            self._trouble = None
        except (BundleError, UnknownIdError) as error:
            self._trouble = error
            self._again_s = time.monotonic() + _AGAIN_S

    def _bundle(self) -> None:
        inside = self._inside
        name = inside.shelf.active()
        if name is None or name == inside.serving.info.name:
            return
        with inside.changing:
            if name != inside.serving.info.name:  # else somebody was faster
                self.enter(name)

    def prepare(self) -> None:
        """Do once for each bundle what its first new item would have to wait for."""
        serving = self._inside.serving
        if serving.info.name != self._prepared:
            serving.grower.prepare()
            self._prepared = serving.info.name

    def drift(self) -> None:
        """Let popularity follow the stream, if it is time to and anything happened."""
        inside = self._inside
        every_s = inside.settings.live.drift_s
        if not every_s or time.monotonic() - self._drifted_s < every_s:
            return
        with inside.changing:
            fresh = self._drifted(inside.serving)
            if fresh is not inside.serving:
                inside.swap(fresh)
        self._drifted_s = time.monotonic()

    def _drifted(self, serving: Serving) -> Serving:
        removals = self._inside.space.revision().events
        if not self._drift.read(serving, removals):
            return serving
        counted = self._drift.counted(serving)
        fresh = serving.recommender
        if counted.people:
            fresh = serving.grower.drift(counted.likes, counted.people)
        return replace(serving, recommender=fresh, counted=counted)

    def _grow(self) -> None:
        with self._inside.changing:
            self._inside.swap(self._grown(self._inside.serving))

    def _grown(self, serving: Serving) -> Serving:
        records, revision = self._inside.space.items.changed_since(serving.items_revision)
        if not records:
            return replace(serving, items_revision=revision)
        there = [one for one in records if not one.deleted]
        gone = [one.item_id for one in records if one.deleted]
        known = serving.recommender.dataset.item_ids
        created = {one.item_id: one.updated_s for one in there if one.item_id not in known}
        fresh = serving.grower.grow(there, gone)
        for warning in serving.grower.warnings:
            _LOG.warning("%s: %s", self._inside.name, warning)
        return replace(
            serving,
            recommender=fresh,
            items_revision=revision,
            created_s={**created, **serving.created_s},
            epoch=Serving.new_epoch(),
        )

    def _changed_people(self, *, first: bool) -> None:
        inside = self._inside
        records, self._people = inside.space.people.changed_since(self._people)
        for one in records:
            inside.people.put(one.user_id, one)
        # Consent counts as a change of people, without saying whose. What is changed through the
        # service is marked in the log; this finds what was not, such as an import.
        if not first and time.monotonic() - self._consents_s > _CONSENTS_S:
            self._consents()

    def _consents(self) -> None:
        inside = self._inside
        self._consents_s = time.monotonic()
        turn = inside.consents.turn
        said: dict[str, Consent] = {}
        cursor: str | None = None
        while len(said) <= inside.settings.live.people:
            page = inside.space.consent.page(_PAGE, cursor)
            said.update((one.user_id, one) for one in page.items)
            cursor = page.cursor
            if cursor is None:
                break
        inside.consents.fill(said, turn)
