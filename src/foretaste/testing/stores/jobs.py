# ruff: noqa: D102 - the name of a test is its sentence
"""What the table of jobs promises, whichever database it lies in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import count
from typing import Any

from foretaste.core.errors import ConflictError, InputError, UnknownIdError
from foretaste.store import Space, Store
from foretaste.testing.stores.trying import at_once, refused

__all__ = ["JobConformance"]

_NUMBERS = count(1)


class JobConformance(ABC):
    """The suite of background work; the store's clock is a ``FixedClock``."""

    @abstractmethod
    def make(self) -> Store:
        """An open store; the same one each time will do."""

    def office(self) -> Space:
        """A workspace that nobody has used.

        Returns:
            Its space.
        """
        return self.make().space(f"jobs {next(_NUMBERS)}")

    def advance(self, seconds_s: float) -> None:
        """Let time pass.

        Args:
            seconds_s: How much.
        """
        clock: Any = self.make().clock
        clock.advance(seconds_s)

    def test_one_worker_gets_a_job(self) -> None:
        space = self.office()
        made = {space.jobs.add("refresh", {"n": number}).job_id for number in range(5)}
        taken = [job for job in at_once(lambda n: space.jobs.claim(f"w{n}")) if job]
        taken += iter(lambda: space.jobs.claim("more"), None)
        assert len(taken) == 5 and {job.job_id for job in taken} == made
        assert self.office().jobs.claim("w") is None

    def test_jobs_are_taken_oldest_first_and_by_kind(self) -> None:
        jobs = self.office().jobs
        names = []
        for kind in ("b", "a", "b"):
            names.append(jobs.add(kind).job_id)
            self.advance(1)
        assert jobs.claim("w", kinds=["b"]).job_id == names[0]  # type: ignore[union-attr]
        assert jobs.claim("w", kinds=[]) is None
        assert jobs.claim("w").job_id == names[1]  # type: ignore[union-attr]

    def test_a_job_runs_to_its_end(self) -> None:
        jobs = self.office().jobs
        job = jobs.add("fit", {"x": [1]}, job_id="j/1")
        assert job == jobs.get("j/1") and job.status == "queued"
        assert refused(ConflictError, jobs.add, "fit", job_id="j/1")
        assert refused(ConflictError, jobs.update, "j/1", worker="w", progress=0.5), "nobody has it"
        running: Any = jobs.claim("w")
        assert running == jobs.get("j/1") and running.arguments == {"x": [1]}
        half = jobs.update("j/1", worker="w", progress=0.5, message="half")
        assert (half.progress, half.message, half.status) == (0.5, "half", "running")
        assert refused(ConflictError, jobs.update, "j/1", worker="v", progress=0.9)
        for bad in (-0.1, 1.1, float("nan")):
            assert refused(InputError, jobs.update, "j/1", progress=bad)
        done = jobs.update("j/1", worker="w", status="done", result={"ndcg": 0.5})
        assert (done.progress, done.result, done.error) == (1.0, {"ndcg": 0.5}, None)
        assert done.ended_s == self.make().clock.now_s()
        assert refused(ConflictError, jobs.update, "j/1", status="failed"), "the end is the end"
        assert not jobs.heartbeat("j/1", "w") and jobs.cancel("j/1") == done
        assert refused(UnknownIdError, jobs.update, "none", progress=0.1)
        assert refused(InputError, jobs.update, "j/1", status="asleep")

    def test_a_cancelled_job_stops(self) -> None:
        jobs = self.office().jobs
        waiting, running = jobs.add("a"), jobs.add("b")
        assert jobs.cancel(waiting.job_id).status == "cancelled"
        assert jobs.claim("w").job_id == running.job_id  # type: ignore[union-attr]
        assert jobs.heartbeat(running.job_id, "w")
        assert jobs.cancel(running.job_id).status == "running", "its worker has to hear of it"
        assert not jobs.heartbeat(running.job_id, "w")
        assert jobs.update(running.job_id, worker="w", status="cancelled").status == "cancelled"
        assert refused(UnknownIdError, jobs.cancel, "none")

    def test_a_job_is_given_back(self) -> None:
        jobs = self.office().jobs
        name = jobs.add("a").job_id
        jobs.claim("w")
        back = jobs.update(name, worker="w", status="queued")
        assert (back.status, back.worker, back.started_s, back.error) == (
            "queued",
            None,
            None,
            None,
        )
        assert jobs.claim("v").worker == "v"  # type: ignore[union-attr]

    def test_a_silent_worker_loses_its_job_and_a_second_one_ends_it(self) -> None:
        jobs = self.office().jobs
        name = jobs.add("a").job_id
        jobs.claim("first", stale_s=60)
        self.advance(50)
        assert jobs.heartbeat(name, "first")
        self.advance(50)
        assert jobs.claim("second", stale_s=60) is None, "heard of 50 s ago"
        self.advance(11)
        again = jobs.claim("second", stale_s=60)
        assert again is not None and again.worker == "second"
        assert not jobs.heartbeat(name, "first")
        assert refused(ConflictError, jobs.update, name, worker="first", status="done")
        self.advance(61)
        assert jobs.claim("third", stale_s=60) is None
        failed = jobs.get(name)
        assert failed is not None and failed.status == "failed"
        assert "first" in str(failed.error) and "second" in str(failed.error)

    def test_jobs_are_listed_newest_first(self) -> None:
        space = self.office()
        names = []
        for number in range(9):
            names.append(space.jobs.add("a" if number % 2 else "b").job_id)
            self.advance(number % 3)  # some at the same moment
        first = space.jobs.page(5)
        rest = space.jobs.page(5, first.cursor)
        listed = [job.job_id for job in (*first.items, *rest.items)]
        assert sorted(listed) == sorted(names) and rest.cursor is None
        times = [job.created_s for job in (*first.items, *rest.items)]
        assert times == sorted(times, reverse=True)
        assert (
            len(space.jobs.page(kind="a").items) == 4 and space.jobs.page(status="done").items == []
        )
        assert refused(InputError, space.jobs.page, 5, "W10")
        assert self.office().jobs.page().items == []
