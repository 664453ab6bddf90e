"""The spool: what it took is given to the log, once it can be, whoever is alive by then."""

import errno
import os
import threading

import pytest

from foretaste.core import Event
from foretaste.core.errors import BusyError, InputError, StorageError
from foretaste.store import Spool, open_store
from foretaste.testing.stores.conformance import strange_names


def likes(user_id, *item_ids):
    return [Event(item_id, "like", user_id=user_id) for item_id in item_ids]


class Kept(list):
    """A log that remembers what it was given, and fails when told to."""

    def __init__(self, fail_at=None, error=None):
        super().__init__()
        self.fail_at, self.error = fail_at, error or StorageError("gone")

    def __call__(self, workspace, events):
        if len(self) == self.fail_at:
            raise self.error
        self.append((workspace, events))

    @property
    def ids(self):
        return [event.item_id for _, events in self for event in events]


@pytest.fixture
def spool(tmp_path):
    made = Spool(tmp_path / "spool")
    yield made
    made.close()


def files(spool, ending):
    return sorted(spool.folder.glob(f"*{ending}"))


def test_what_was_put_is_given_in_order_and_then_gone(spool):
    full = Event("a", "rate", 0.1 + 0.2, 5.5, "ann", "ü", {"x": [1]}, "answer", "key")
    spool.put("one", [full, Event("b", user_id="ann")])
    spool.put("two", likes("bob", "c"))
    assert spool.pending() == 3 and spool.size_bytes() > 0
    kept = Kept()
    assert spool.drain(kept) == 3
    assert kept == [("one", [full, Event("b", user_id="ann")]), ("two", likes("bob", "c"))]
    assert spool.pending() == 0 == spool.size_bytes() == spool.drain(kept)


def test_any_character_survives(spool):
    events = [Event(name, name, user_id=name, words=name) for name in strange_names()]
    for name in strange_names():
        spool.put(name, events)
    kept = Kept()
    spool.drain(kept)
    assert kept == [(name, events) for name in strange_names()]


def test_nothing_to_keep_makes_no_file(spool):
    spool.put("one", [])
    assert list(spool.folder.iterdir()) == []


def test_what_the_log_would_refuse_is_refused_here(spool):
    with pytest.raises(InputError):
        spool.put("one", [Event("a"), Event("b", value=float("nan"))])
    assert spool.pending() == 0


def test_a_full_spool_refuses_and_takes_again_after_draining(tmp_path):
    spool = Spool(tmp_path, max_bytes=1000)
    taken = 0
    with pytest.raises(BusyError) as refused:
        for number in range(100):
            spool.put("one", likes("ann", f"i{number}"))
            taken += 1
    assert 0 < taken < 100 and spool.size_bytes() <= 1000
    assert refused.value.retry_after_s > 0
    other = Spool(tmp_path, max_bytes=1000)
    with pytest.raises(BusyError):
        other.put("one", likes("ann", "x"))
    kept = Kept()
    assert spool.drain(kept) == taken == len(kept.ids)
    other.put("one", likes("ann", "x"))
    other.close(), spool.close()


def test_several_files_keep_the_order(tmp_path):
    spool = Spool(tmp_path, file_bytes=200)
    sent = [f"i{number}" for number in range(20)]
    for name in sent:
        spool.put("one", likes("ann", name))
    assert len(files(spool, ".events")) > 3
    kept = Kept()
    spool.drain(kept)
    assert kept.ids == sent and files(spool, ".events") == []
    spool.close()


def test_a_torn_last_line_is_not_an_event(spool):
    spool.put("one", likes("ann", "a"))
    spool.put("one", likes("ann", "b"))
    (path,) = files(spool, ".events")
    whole = path.read_bytes()
    start = whole.index(b"\n") + 1
    for end in range(start, len(whole)):
        path.write_bytes(whole[:end])
        kept, again = Kept(), Spool(spool.folder)
        spool._held and os.close(spool._held)
        spool._held = None
        assert again.pending() == 1
        assert again.drain(kept) == 1 and kept.ids == ["a"]
        assert files(again, ".rejected") == []
        again.close()


def test_a_damaged_line_is_set_aside_and_said(spool, caplog):
    for name in "abc":
        spool.put("one", likes("ann", name))
    (path,) = files(spool, ".events")
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = lines[1].replace(b'"b"', b'"x"')
    path.write_bytes(lines[0] + damaged + lines[2])
    kept = Kept()
    assert spool.drain(kept) == 2 and kept.ids == ["a", "c"]
    (aside,) = files(spool, ".rejected")
    assert aside.read_bytes() == damaged and "damaged" in caplog.text


def test_events_that_the_log_refuses_do_not_block_the_others(spool, caplog):
    for name in "abc":
        spool.put("one", likes("ann", name))

    def keep(workspace, events):
        if events[0].item_id == "b":
            raise InputError("no such thing")

    assert spool.drain(keep) == 2
    (aside,) = files(spool, ".rejected")
    assert b'"b"' in aside.read_bytes() and "no such thing" in caplog.text
    assert spool.pending() == 0


def test_when_the_database_goes_again_nothing_is_lost(spool):
    for name in "abcd":
        spool.put("one", likes("ann", name))
    kept = Kept(fail_at=2)
    with pytest.raises(StorageError):
        spool.drain(kept)
    assert kept.ids == ["a", "b"] and spool.pending() == 4
    spool.put("one", likes("ann", "e"))
    kept.fail_at = None
    assert spool.drain(kept) == 3 and kept.ids == list("abcde")


def test_events_that_come_while_draining_wait_for_the_next(spool):
    spool.put("one", likes("ann", "a"))

    def keep(workspace, events):
        if events[0].item_id == "a":
            spool.put("one", likes("ann", "b"))

    assert spool.drain(keep) == 1 == spool.pending()
    kept = Kept()
    assert spool.drain(kept) == 1 and kept.ids == ["b"]


def test_files_of_the_living_are_left_to_them(tmp_path):
    one, other, kept = Spool(tmp_path), Spool(tmp_path), Kept()
    one.put("one", likes("ann", "a"))
    assert other.pending() == 1 and other.drain(kept) == 0
    assert one.drain(kept) == 1 and kept.ids == ["a"]
    one.put("one", likes("ann", "b"))
    one.close()
    assert other.drain(kept) == 1 and kept.ids == ["a", "b"]
    other.close()
    assert list(tmp_path.iterdir()) == []


def test_the_dead_are_taken_over_by_one_alone(tmp_path):
    for number in range(10):
        dead = Spool(tmp_path)
        dead.put("one", likes("ann", f"i{number}"))
        dead.close()
    kept, spools = Kept(), [Spool(tmp_path) for _ in range(4)]
    start = threading.Barrier(4)
    counts = []

    def drain(spool):
        start.wait(10)
        counts.append(spool.drain(kept))

    threads = [threading.Thread(target=drain, args=(spool,)) for spool in spools]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(counts) == 10 and sorted(kept.ids) == sorted(f"i{number}" for number in range(10))
    for spool in spools:
        spool.close()
    assert list(tmp_path.iterdir()) == []


def test_a_taker_that_fails_leaves_the_rest_to_the_next(tmp_path):
    dead, taker, next_taker = Spool(tmp_path), Spool(tmp_path), Spool(tmp_path)
    dead.put("one", likes("ann", "a"))
    dead.put("one", likes("ann", "b"))
    dead.close()
    with pytest.raises(StorageError):
        taker.drain(Kept(fail_at=1))
    kept = Kept()
    assert next_taker.drain(kept) == 2, "again from the start: the log knows a by its key"
    assert kept.ids == ["a", "b"]


def test_a_failing_disk_is_said_and_leaves_no_torn_line(spool, monkeypatch):
    spool.put("one", likes("ann", "a"))
    real = os.fsync

    def full(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="full"):
        spool.put("one", likes("ann", "lost"))
    monkeypatch.setattr(os, "fsync", real)
    spool.put("one", likes("ann", "b"))
    kept = Kept()
    assert spool.drain(kept) == 2 and kept.ids == ["a", "b"]


def test_it_is_on_the_disk_before_it_is_acknowledged(spool, monkeypatch):
    """Each put ends in an fsync of the file that holds it; a new file's name is synced too."""
    real, synced = os.fsync, []

    def noting(file):
        real(file)
        synced.append((os.readlink(f"/proc/self/fd/{file}"), os.fstat(file).st_size))

    monkeypatch.setattr(os, "fsync", noting)
    spool.put("one", likes("ann", "a"))
    (path,) = files(spool, ".events")
    assert {str(path.parent), str(path)} == {name for name, _ in synced}
    assert synced[-1] == (str(path), path.stat().st_size)
    spool.put("one", likes("ann", "b"))
    assert synced[-1] == (str(path), path.stat().st_size) and len(synced) == 3


def test_drained_twice_is_kept_once(tmp_path):
    """A crash between keeping and deleting delivers again; keys make it once."""
    spool = Spool(tmp_path / "spool")
    events = [*likes("ann", "a", "b"), Event("a", "buy", user_id="ann", idempotency_key="k")]
    spool.put("default", events)
    (path,) = files(spool, ".events")
    copy = path.read_bytes()
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:

        def keep(workspace, events):
            store.space(workspace).events.append(events)

        assert spool.drain(keep) == 3
        path.write_bytes(copy)
        assert spool.drain(keep) == 3
        assert list(store.space("default").events.read()) == events
    spool.close()


def test_a_lock_file_that_was_deleted_meanwhile_is_no_lock(spool, monkeypatch):
    import fcntl

    usual, deleted = fcntl.flock, []

    def flock(file, how):
        if not deleted:  # another process took the new file for a dead one's, and deleted it
            deleted.append(files(spool, ".lock")[0])
            deleted[0].unlink()
        usual(file, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    spool.put("one", likes("ann", "a"))
    other, kept = Spool(spool.folder), Kept()
    assert other.drain(kept) == 0 and deleted  # it lives, and is left alone
    spool.put("one", likes("ann", "b"))
    assert spool.drain(kept) == 2 and kept.ids == ["a", "b"]
    other.close()


def test_a_name_that_somebody_looks_at_is_left_to_them(spool):
    from foretaste.store.spool.files import lock

    held = lock(spool._lock_path(spool._owner))
    spool.put("one", likes("ann", "a"))
    os.close(held)
    kept = Kept()
    assert spool.drain(kept) == 1 and kept.ids == ["a"]
