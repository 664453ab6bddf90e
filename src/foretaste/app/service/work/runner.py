"""Jobs: taken from the store by one process, done beside the answers, told as they go on."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from foretaste.app.service.inside import Inside
from foretaste.app.service.work.child import CancelledWorkError
from foretaste.app.service.work.stale import stale
from foretaste.app.service.work.tasks import TASKS
from foretaste.core.errors import ConflictError, ForetasteError, OutsideError
from foretaste.store import Job

__all__ = ["Runner"]

_LOG = logging.getLogger("foretaste.service")
_STALE_S = 60.0
_BEAT_S = 1.0
_CHECK_S = 15.0
_AGAIN_S = 3_600.0


class Runner:
    """Does the jobs of all workspaces, one at a time in this process.

    Args:
        insides: The workspaces, as they are now.
        stopping: Set when the service ends: a running job goes back to the queue.
    """

    def __init__(self, insides: Callable[[], list[Inside]], stopping: threading.Event) -> None:
        self._insides = insides
        self._stopping = stopping
        self._name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._checked_s = time.monotonic()

    def step(self) -> None:
        """Do what waits; called by one thread again and again."""
        if time.monotonic() - self._checked_s > _CHECK_S:
            self._checked_s = time.monotonic()
            for inside in self._insides():
                self.ask_if_stale(inside)
                self._ask_daily(inside)
        for inside in self._insides():
            while not self._stopping.is_set():
                job = inside.breaker.call(
                    inside.space.jobs.claim, self._name, kinds=list(TASKS), stale_s=_STALE_S
                )
                if job is None:
                    break
                self._do(inside, job)

    def ask_if_stale(self, inside: Inside) -> str | None:
        """Ask for a fit where one is due, once among all processes.

        Args:
            inside: The workspace.

        Returns:
            The job's id, if one was asked for.
        """
        if not inside.settings.refresh.automatic or not inside.breaker.closed:
            return None
        made_s = max((info.made_s for info in inside.shelf.infos()), default=0.0)
        if inside.clock.now_s() - made_s < inside.settings.refresh.pause_s:
            return None
        why = stale(inside)
        if why is None:
            return None
        turn = int(inside.clock.now_s() // _AGAIN_S)  # what failed is tried again in an hour
        job_id = f"auto-{inside.serving.info.name}-{turn}"
        with suppress(ConflictError):
            inside.space.jobs.add("refresh", {"reason": why}, job_id=job_id)
            _LOG.info("%s: a fit is due: %s", inside.name, why)
            return job_id
        return None

    def _ask_daily(self, inside: Inside) -> None:
        """Erase once a day what is older than the policy allows."""
        day = int(inside.clock.now_s() // 86_400.0)
        with suppress(ConflictError):
            inside.space.jobs.add("retain", {}, job_id=f"retain-{day}")

    def _do(self, inside: Inside, job: Job) -> None:
        _LOG.info("%s: job %s (%s) begins", inside.name, job.job_id, job.kind)
        try:
            result = TASKS[job.kind](inside, job, self._teller(inside, job))
            self._end(inside, job, status="done", result=result, message="done")
        except CancelledWorkError:
            if self._stopping.is_set():
                self._end(inside, job, status="queued", message="waits for another process")
            else:
                self._end(inside, job, status="cancelled", message="cancelled")
        except ForetasteError as error:
            _LOG.warning("%s: job %s failed: %s", inside.name, job.job_id, error)
            self._end(inside, job, status="failed", error=str(error))
        except Exception as error:
            _LOG.exception("%s: job %s failed", inside.name, job.job_id)
            self._end(inside, job, status="failed", error=f"{type(error).__name__}: {error}")
            raise
        finally:
            _LOG.info("%s: job %s ended", inside.name, job.job_id)

    def _end(self, inside: Inside, job: Job, **values: Any) -> None:
        """Say how it ended, as soon as the database hears it."""
        while True:
            try:
                inside.space.jobs.update(job.job_id, worker=self._name, **values)
            except ConflictError:  # cancelled, or given to somebody else
                return
            except OutsideError:
                if self._stopping.wait(_BEAT_S):
                    return
            else:
                return

    def _teller(self, inside: Inside, job: Job) -> Callable[[str, float], bool]:
        last: dict[str, Any] = {"said": None, "beat_s": 0.0}

        def tell(what: str, share: float) -> bool:
            if self._stopping.is_set():
                return False
            now_s = time.monotonic()
            if now_s - last["beat_s"] < _BEAT_S:
                return True
            last["beat_s"] = now_s
            try:
                if last["said"] != (what, share):
                    last["said"] = (what, share)
                    inside.space.jobs.update(
                        job.job_id, worker=self._name, progress=share, message=what
                    )
                return inside.space.jobs.heartbeat(job.job_id, self._name)
            except ConflictError:
                return False
            except OutsideError:
                return True  # the database is gone; the work itself needs it only at the end

        return tell
