"""One place that knows whether the database is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from foretaste.core.errors import BusyError, StorageError

__all__ = ["Breaker"]

P = ParamSpec("P")
T = TypeVar("T")


class Breaker:
    """Lets calls through while the database answers, and refuses them at once while it does not.

    Waiting for a database that is gone would make every answer as slow as its timeout. The
    first call that fails opens the breaker; from then on one probe every ``retry_s`` is all
    that touches the database, until it succeeds.

    Args:
        probe: A cheap question to the database; raises while it is gone.
        retry_s: Seconds between probes.
    """

    def __init__(self, probe: Callable[[], object], retry_s: float) -> None:
        self._probe = probe
        self._retry_s = retry_s
        self._lock = threading.Lock()
        self._tried_s = 0.0
        self._why: str | None = None
        self._since_s = 0.0

    @property
    def closed(self) -> bool:
        """Whether calls go through."""
        return self._why is None

    @property
    def why(self) -> str | None:
        """What went wrong; ``None`` while nothing is."""
        return self._why

    @property
    def open_for_s(self) -> float:
        """Seconds since the database was last known to be there; 0 while it is."""
        return 0.0 if self._why is None else time.monotonic() - self._since_s

    def call(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Do something with the database.

        Args:
            work: What.
            *given: Its arguments.
            **named: Its arguments by name.

        Returns:
            What it gives.

        Raises:
            StorageError: If the database is gone, or is known to be.
        """
        if self._why is not None:
            raise StorageError("the database does not answer", got=self._why)
        try:
            return work(*given, **named)
        except StorageError as error:
            self.trip(error)
            raise

    def trip(self, error: Exception) -> None:
        """Refuse calls from now on.

        Args:
            error: Why.
        """
        with self._lock:
            if self._why is None:
                self._why, self._since_s = str(error), time.monotonic()
                self._tried_s = time.monotonic()

    def heal(self) -> bool:
        """Try again if it is time to; called by a background thread.

        Returns:
            Whether calls go through afterwards.
        """
        if self._why is None:
            return True
        now_s = time.monotonic()
        with self._lock:
            if now_s - self._tried_s < self._retry_s:
                return False
            self._tried_s = now_s
        try:
            self._probe()
        except (StorageError, BusyError):
            return False
        self._why = None
        return True
