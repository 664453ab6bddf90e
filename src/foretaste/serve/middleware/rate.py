"""How often: one token bucket per key."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

__all__ = ["RateLimit"]


class RateLimit:
    """Token buckets, one for each name; the least recently used go when there are too many.

    A bucket holds ``burst`` tokens and gains ``rate_per_s`` a second; a request takes one.
    Forgetting a bucket can only be generous: a name that comes back finds a full one.

    Args:
        rate_per_s: Tokens a second; 0 lets everything through.
        burst: Tokens a full bucket holds.
        size: Buckets kept.
        now: Seconds that only go forward.
    """

    def __init__(
        self,
        rate_per_s: float,
        burst: int,
        size: int = 10_000,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self.rate_per_s = rate_per_s
        self.burst = burst
        self.size = size
        self.now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> int:
        """Take one token.

        Args:
            name: Whose bucket.

        Returns:
            0 when there was one, else the whole seconds until there is one.
        """
        if self.rate_per_s <= 0:
            return 0
        now = self.now()
        tokens, then = self._buckets.pop(name, (float(self.burst), now))
        tokens = min(self.burst, tokens + (now - then) * self.rate_per_s)
        wait_s = 0 if tokens >= 1 else max(1, math.ceil((1 - tokens) / self.rate_per_s))
        self._buckets[name] = (tokens - (wait_s == 0), now)
        if len(self._buckets) > self.size:
            self._buckets.popitem(last=False)
        return wait_s
