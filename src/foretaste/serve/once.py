"""Requests that are sent twice and should count once, where the thing itself has no name."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Header

from foretaste.serve.problems import Fault

__all__ = ["IdempotencyKey", "Once"]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Names this request: sent twice, it counts once.",
    ),
]


class Once:
    """Remembers what requests with a name were answered with.

    Feedback needs none of this: its names are kept in the log itself, for good and for every
    process. Here the memory is that of one process, and the oldest answers go first.

    Args:
        size: Answers remembered.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._known: OrderedDict[tuple[str, ...], tuple[Any, asyncio.Future[Any]]] = OrderedDict()

    async def do(
        self, name: tuple[str, ...] | None, asked: Any, make: Callable[[], Awaitable[Any]]
    ) -> tuple[Any, bool]:
        """Do something, unless it was done under that name.

        Args:
            name: Whose request, for what, under which key; ``None`` has no name.
            asked: What is asked for: another question under the same name is refused.
            make: Does it.

        Returns:
            What came of it, and whether that was remembered.

        Raises:
            Fault: 409 if the name stood for something else.
        """
        if name is None:
            return await make(), False
        known = self._known.get(name)
        if known is not None:
            if known[0] != asked:
                raise Fault(409, "This Idempotency-Key stood for another request.")
            return await asyncio.shield(known[1]), True
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._known[name] = (asked, future)
        if len(self._known) > self._size:
            self._known.popitem(last=False)
        try:
            found = await make()
        except BaseException as error:
            # A failure is not remembered: the next try may succeed.
            self._known.pop(name, None)
            future.set_exception(error if isinstance(error, Exception) else Fault(503, "Ended."))
            future.exception()
            raise
        future.set_result(found)
        return found, False
