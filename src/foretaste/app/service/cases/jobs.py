"""Jobs and bundles: long work in the background, and which model answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from foretaste.app.service.cases.base import Cases
from foretaste.app.service.shelf.promoting import roll_back
from foretaste.app.service.values import BundleInfo
from foretaste.app.service.work.stale import stale
from foretaste.app.service.work.tasks import TASKS
from foretaste.core.errors import UnknownIdError, UnknownNameError
from foretaste.store import Job, Page

__all__ = ["JobCases"]


class JobCases(Cases):
    """Refreshing, measuring, exporting; the shelf of bundles and the way back."""

    def start_job(
        self, kind: str, arguments: Mapping[str, Any] | None = None, *, actor: str = ""
    ) -> Job:
        """Ask for long work; some process of the service does it in the background.

        Args:
            kind: ``refresh`` (fit on everything that happened, and let the result answer;
                argument ``quick``: with settings as they were chosen before), ``refit`` (fit
                again what could not forget exactly), ``evaluate`` (measure what answers;
                arguments ``protocols``, ``models``, ``metrics``, ``settings``), ``export``
                (``format``, ``folder``: a name), ``import`` (``folder``: a name), ``retain``
                (erase what the policy says).
            arguments: With what.
            actor: Who asks, for the audit log.

        Returns:
            The job, waiting.

        Raises:
            UnknownNameError: If there is no such kind.
        """
        inside = self._inside
        if kind not in TASKS:
            raise UnknownNameError("kind of job", kind, TASKS)
        job = inside.breaker.call(inside.space.jobs.add, kind, dict(arguments or {}))
        inside.note(actor, "job.start", job.job_id, kind=kind)
        return job

    def job(self, job_id: str) -> Job:
        """One job, as it stands.

        Args:
            job_id: Which.

        Returns:
            Its record.

        Raises:
            UnknownIdError: If there is none.
        """
        found = self._inside.breaker.call(self._inside.space.jobs.get, job_id)
        if found is None:
            raise UnknownIdError(f"no job has the id {job_id!r}")
        return found

    def jobs(self, n: int = 50, cursor: str | None = None) -> Page[Job]:
        """Jobs, newest first.

        Args:
            n: How many at most.
            cursor: Where the page before ended.

        Returns:
            A page.
        """
        return self._inside.breaker.call(self._inside.space.jobs.page, n, cursor)

    def cancel_job(self, job_id: str, *, actor: str = "") -> Job:
        """Stop a job: at once while it waits, within a second or two while it runs.

        Args:
            job_id: Which.
            actor: Who does so, for the audit log.

        Returns:
            It, as it stands.

        Raises:
            UnknownIdError: If there is none.
        """
        inside = self._inside
        found = inside.breaker.call(inside.space.jobs.cancel, job_id)
        inside.note(actor, "job.cancel", job_id)
        return found

    def bundles(self) -> list[BundleInfo]:
        """What is on the shelf, newest first.

        Returns:
            One entry a bundle; one of them is active.
        """
        return self._inside.breaker.call(self._inside.shelf.infos)

    def roll_back(self, to: str | None = None, *, actor: str = "") -> str:
        """Let an earlier bundle answer again, in every process.

        Args:
            to: Name of the bundle; ``None`` is the one before the active one.
            actor: Who does so, for the audit log.

        Returns:
            Name of the bundle that answers now.

        Raises:
            UnknownIdError: If there is none of that name.
            InputError: If there is none before.
        """
        inside = self._inside
        before = inside.serving.info.name
        name = inside.breaker.call(roll_back, inside, to)
        inside.note(actor, "bundle.roll_back", name, before=before)
        return name

    def stale(self) -> str | None:
        """Why a fit is due.

        Returns:
            In words; ``None`` when the newest bundle is fresh enough.
        """
        return self._inside.breaker.call(stale, self._inside)

    def quality(self) -> Mapping[str, Any] | None:
        """What the last measurement found.

        Returns:
            Result of the last ``evaluate`` job that ended well: ``digest``, ``models``,
            ``reports`` (one for each protocol), ``job_id``, ``ended_s``; ``None`` before the first.
        """
        inside = self._inside
        page = inside.breaker.call(inside.space.jobs.page, 1, None, status="done", kind="evaluate")
        if not page.items:
            return None
        job = page.items[0]
        return {**(job.result or {}), "job_id": job.job_id, "ended_s": job.ended_s}
