"""The writer: joins appends, counts exactly, pushes back, loses nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from foretaste.core import Event, Impression
from foretaste.core.errors import BusyError, InputError, StorageError
from foretaste.store import StoreSettings, open_store
from foretaste.store.engine import Database
from foretaste.store.events.rows import event_row
from foretaste.store.writer import GroupWriter, Inserter, lock_log


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


def test_when_the_database_is_gone_everybody_who_waits_hears_it(space, monkeypatch, gate):
    real = GroupWriter._attempt
    gone = [True]

    def attempt(writer, group, began):
        found = real(writer, group, began)
        if gone[0]:
            raise StorageError("gone")
        return found

    monkeypatch.setattr(GroupWriter, "_attempt", attempt)
    first = space.events.submit(likes("ann", [0]))
    assert gate.reached.wait(20)
    rest = [space.events.submit(likes("ann", range(n, n + 3))) for n in (1, 4, 7)]
    shown = space.impressions.submit([Impression("a", None, (), (), 1.0)])
    gate.opened.set()
    for future in (first, *rest, shown):
        with pytest.raises(StorageError, match="gone"):
            future.result(20)
    gone[0] = False
    assert space.events.append(likes("ann", range(1, 10))) == 9
    assert space.store.writer.waiting == 0


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


@pytest.mark.postgres
def test_positions_become_visible_in_order(postgres):
    """Whoever appends waits for whoever was given earlier positions."""
    url = postgres.fresh()
    with open_store(url) as one, open_store(url) as other, ThreadPoolExecutor(1) as pool:
        events, theirs = one.space().events, other.space().events
        with one.database.write() as connection:
            lock_log(one.database, connection, ["default"])
            events._inserter.insert(
                connection.connection.dbapi_connection, "default", [event_row(Event("a"), 0.0)]
            )
            appending = pool.submit(theirs.append, [Event("b")])
            blocked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while not one.database.rows(blocked)[0][0]:
                assert not appending.done(), "it should have waited"
            assert one.space("another").events.append([Event("c")]) == 1, "others need not wait"
            assert theirs.tail(0) == []
        assert appending.result(20) == 1
        assert [kept.event.item_id for kept in theirs.tail(0)] == ["a", "b"]


@pytest.mark.parametrize("durable", [True, False])
def test_what_is_asked_of_an_append_reaches_the_database(space, monkeypatch, durable):
    asked = "PRAGMA synchronous" if space.store.dialect == "sqlite" else "SHOW synchronous_commit"
    cursors = []
    real = Inserter.insert

    def insert(inserter, raw, workspace, rows):
        cursors.append(raw.execute(asked))
        return real(inserter, raw, workspace, rows)

    monkeypatch.setattr(Inserter, "insert", insert)
    space.events.append([Event("a")], durable=not durable)
    space.events.append([Event("b")], durable=durable)
    space.impressions.put([Impression("a", None, (), (), 1.0)], durable=durable)
    wanted = {True: {2, "on"}, False: {1, "off"}}[durable]
    assert [cursor.fetchone()[0] in wanted for cursor in cursors] == [False, True, True]


def test_durable_and_fast_together_are_durable(space, monkeypatch, gate):
    asked = []
    real = Database.held

    def held(database, *, durable):
        asked.append(durable)
        return real(database, durable=durable)

    monkeypatch.setattr(Database, "held", held)
    first = space.events.submit(likes("ann", [0]), durable=False)
    assert gate.reached.wait(20)
    rest = [space.events.submit(likes("ann", [n]), durable=n == 2) for n in (1, 2, 3)]
    gate.opened.set()
    wait([first, *rest], timeout=20)
    assert asked == [False, True]
