"""One request on its way: who asks, in which workspace, and where slow work is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Annotated, Any, ParamSpec, TypeVar

from fastapi import Depends, Request

from foretaste.app.service import Page, Principal, Service, Workspace
from foretaste.core.errors import BusyError, ForbiddenError, InputError
from foretaste.serve.once import Once
from foretaste.serve.problems import Fault, status_of
from foretaste.serve.watching.metrics import Metrics

__all__ = ["Call", "Caller", "Pool"]

P = ParamSpec("P")
T = TypeVar("T")


class Pool:
    """Threads for what would hold up the event loop, with a bounded queue before them.

    Args:
        threads: How many.
        waiting: How many calls may wait; more are told to come back.
    """

    def __init__(self, threads: int, waiting: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="serve")
        self._most = threads + waiting
        self.pending = 0

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something in a thread.

        Args:
            work: What.
            *args: Its arguments.
            **kwargs: Its named arguments.

        Returns:
            What it returned.

        Raises:
            BusyError: If too much waits already.
        """
        if self.pending >= self._most:
            raise BusyError("too many requests wait", expected=f"at most {self._most}")
        self.pending += 1
        job: Callable[[], T] = partial(copy_context().run, work, *args, **kwargs)
        future = self._executor.submit(job)
        # Counted until the work itself ends, not until the caller stops waiting for it.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _soon(loop, self._done))
        return await asyncio.wrap_future(future)

    def _done(self) -> None:
        self.pending -= 1

    def close(self) -> None:
        """Let running work end, and take no more."""
        self._executor.shutdown(wait=True, cancel_futures=True)


def _soon(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(work)


@dataclass(slots=True)
class Call:
    """What a route needs to know of the request it serves.

    Attributes:
        service: The service.
        principal: Who asks.
        pool: Where slow work is done.
        metrics: Where things are counted.
        request: The request itself.
        started: When it came, by the clock that measures durations.
        inline: Whether quick answers are made on the event loop itself.
        memory: What requests with a name were answered with.
    """

    service: Service
    principal: Principal
    pool: Pool
    metrics: Metrics
    request: Request
    started: float
    inline: bool
    memory: Once

    @property
    def workspace(self) -> Workspace:
        """The workspace that the key opens, and no other."""
        return self.service.workspace(self.principal.workspace)

    @property
    def workspace_name(self) -> str:
        """Name of the workspace."""
        return self.principal.workspace

    @property
    def key_id(self) -> str:
        """Name of the key."""
        return self.principal.key_id

    @property
    def actor(self) -> str:
        """Who the audit log says it was."""
        return self.principal.key_id

    def check_named(self, user_id: str | None) -> None:
        """Refuse a page's key that names a person.

        Such a key stands in pages for all to read. If it could ask for a named person's list,
        anybody could read in the reasons what that person did. A session's id cannot be guessed.

        Args:
            user_id: Who is named, if anybody.

        Raises:
            ForbiddenError: If a page's key names somebody.
        """
        if user_id is not None and self.principal.role == "page":
            raise ForbiddenError(
                "a page's key may not name people",
                expected="session_id",
                remedy="Join a session to the person with a writer's key, and name the session",
            )

    def took_ms(self) -> float:
        """Milliseconds since the request came.

        Returns:
            The time.
        """
        return (perf_counter() - self.started) * 1000.0

    async def page(
        self, read: Callable[..., Page[T]], cursor: str | None, *args: Any, **kwargs: Any
    ) -> Page[T]:
        """Read one page of a list.

        Args:
            read: Reads a page; takes ``cursor`` by name.
            cursor: Where it begins; ``None`` or nothing is the first page.
            *args: Other arguments.
            **kwargs: Other named arguments.

        Returns:
            The page.

        Raises:
            Fault: 404 if there is no page at that cursor.
        """
        try:
            return await self.pool.run(read, *args, cursor=cursor or None, **kwargs)
        except InputError as error:
            if not cursor:
                raise
            raise Fault(404, f"There is no page there: {error}", where="cursor") from None

    async def fitting(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something slow whose arguments are well-formed but may not fit what is there.

        Args:
            work: What.
            *args: Its arguments.
            **kwargs: Its named arguments.

        Returns:
            What it returned.

        Raises:
            Fault: 409 where it refuses them.
        """
        try:
            return await self.pool.run(work, *args, **kwargs)
        except InputError as error:
            if status_of(error) != 422:
                raise
            raise Fault(409, str(error)) from None

    async def once(
        self, key: str | None, asked: Any, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[T, dict[str, str]]:
        """Do something slow in a thread, once for each name of a request.

        Args:
            key: The request's name, if it has one.
            asked: What is asked for.
            work: What.
            *args: Its arguments.
            **kwargs: Its named arguments.

        Returns:
            What it returned, and headers that say whether that was remembered.
        """
        name = None if key is None else (self.key_id, self.request.url.path, key)
        found, known = await self.memory.do(
            name, asked, lambda: self.pool.run(work, *args, **kwargs)
        )
        return found, {"Idempotent-Replayed": "true"} if known else {}

    async def work(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something slow in a thread.

        Args:
            work: What.
            *args: Its arguments.
            **kwargs: Its named arguments.

        Returns:
            What it returned.
        """
        return await self.pool.run(work, *args, **kwargs)


async def _call(request: Request) -> Call:
    call: Any = request.scope["foretaste.call"]
    assert isinstance(call, Call)
    return call


Caller = Annotated[Call, Depends(_call)]
"""What routes take: the call, made by the guard before the body was read."""
