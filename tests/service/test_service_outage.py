"""The database goes and comes back: answers go on, nothing acknowledged is lost or doubled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from foretaste.app.service import Service, Workspace
from foretaste.core import Event, Query
from foretaste.core.errors import BusyError, StorageError, UnauthenticatedError
from foretaste.store.engine import Database


class Switch:
    """Makes every call to the database fail while it is off."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.on = True
        for name in ("rows", "read", "write", "held", "snapshot", "ping"):
            monkeypatch.setattr(Database, name, self._guarded(getattr(Database, name)))

    def _guarded(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if not self.on:
                raise StorageError("the database is gone")
            return method(*given, **named)

        return call


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Switch]:
    made = Switch(monkeypatch)
    yield made
    made.on = True


def ids(space: Workspace, user_id: str) -> list[str]:
    return [one.event.item_id for one in space.events(user_id=user_id).items]


def test_answers_go_on_and_events_wait_on_disk(
    service: Service, space: Workspace, switch: Switch, until: Callable[..., Any]
) -> None:
    key = service.access.first_key()
    assert key is not None and service.access.authenticate(key).role == "admin"
    space.record([Event("red-0", "like", user_id="x")])
    before = space.recommend(Query("x"))
    switch.on = False
    found = space.recommend(Query("x"))
    assert found.item_ids == before.item_ids
    assert any(one.startswith("degraded") for one in found.warnings)
    kept = space.record([Event("red-1", "like", user_id="x"), Event("blue-0", "like", user_id="n")])
    assert kept.spooled and kept.accepted == 2 and service._spool.pending() == 2
    after = space.recommend(Query("x"))
    assert "red-1" in found.item_ids and "red-1" not in after.item_ids
    assert "blue-0" not in space.recommend(Query("n")).item_ids
    health = service.health()
    assert health.live and health.ready and health.degraded
    assert service.access.authenticate(key).role == "admin"  # known a moment ago
    with pytest.raises((UnauthenticatedError, StorageError)):
        service.access.authenticate("ft_0123456789abcdef_" + "A" * 43)
    switch.on = True
    until(lambda: not service._spool.pending() and not service.health().degraded)
    assert ids(space, "x") == ["red-1", "red-0"] and ids(space, "n") == ["blue-0"]
    last = space.recommend(Query("x"))
    assert not last.warnings and "red-1" not in last.item_ids
    tail, whole = space._inside.follower.tail_of("x")
    assert whole and not tail.waiting and len(tail.kept) == 2


def test_what_was_sent_before_and_again_during_the_outage_counts_once(
    service: Service, space: Workspace, switch: Switch, until: Callable[..., Any]
) -> None:
    event = Event("red-1", "like", user_id="x", idempotency_key="mine")
    space.record([event])
    space.recommend(Query("x"))
    switch.on = False
    space.recommend(Query("x"))
    space.record([event])
    space.record([event])
    assert len(space._inside.follower.tail_of("x")[0].waiting) == 0
    switch.on = True
    until(lambda: not service._spool.pending())
    assert ids(space, "x") == ["red-1"]


def test_a_full_spool_refuses_and_says_when_to_come_back(
    settings_of: Callable[..., Any], switch: Switch
) -> None:
    with Service.open(settings_of(storage={"spool_bytes": 4096})) as service:
        space = service.workspace()
        switch.on = False
        acknowledged = 0
        with pytest.raises(BusyError) as refused:
            for number in range(1_000):
                space.record([Event(f"red-{number}", "view", user_id="x")])
                acknowledged += 1
        assert refused.value.retry_after_s > 0 and acknowledged > 3
        assert service._spool.pending() == acknowledged
        switch.on = True


def test_a_process_that_ends_during_the_outage_leaves_its_events_to_the_next(
    settings_of: Callable[..., Any], switch: Switch, until: Callable[..., Any]
) -> None:
    given = settings_of()
    service = Service.open(given)
    service.workspace()
    switch.on = False
    service.workspace().record([Event("red-1", "like", user_id="x")])
    service.close()
    switch.on = True
    with Service.open(given) as again:
        until(lambda: ids(again.workspace(), "x") == ["red-1"])
        assert (Path(given.home) / "spool").is_dir()


def test_impressions_wait_and_more_than_fit_are_counted(
    settings_of: Callable[..., Any], switch: Switch, until: Callable[..., Any]
) -> None:
    with Service.open(settings_of(storage={"impression_queue": 3})) as service:
        space = service.workspace()
        switch.on = False
        shown = [space.recommend(Query()).answer_id for _ in range(5)]
        assert any("impressions were dropped" in one for one in service.health().degraded)
        assert space._inside.showing.dropped == 2
        switch.on = True
        until(lambda: space._inside.space.impressions.count() == 3)
        assert space.answer_shown(shown[0]).answer_id == shown[0]


@pytest.mark.postgres
def test_a_real_server_stops_hangs_and_comes_back(
    postgres: Any, settings_of: Callable[..., Any], until: Callable[..., Any]
) -> None:
    given = settings_of(storage={"url": postgres.fresh()}, live={"drift_s": 0})
    with Service.open(given) as service:
        space = service.workspace()
        space.record([Event("red-0", "like", user_id="x")])
        for fail, mend in ((postgres.stop, postgres.start), (postgres.pause, postgres.resume)):
            before = space.recommend(Query("x")).item_ids
            fail()
            try:
                started_s = time.monotonic()
                found = space.recommend(Query("x"))
                waited_s = time.monotonic() - started_s
                assert found.item_ids == before
                assert any(one.startswith("degraded") for one in found.warnings)
                assert waited_s < 5.0  # statements may run for ten: nobody waited for one
                kept = space.record([Event("red-0", "view", user_id="x")])
                assert kept.spooled
            finally:
                mend()
            until(lambda: not service.health().degraded and service.store_ok)
        assert ids(space, "x") == ["red-0", "red-0", "red-0"]
        assert not space.recommend(Query("x")).warnings
