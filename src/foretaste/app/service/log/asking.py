"""One thread that asks a server on behalf of all who wait, and never keeps them long."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from foretaste.core.errors import StorageError

__all__ = ["Asking"]

_LOG = logging.getLogger("foretaste.service")


class Asking:
    """Joins questions of the same moment into one, with a limit on the wait.

    Whoever asks gets the outcome of a round that began after they asked.

    Args:
        work: One round; whether it succeeded.
        patience_s: Longest wait.
        tired: Told when somebody has waited that long.
    """

    def __init__(
        self, work: Callable[[], bool], patience_s: float, tired: Callable[[Exception], None]
    ) -> None:
        self._work = work
        self._patience_s = patience_s
        self._tired = tired
        self._changed = threading.Condition()
        self._wanted = 0
        self._done = 0
        self._well = True
        self._ended = False
        self._thread: threading.Thread | None = None

    def ask(self) -> bool:
        """Wait for a round.

        Returns:
            Whether it succeeded in time.
        """
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="foretaste-follow", daemon=True
                )
                self._thread.start()
            self._wanted += 1
            mine = self._wanted
            self._changed.notify_all()
            end_s = time.monotonic() + self._patience_s
            while self._done < mine:
                left_s = end_s - time.monotonic()
                if left_s <= 0 or self._ended:
                    self._tired(StorageError(f"no answer within {self._patience_s:g} s"))
                    return False
                self._changed.wait(left_s)
            return self._well

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(5.0)

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._wanted == self._done and not self._ended:
                    self._changed.wait()
                if self._ended:
                    return
                round_ = self._wanted
            well = False
            try:
                well = self._work()
            except Exception:  # noqa: BLE001 - whoever waits is told, and the next round may work
                _LOG.exception("reading on failed")
            with self._changed:
                self._done, self._well = round_, well
                self._changed.notify_all()
