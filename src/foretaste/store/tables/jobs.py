"""Long work in the background: asked for by anybody, done by exactly one worker."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from foretaste.core.errors import ConflictError, UnknownIdError
from foretaste.store.records import Job, Page
from foretaste.store.records.office import JobStatus
from foretaste.store.schema import jobs
from foretaste.store.tables._moving import change_of, silence_of
from foretaste.store.tables.base import (
    Bound,
    checked_id,
    checked_json,
    checked_n,
    insert_new,
    read_cursor,
    write_cursor,
)

__all__ = ["JobTable"]

_OPEN = ("queued", "running")
_COLUMNS = [jobs.c[field.name] for field in fields(Job)]


class JobTable(Bound):
    """Jobs of one workspace.

    A worker claims the oldest queued job and says from time to time that it lives. When it goes
    silent, the job is queued again, once: one that kills its worker does not kill them all.
    """

    def add(
        self, kind: str, arguments: Mapping[str, Any] | None = None, *, job_id: str | None = None
    ) -> Job:
        """Ask for work.

        Args:
            kind: What is to be done.
            arguments: With what.
            job_id: Its id; made when left out.

        Returns:
            The queued job.

        Raises:
            ConflictError: If there is a job with this id.
            InputError: If something in it cannot be kept.
            LimitError: If something in it is too large.
        """
        row = {
            "workspace": self.workspace,
            "job_id": checked_id(job_id or secrets.token_hex(8), "job id"),
            "kind": checked_id(kind, "kind of job"),
            "status": "queued",
            "arguments": checked_json(dict(arguments or {}), "job's arguments"),
            "message": "",
            "created_s": self.clock.now_s(),
        }
        with self.database.write() as connection:
            if not insert_new(connection, jobs, row):
                raise ConflictError("there is a job with this id already", where=row["job_id"])
        return Job(row["job_id"], kind, arguments=row["arguments"], created_s=row["created_s"])

    def get(self, job_id: str) -> Job | None:
        """One job.

        Args:
            job_id: Its id.

        Returns:
            The job, or ``None``.
        """
        with self.database.read() as connection:
            row = connection.execute(self._select().where(jobs.c.job_id == job_id)).first()
        return None if row is None else Job(**row._mapping)

    def page(
        self,
        n: int = 50,
        cursor: str | None = None,
        *,
        status: JobStatus | None = None,
        kind: str | None = None,
    ) -> Page[Job]:
        """Some of all jobs, newest first.

        Args:
            n: How many at most.
            cursor: Where to go on; what the page before gave.
            status: Only those that stand there.
            kind: Only those of this kind.

        Returns:
            The page.

        Raises:
            InputError: If the cursor is none of ours.
        """
        query = self._select().order_by(jobs.c.created_s.desc(), jobs.c.job_id.desc())
        query = query.limit(checked_n(n) + 1)
        if cursor is not None:
            created_s, name = read_cursor(cursor, float, str)
            older = jobs.c.created_s < created_s
            twin = sa.and_(jobs.c.created_s == created_s, jobs.c.job_id < name)
            query = query.where(sa.or_(older, twin))
        if status is not None:
            query = query.where(jobs.c.status == status)
        if kind is not None:
            query = query.where(jobs.c.kind == kind)
        with self.database.read() as connection:
            found = [Job(**row._mapping) for row in connection.execute(query)]
        last = found[n - 1] if len(found) > n else None
        return Page(found[:n], write_cursor(last.created_s, last.job_id) if last else None)

    def claim(
        self, worker: str, *, kinds: Collection[str] | None = None, stale_s: float = 60.0
    ) -> Job | None:
        """Take the oldest queued job: of all workers that ask, one gets it.

        Args:
            worker: Who asks; a name that no other worker has.
            kinds: Only jobs of these kinds; ``None`` for any.
            stale_s: After how much silence the worker of a running job is given up.

        Returns:
            The job, now running; ``None`` when there is nothing to do.

        Raises:
            InputError: If the worker has no name.
        """
        checked_id(worker, "worker name")
        self.requeue_stale(stale_s)
        wanted = [jobs.c.status == "queued"]
        if kinds is not None:
            wanted.append(jobs.c.kind.in_(list(kinds)))
        query = self._select().where(*wanted).order_by(jobs.c.created_s, jobs.c.job_id).limit(1)
        with self.database.read() as connection:  # asked often: nobody is locked out for nothing
            if connection.execute(query).first() is None:
                return None
        with self.database.write() as connection:
            row = connection.execute(query.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            times = dict.fromkeys(("started_s", "heartbeat_s"), self.clock.now_s())
            taken = {"status": "running", "worker": worker, "progress": 0.0, **times}
            connection.execute(self._update(row.job_id).values(taken))
        return Job(**(dict(row._mapping) | taken))

    def heartbeat(self, job_id: str, worker: str) -> bool:
        """Say that the worker lives, and ask whether to go on.

        Args:
            job_id: The job.
            worker: Who does it.

        Returns:
            False when it should stop: it was cancelled, has ended or is somebody else's by now.
        """
        statement = (
            self._update(job_id)
            .where(jobs.c.status == "running", jobs.c.worker == worker)
            .values(heartbeat_s=self.clock.now_s())
            .returning(jobs.c.cancel_asked)
        )
        with self.database.write(durable=False) as connection:
            asked = connection.execute(statement).scalar()
        return asked is not None and not asked

    def update(
        self,
        job_id: str,
        *,
        worker: str | None = None,
        progress: float | None = None,
        message: str | None = None,
        status: JobStatus | None = None,
        result: Mapping[str, Any] | None = None,
        error: str | None = None,
    ) -> Job:
        """Say how far a job is, how it ended, or that it goes back to the queue.

        Args:
            job_id: The job.
            worker: Who says so; only the one that has it is heard. ``None`` for the service.
            progress: How far it is, 0 to 1.
            message: What it is doing, in words.
            status: ``done``, ``failed`` or ``cancelled``, which is final; ``queued`` gives it back.
            result: What came out.
            error: Why it failed.

        Returns:
            The job afterwards.

        Raises:
            UnknownIdError: If there is none.
            ConflictError: If it has ended, or is another worker's by now.
            InputError: If something cannot be kept.
            LimitError: If the result is larger than 4 MB.
        """
        change = change_of(progress, message, status, result, error)
        now_s = self.clock.now_s()
        if status in ("done", "failed", "cancelled"):
            change |= {"ended_s": now_s, "error": change.get("error")}
            change |= {"progress": 1.0} if status == "done" else {}
        elif status == "queued":
            change |= {"worker": None, "started_s": None, "heartbeat_s": None, "progress": 0.0}
        elif worker is not None:
            change["heartbeat_s"] = now_s
        with self.database.write(durable=status is not None) as connection:
            before = self._held(connection, job_id)
            if before.status not in _OPEN:
                raise ConflictError("this job has ended", got=before.status, where=job_id)
            if worker is not None and (before.status != "running" or before.worker != worker):
                raise ConflictError(
                    "this job is not this worker's any more", where=job_id, got=before.worker
                )
            connection.execute(self._update(job_id).values(change or {"message": before.message}))
            return self._held(connection, job_id)

    def cancel(self, job_id: str) -> Job:
        """Stop a job: at once while it waits, by its next heartbeat while it runs.

        Args:
            job_id: The job.

        Returns:
            The job afterwards; one that has ended stays as it is.

        Raises:
            UnknownIdError: If there is none.
        """
        with self.database.write() as connection:
            before = self._held(connection, job_id)
            change: dict[str, Any] = {"cancel_asked": True}
            if before.status == "queued":
                change |= {"status": "cancelled", "ended_s": self.clock.now_s()}
            if before.status in _OPEN:
                connection.execute(self._update(job_id).values(change))
            return self._held(connection, job_id)

    def requeue_stale(self, stale_s: float) -> int:
        """Give up workers that have gone silent: their jobs are queued again, or have failed.

        Args:
            stale_s: After how much silence.

        Returns:
            How many jobs.
        """
        now_s = self.clock.now_s()
        stale = self._select().where(
            jobs.c.status == "running",
            sa.func.coalesce(jobs.c.heartbeat_s, 0.0) < now_s - stale_s,
        )
        with self.database.read() as connection:
            if connection.execute(stale.limit(1)).first() is None:
                return 0
        with self.database.write() as connection:
            more = stale.add_columns(jobs.c.cancel_asked).with_for_update(skip_locked=True)
            rows = connection.execute(more).all()
            for row in rows:
                connection.execute(self._update(row.job_id).values(silence_of(row, now_s)))
        return len(rows)

    def erase_before(self, ended_s: float) -> int:
        """Take away jobs that ended long ago.

        Args:
            ended_s: Those that ended before.

        Returns:
            How many there were.
        """
        mine = jobs.c.workspace == self.workspace
        with self.database.write() as connection:
            return connection.execute(
                sa.delete(jobs).where(mine, jobs.c.ended_s < ended_s)
            ).rowcount

    def _select(self) -> sa.Select[Any]:
        return sa.select(*_COLUMNS).where(jobs.c.workspace == self.workspace)

    def _update(self, job_id: str) -> sa.Update:
        mine = jobs.c.workspace == self.workspace
        return sa.update(jobs).where(mine, jobs.c.job_id == job_id)

    def _held(self, connection: sa.Connection, job_id: str) -> Job:
        query = self._select().where(jobs.c.job_id == job_id).with_for_update()
        row = connection.execute(query).first()
        if row is None:
            raise UnknownIdError(f"no job has the id {job_id!r}")
        return Job(**row._mapping)
