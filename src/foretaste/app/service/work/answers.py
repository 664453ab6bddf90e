"""Answers kept for requests that are sent twice, so that what they do is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from foretaste.core.errors import ConflictError, InputError, OutsideError

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["answered_once", "forget_answers"]

_PREFIX = "once:"
_KEEP_S = 86_400.0


def answered_once(
    inside: Inside, key: str, fingerprint: str, make: Callable[[], Mapping[str, Any]]
) -> tuple[Mapping[str, Any], bool]:
    """Do something once for a key; the same key again gives the same answer for a day.

    Args:
        inside: The workspace.
        key: What the sender calls this request.
        fingerprint: Of the request's content.
        make: Does it.

    Returns:
        The answer, and whether it was given before.

    Raises:
        ConflictError: If the key was used for a request of other content.
    """
    name = _PREFIX + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    found = None
    with suppress(OutsideError):
        found = inside.breaker.call(inside.space.facts.get, name)
    now_s = inside.clock.now_s()
    if found is not None and found["time_s"] > now_s - _KEEP_S:
        if found["fingerprint"] != fingerprint:
            raise ConflictError("this idempotency key was used for another request")
        return found["answer"], True
    answer = make()
    kept = {"fingerprint": fingerprint, "answer": dict(answer), "time_s": now_s}
    # Without the database, or with an answer too large to keep, what is sent twice is done twice;
    # events have keys of their own and are kept once all the same.
    with suppress(OutsideError, InputError):
        inside.breaker.call(inside.space.facts.put, name, kept, expected=found)
    return answer, False


def forget_answers(inside: Inside, *, before_s: float) -> int:
    """Erase answers that are too old, or all of them.

    Args:
        inside: The workspace.
        before_s: Those given before this time.

    Returns:
        How many.
    """
    gone = 0
    for name, kept in inside.breaker.call(inside.space.facts.all, _PREFIX).items():
        if kept["time_s"] < before_s:
            gone += inside.breaker.call(inside.space.facts.delete, name)
    return gone
