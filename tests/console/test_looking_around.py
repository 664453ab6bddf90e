"""Looking around in the console is no showing: reports count what people saw, not operators."""

from __future__ import annotations

import time

from foretaste.core import Query

from .conftest import Running


def test_pages_write_down_no_impressions(running: Running) -> None:
    workspace = running.service.workspace()
    client = running.visitor()

    def kept() -> int:
        return workspace.stats().impressions

    def one_more(count: int) -> int:
        """Show one list for real; what was queued before it is written before it."""
        workspace.recommend(Query("ann", n=3))
        until_s = time.monotonic() + 20
        while kept() == count and time.monotonic() < until_s:
            time.sleep(0.05)
        return kept()

    start = one_more(kept())
    paths = ("", "?user=ann", "people?id=ann", "items?list=popular", "items?list=trending",
             "items?list=latest", "items?id=alien-1979")  # fmt: skip
    for path in paths:
        assert client.get(f"/console/{path}").status_code == 200
    assert one_more(start) == start + 1
