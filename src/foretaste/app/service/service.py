"""The service: one value per process that holds all workspaces and what runs beside them."""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
import threading
from pathlib import Path
from typing import Self

from foretaste.app.service.access import Access
from foretaste.app.service.background import Background
from foretaste.app.service.inside import Inside
from foretaste.app.service.log.breaker import Breaker
from foretaste.app.service.settings import ServiceSettings
from foretaste.app.service.shelf.bundles import ACTIVE
from foretaste.app.service.shelf.opening import begin, locked
from foretaste.app.service.shelf.recovering import settled
from foretaste.app.service.values import Health
from foretaste.app.service.workspace import Workspace
from foretaste.core import Clock
from foretaste.core.errors import ConflictError, InputError, OutsideError, UnknownIdError
from foretaste.store import Store, SystemClock, open_store
from foretaste.store.spool import Spool

__all__ = ["Service"]

_LOG = logging.getLogger("foretaste.service")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SALT = "salt"
DEFAULT = "default"


class Service:
    """Everything behind the doors, in one process. Make one with :meth:`open`.

    Several processes may serve the same database and home folder: they share nothing but
    these, and any of them gives the same answer.

    Args:
        settings: All settings.
        store: The database.
        spool: Where events wait while it is gone.
        clock: What time it is.

    Attributes:
        settings: All settings.
        access: Who may do what.
        breaker: Knows whether the database is there.
    """

    def __init__(self, settings: ServiceSettings, store: Store, spool: Spool, clock: Clock) -> None:
        self.settings = settings
        self.breaker = Breaker(store.ping, settings.live.retry_s)
        self.access = Access(store, self.breaker, settings, clock)
        self._store = store
        self._spool = spool
        self._clock = clock
        self._lock = threading.Lock()
        self._workspaces: dict[str, Workspace] = {}
        self._background = Background(
            self._insides, self.breaker, spool, settings, self.access.flush,
            lambda name: self.workspace(name)._inside,
        )  # fmt: skip
        self._closed = False

    @classmethod
    def open(cls, settings: ServiceSettings, *, clock: Clock | None = None) -> Self:
        """Open database, home and default workspace; make them at the first start.

        Args:
            settings: All settings.
            clock: What time it is; of this machine when ``None``.

        Returns:
            The service, running.

        Raises:
            StorageError: If database or home cannot be reached.
        """
        home = settings.home_folder
        clock = clock or SystemClock()
        with locked(home):
            store = open_store(settings.store_url, clock=clock)
        try:
            spool = Spool(home / "spool", max_bytes=settings.storage.spool_bytes)
            service = cls(settings, store, spool, clock)
            with locked(home):
                service.access.begin()
            service._enter(DEFAULT, settings.bundle)
            for name in store.workspaces:
                if name != DEFAULT and service._begun(name):
                    service._enter(name, None)
        except BaseException:
            store.close()
            raise
        service.start()
        return service

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def store_ok(self) -> bool:
        """Whether the database answers, as far as is known; costs nothing."""
        return self.breaker.closed

    def workspace(self, name: str = DEFAULT) -> Workspace:
        """One workspace.

        Args:
            name: Which.

        Returns:
            It.

        Raises:
            UnknownIdError: If there is none of that name.
        """
        found = self._workspaces.get(name)
        if found is None and name in self._store.workspaces and self._begun(name):
            # Another process made it.
            found = self._enter(name, None)
        if found is None:
            raise UnknownIdError(f"no workspace has the name {name!r}")
        return found

    def workspaces(self) -> tuple[str, ...]:
        """Names of all workspaces.

        Returns:
            In order.
        """
        try:
            names = self.breaker.call(lambda: self._store.workspaces)
            return tuple(name for name in names if name in self._workspaces or self._begun(name))
        except OutsideError:
            return tuple(sorted(self._workspaces))

    def create_workspace(
        self, name: str, *, source: str | Path | None = None, actor: str = ""
    ) -> Workspace:
        """Make a workspace of its own: its data are seen with its own keys alone.

        Args:
            name: Small letters, digits and hyphens, at most 40.
            source: A bundle, or data to fit, to begin with; ``None`` is the sample, ``empty``
                is nothing: the owner puts items and feedback.
            actor: Who does so, for the audit log.

        Returns:
            The workspace, answering.

        Raises:
            InputError: If that is no name.
            ConflictError: If there is one of that name.
        """
        if not _NAME.fullmatch(name):
            raise InputError(
                "that is no name for a workspace",
                expected="small letters, digits and hyphens, at most 40", got=name,
            )  # fmt: skip
        if name in self._workspaces or (name in self._store.workspaces and self._begun(name)):
            raise ConflictError("there is a workspace of that name", got=name)
        made = self._enter(name, source)
        made._inside.note(actor, "workspace.create", name)
        return made

    def health(self) -> Health:
        """How the service is.

        Returns:
            A value; asks the database nothing.
        """
        degraded = []
        if not self.breaker.closed:
            degraded.append(f"the database does not answer: {self.breaker.why}")
        waiting = self._spool.pending()
        if waiting:
            degraded.append(f"{waiting} events wait on disk for the database")
        details: dict[str, object] = {"spooled": waiting}
        for name, one in list(self._workspaces.items()):
            inside = one._inside
            if inside.showing.dropped:
                degraded.append(f"{name}: {inside.showing.dropped} impressions were dropped")
            details[name] = {
                "digest": one.digest,
                "position": one.position,
                "bundle_position": inside.serving.position,
                "impressions_waiting": len(inside.showing),
                "people_in_memory": len(inside.tails),
                "bytes_in_memory": inside.tails.size_bytes,
            }
        degraded += self._background.troubles()
        ready = DEFAULT in self._workspaces and not self._closed
        return Health(not self._closed, ready, tuple(degraded), details)

    def start(self) -> None:
        """Start the threads that run beside answers; a second call does nothing."""
        self._background.start()

    def close(self) -> None:
        """End the threads, write what waits, let go of the database. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._background.close()
        for one in self._workspaces.values():
            one._inside.showing.flush()
            one._inside.follower.close()
        self._spool.close()
        self._store.close()

    def _begun(self, name: str) -> bool:
        """Whether a workspace has a bundle: making it has ended, and well."""
        return self._store.space(name).facts.get(ACTIVE) is not None

    def _insides(self) -> list[Inside]:
        return [one._inside for one in list(self._workspaces.values())]

    def _enter(self, name: str, source: str | Path | None) -> Workspace:
        with self._lock:
            if name in self._workspaces:
                return self._workspaces[name]
            space = self._store.space(name)
            salt = _salt(space)
            inside = Inside(
                name,
                self.settings,
                space,
                self.breaker,
                self._spool,
                self._clock,
                salt,
                self._background.deliver,
            )
            active = inside.shelf.active()
            if active is None:
                active = begin(inside, source, _told)
            inside.serving = settled(inside, active, source, _told)
            inside.watcher.wake()
            self._workspaces[name] = Workspace(inside)
            return self._workspaces[name]


def _told(what: str, share: float) -> None:
    _LOG.info("%s (%.0f %%)", what, 100 * share)


def _salt(space: object) -> str:
    facts = space.facts  # type: ignore[attr-defined]
    found = facts.get(_SALT)
    if found is None:
        with contextlib.suppress(ConflictError):
            facts.put(_SALT, secrets.token_hex(32), expected=None)
        found = facts.get(_SALT)
    return str(found)
