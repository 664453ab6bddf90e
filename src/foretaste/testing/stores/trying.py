"""What the suites of the store share: is it refused, and what if several do it at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from foretaste.core.errors import ForetasteError

__all__ = ["at_once", "refused"]


def refused(kind: type[ForetasteError], work: Any, *arguments: Any, **options: Any) -> bool:
    """Whether something is refused with an error of this kind.

    Args:
        kind: The kind of error.
        work: What to call.
        *arguments: With what.
        **options: With what.

    Returns:
        True if so.
    """
    try:
        work(*arguments, **options)
    except kind:
        return True
    return False


def at_once(work: Callable[[int], Any], times: int = 8) -> list[Any]:
    """Do the same in several threads.

    Args:
        work: What to do; given a number of its own.
        times: How many threads.

    Returns:
        What each gave.
    """
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(work, range(times)))
