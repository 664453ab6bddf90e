"""How often something happens: counts of the last minute."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

__all__ = ["Rates"]

_WINDOW_S = 60


class Rates:
    """Counts by second, of the last minute, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds: dict[str, dict[int, int]] = defaultdict(dict)
        self._started_s = time.monotonic()

    def count(self, name: str, many: int = 1) -> None:
        """Count something.

        Args:
            name: What.
            many: How often.
        """
        if not many:
            return
        now = int(time.monotonic())
        with self._lock:
            seconds = self._seconds[name]
            seconds[now] = seconds.get(now, 0) + many
            if len(seconds) > 2 * _WINDOW_S:
                for old in [one for one in seconds if one < now - _WINDOW_S]:
                    del seconds[old]

    def per_second(self) -> dict[str, float]:
        """How often things happened.

        Returns:
            Mean count a second over the last minute (or since the start), by name.
        """
        now_s = time.monotonic()
        span_s = max(min(_WINDOW_S, now_s - self._started_s), 1.0)
        first = int(now_s) - _WINDOW_S
        with self._lock:
            return {
                name: sum(many for second, many in seconds.items() if second > first) / span_s
                for name, seconds in self._seconds.items()
            }
