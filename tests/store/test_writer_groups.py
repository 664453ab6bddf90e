"""The writer: joins appends, counts exactly, pushes back, loses nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from foretaste.core import Event, Impression
from foretaste.core.errors import BusyError, InputError, StorageError
from foretaste.store import StoreSettings, open_store
from foretaste.store.writer import GroupWriter


def likes(user_id, numbers):
    return [Event(f"i{number}", "like", user_id=user_id) for number in numbers]


class Gate:
    """Holds the writer at the start of its first transaction, and counts transactions."""

    def __init__(self, monkeypatch):
        self.groups = []
        self.reached, self.opened = threading.Event(), threading.Event()
        real = GroupWriter._attempt

        def attempt(writer, group, began):
            self.groups.append(len(group))
            self.reached.set()
            assert self.opened.wait(20)
            return real(writer, group, began)

        monkeypatch.setattr(GroupWriter, "_attempt", attempt)


@pytest.fixture
def gate(monkeypatch):
    made = Gate(monkeypatch)
    yield made
    made.opened.set()


def test_many_at_once_are_counted_exactly(space):
    """Twelve callers send overlapping batches: each event is new for exactly one of them."""
    batches = [[(7 * caller + step) % 60 for step in range(25)] for caller in range(12)]
    with ThreadPoolExecutor(12) as pool:
        kept = list(
            pool.map(lambda batch: space.events.append_counted(likes("ann", batch)), batches)
        )
    distinct = {number for batch in batches for number in batch}
    assert sum(one.new for one in kept) == len(distinct) == space.events.count()
    assert all(one.new + one.duplicates == 25 for one in kept)
    log = space.events.tail(0)
    for batch, one in zip(batches, kept, strict=True):
        seen = {item.event.item_id for item in log if item.position <= one.position}
        assert seen >= {f"i{number}" for number in batch}, "read up to there, and all is seen"


def test_what_waits_is_written_together(space, gate):
    first = space.events.submit(likes("ann", [0]))
    assert gate.reached.wait(20)
    rest = [space.events.submit(likes("ann", [number, number + 1])) for number in range(1, 40, 2)]
    gate.opened.set()
    wait([first, *rest], timeout=20)
    assert gate.groups == [1, 20]
    assert [future.result().new for future in rest] == [2] * 20


def test_a_group_is_no_larger_than_it_may_be(store_url, gate):
    with open_store(store_url, StoreSettings(group_rows=10)) as store:
        events = store.space().events
        first = events.submit(likes("ann", [0]))
        assert gate.reached.wait(20)
        rest = [events.submit(likes("bob", range(n, n + 4))) for n in range(0, 24, 4)]
        gate.opened.set()
        wait([first, *rest], timeout=20)
        assert gate.groups == [1, 2, 2, 2]


def test_too_much_is_refused_and_the_rest_is_kept(store_url, gate):
    with open_store(store_url, StoreSettings(queue_rows=30)) as store:
        events = store.space().events
        taken = [events.submit(likes("ann", range(10)))]
        assert gate.reached.wait(20)
        taken += [events.submit(likes(f"u{n}", range(10))) for n in range(2)]
        with pytest.raises(BusyError) as refused:
            events.submit(likes("bob", [1]))
        assert 0.1 <= refused.value.retry_after_s <= 30
        with pytest.raises(BusyError):
            store.space().impressions.submit([Impression("a", None, (), (), 1.0)])
        gate.opened.set()
        assert sum(future.result(20).new for future in taken) == 30
        assert events.append(likes("bob", [1])) == 1
        assert store.writer.waiting == 0


def test_a_long_list_goes_in_pieces_that_fit(store_url):
    with open_store(store_url, StoreSettings(queue_rows=1_000)) as store:
        events = store.space().events
        assert events.append(iter(likes("ann", range(2_500))), durable=False) == 2_500
        assert [kept.event.item_id for kept in events.tail(0)] == [f"i{n}" for n in range(2_500)]


def test_what_nobody_waits_for_is_gathered(store_url, monkeypatch, gate):
    gate.opened.set()
    with open_store(store_url, StoreSettings(linger_ms=300.0)) as store:
        shown = store.space().impressions
        futures = [
            shown.submit([Impression(f"a{n}", "ann", ("x",), (1.0,), 1.0)]) for n in range(30)
        ]
        assert sum(future.result(20).new for future in futures) == 30
        assert gate.groups == [30]


def test_nobody_waits_for_the_gathering(store_url, gate):
    gate.opened.set()
    with open_store(store_url, StoreSettings(linger_ms=60_000.0)) as store:
        shown = store.space().impressions.submit([Impression("a", "ann", (), (), 1.0)])
        assert store.space().events.append(likes("ann", [1])) == 1, "did not linger"
        assert shown.result(20).new == 1 and gate.groups == [2]


def test_closing_writes_what_waits(store_url):
    store = open_store(store_url, StoreSettings(linger_ms=60_000.0))
    space = store.space()
    future = space.impressions.submit([Impression("a", "ann", (), (), 1.0)])
    store.close()
    assert future.result(0).new == 1
    with pytest.raises(StorageError, match="closed"):
        space.events.append(likes("ann", [1]))
    with open_store(store_url) as again:
        assert again.space().impressions.count() == 1


def test_changes_keep_their_place_among_appends(space, gate):
    """Erasing somebody takes what was queued before with it."""
    first = space.events.submit(likes("ann", [0]))
    assert gate.reached.wait(20)
    second = space.events.submit(likes("ann", [1]))
    with ThreadPoolExecutor(1) as pool:
        erasing = pool.submit(space.events.erase, "ann")
        while space.store.writer._queue and len(space.store.writer._queue) < 2:
            pass
        third = space.events.submit(likes("ann", [2]))
        gate.opened.set()
        assert erasing.result(20) == 2
    wait([first, second, third], timeout=20)
    assert [event.item_id for event in space.events.read()] == ["i2"]


def test_only_who_is_to_blame_is_refused(space, monkeypatch):
    real = GroupWriter._keep

    def keep(writer, group):
        if any(row[2] == "bad" for write in group for row in write.rows):
            raise InputError("a value cannot be kept")
        return real(writer, group)

    monkeypatch.setattr(GroupWriter, "_keep", keep)
    gate = Gate(monkeypatch)
    first = space.events.submit(likes("ann", [0]))
    assert gate.reached.wait(20)
    bad = space.events.submit([Event("bad", user_id="ann")])
    good = space.events.submit(likes("ann", [1]))
    gate.opened.set()
    assert first.result(20).new == good.result(20).new == 1
    with pytest.raises(InputError):
        bad.result(20)


def test_a_failing_change_changes_nothing_and_harms_nobody(space):
    space.events.append(likes("ann", [1]))

    def work(connection):
        connection.exec_driver_sql("DELETE FROM events")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        space.store.writer.run(work)
    assert space.events.count() == 1 == space.events.append(likes("ann", [2]))


def test_two_processes_worth_of_writers_share_one_log(store_url):
    """Readers who follow by position miss nothing while two stores append at once."""
    with open_store(store_url) as one, open_store(store_url) as other:
        spaces = [one.space(), other.space()]
        done = threading.Event()
        seen: list[int] = []

        def follow():
            last = 0
            while True:
                finished = done.is_set()
                found = spaces[0].events.tail(last)
                seen.extend(kept.position for kept in found)
                last = seen[-1] if seen else 0
                if finished and not found:
                    return

        def append(number):
            for step in range(25):
                spaces[number % 2].events.append(likes(f"u{number}", [step]), durable=False)

        with ThreadPoolExecutor(7) as pool:
            following = pool.submit(follow)
            wait([pool.submit(append, number) for number in range(6)], timeout=60)
            done.set()
            following.result(20)
        assert seen == sorted(set(seen)) and len(seen) == 150
