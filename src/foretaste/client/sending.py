"""How requests are sent: retries, waits, and errors made of problems."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import httpx

from foretaste.client.asks import Ask
from foretaste.client.records import Written
from foretaste.core.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    ForetasteError,
    InputError,
    LimitError,
    NetworkError,
    UnauthenticatedError,
    UnknownIdError,
)

__all__ = ["Policy", "error_of", "request_of", "summed"]

_KINDS: dict[int, type[ForetasteError]] = {
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: UnknownIdError,
    409: ConflictError,
    413: LimitError,
    414: LimitError,
    431: LimitError,
    429: BusyError,
    503: BusyError,
}
_LATER = (429, 502, 503, 504)


class Policy:
    """How often and after how long a request is sent again.

    Args:
        retries: How often at most.
        longest_wait_s: The longest pause that is waited for.
    """

    def __init__(self, retries: int, longest_wait_s: float) -> None:
        self.retries = retries
        self.longest_wait_s = longest_wait_s

    def pause_s(
        self, ask: Ask[Any], tried: int, found: httpx.Response | httpx.TransportError
    ) -> float | None:
        """How long to wait before the next try.

        Args:
            ask: What was asked.
            tried: How often it was tried already.
            found: What came of it.

        Returns:
            Seconds; ``None`` to give up.
        """
        if tried > self.retries:
            return None
        # Full jitter: many callers that were refused together do not come back together.
        own_s = random.uniform(0, min(self.longest_wait_s, 0.1 * 2**tried))
        if isinstance(found, httpx.Response):
            if found.status_code not in _LATER:
                return None
            told = found.headers.get("retry-after", "")
            wait_s = float(told) if told.isdigit() else 0.0
            return None if wait_s > self.longest_wait_s else wait_s + own_s
        # Where no connection came about nothing was asked; else only what may come twice.
        if ask.again or isinstance(found, httpx.ConnectError | httpx.ConnectTimeout):
            return own_s
        return None


def request_of(ask: Ask[Any]) -> dict[str, Any]:
    """What httpx is given.

    Args:
        ask: The request.

    Returns:
        Named arguments of ``request``.
    """
    found: dict[str, Any] = {
        "method": ask.method,
        "url": ask.path,
        "params": {name: value for name, value in ask.params.items() if value is not None},
        "headers": dict(ask.headers),
    }
    if ask.json is not None:
        found["json"] = ask.json
    elif ask.method in ("POST", "PUT", "PATCH"):
        found["json"] = {}
    return found


def error_of(found: httpx.Response | httpx.TransportError, where: str) -> ForetasteError:
    """The error that a reply stands for; the same tree as inside the library.

    Args:
        found: A reply that is no success, or no reply.
        where: Address of the service.

    Returns:
        The error.
    """
    if isinstance(found, httpx.TransportError):
        return NetworkError(
            f"the service does not answer: {found or type(found).__name__}",
            where=where,
            remedy="Is it running, and is the address right?",
        )
    try:
        problem = found.json()
        detail = str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        detail = f"status {found.status_code}"
    status = found.status_code
    kind = _KINDS.get(status, InputError if status < 500 else NetworkError)
    error = kind(detail.rstrip("."))
    if isinstance(error, BusyError):
        told = found.headers.get("retry-after", "")
        error.retry_after_s = float(told) if told.isdigit() else 1.0
    return error


def summed(found: Sequence[Written]) -> Written:
    """What became of records that went in several requests.

    Args:
        found: What became of each.

    Returns:
        All of it.
    """
    return Written(
        sum(one.new for one in found),
        sum(one.changed for one in found),
        max((one.revision for one in found), default=0),
    )
