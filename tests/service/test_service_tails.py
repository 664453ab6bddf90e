"""The small memories: bounded, and true whatever happens at the same moment."""

from __future__ import annotations

import threading

import pytest

from foretaste.app.service.live.remembered import Remembered
from foretaste.app.service.log.asking import Asking
from foretaste.app.service.log.breaker import Breaker
from foretaste.app.service.log.controls import STRUCK, is_mark, mark, pseudonym
from foretaste.app.service.log.tails import NO_TAIL, Tails
from foretaste.core import Event
from foretaste.core.errors import BusyError, InputError, StorageError
from foretaste.store import KeptEvent


def kept(position: int, user_id: str = "x", item_id: str = "i") -> KeptEvent:
    return KeptEvent(position, Event(item_id, "like", time_s=float(position), user_id=user_id), 0.0)


def positions(tails: Tails, user_id: str = "x") -> list[int] | None:
    found = tails.get(user_id)
    return None if found is None else [one.position for one in found.kept]


def test_while_everything_fits_who_is_not_here_did_nothing() -> None:
    tails = Tails(2, 10**6)
    tails.restart(True)
    tails.add([kept(1, "a"), kept(2, "b")])
    assert tails.get("c") is NO_TAIL
    tails.add([kept(3, "c")])  # pushes out a
    assert len(tails) == 2 and tails.get("a") is None and tails.get("never") is None
    assert positions(tails, "c") == [3]


def test_bytes_are_bounded_too() -> None:
    tails = Tails(10**6, 50_000)
    tails.restart(True)
    for number in range(200):
        tails.add([kept(number + 1, f"p{number}")])
        assert tails.size_bytes <= 50_000
    assert 0 < len(tails) < 200
    for user_id in tails.people():
        tails.drop(user_id, gone=True)
    assert tails.size_bytes == 0


def test_what_comes_in_while_a_tail_is_read_is_not_lost() -> None:
    tails = Tails(10, 10**6)
    tails.restart(False)
    tails.begin("x")
    read = [kept(1), kept(2)]  # from the log, a moment ago
    tails.add([kept(2), kept(3)])  # read on by somebody else meanwhile
    assert [one.position for one in tails.finish("x", read).kept] == [1, 2, 3]
    assert positions(tails) == [1, 2, 3]


def test_what_was_read_before_the_log_changed_is_not_remembered() -> None:
    tails = Tails(10, 10**6)
    tails.restart(False)
    tails.begin("x")
    tails.drop("x")  # the log changed behind us
    tails.finish("x", [kept(1)])
    assert tails.get("x") is None
    tails.restart(True)
    tails.add([kept(1)])
    tails.drop("x")
    tails.add([kept(5)])  # not all of it: this alone would be a lie
    assert tails.get("x") is None and tails.get("other") is NO_TAIL
    tails.begin("x")
    tails.finish("x", [kept(4), kept(5)])
    assert positions(tails) == [4, 5]


def test_events_of_the_spool_count_once() -> None:
    tails = Tails(10, 10**6)
    tails.restart(True)
    first, second = kept(1).event, kept(2).event
    tails.wait("x", [first, second, first])
    found = tails.get("x")
    assert found is not None and found.waiting == (first, second)
    tails.add([kept(1)])  # moved on by another process, and read from the log
    found = tails.get("x")
    assert found is not None and found.waiting == (second,) and len(found.kept) == 1
    tails.moved_on([second])
    assert tails.get("x").waiting == ()  # type: ignore[union-attr]


def test_a_newer_bundle_has_read_further() -> None:
    tails = Tails(10, 10**6)
    tails.restart(True)
    tails.add([kept(1, "a"), kept(2, "b"), kept(3, "b")])
    tails.cut(2)
    assert positions(tails, "b") == [3] and tails.get("a") is NO_TAIL
    assert len(tails) == 1


def test_remembered_values_are_bounded_and_read_again() -> None:
    asked: list[str] = []

    def read(name: str) -> str | None:
        asked.append(name)
        return name.upper() if name != "none" else None

    memory: Remembered[str] = Remembered(2, read)
    assert [memory.get("a"), memory.get("a"), memory.get("none"), memory.get("none")] == [
        "A", "A", None, None,
    ]  # fmt: skip
    assert asked == ["a", "none"]
    memory.get("b")
    assert len(memory) == 2 and memory.get("a") == "A" and asked == ["a", "none", "b", "a"]
    memory.fill({"k": "kept"})
    assert memory.get("k") == "kept" and memory.get("unsaid") is None and len(asked) == 4
    memory.drop("unsaid")
    assert memory.get("unsaid") == "UNSAID"  # this one alone is asked for
    assert memory.get("other") is None


def test_a_value_that_changed_while_it_was_read_is_not_kept() -> None:
    memory: Remembered[int]

    def read(name: str) -> int:
        memory.put(name, 2)
        return 1

    memory = Remembered(5, read)
    memory.get("x")
    assert memory.get("x") == 2


def test_the_breaker_lets_nobody_wait_twice() -> None:
    there = [False]
    calls: list[int] = []

    def probe() -> None:
        if not there[0]:
            raise StorageError("gone")

    def fails() -> None:
        calls.append(1)
        raise StorageError("gone")

    breaker = Breaker(probe, 0.0)
    for _ in range(3):
        with pytest.raises(StorageError):
            breaker.call(fails)
    assert calls == [1] and not breaker.closed and not breaker.heal()
    there[0] = True
    assert breaker.heal() and breaker.closed and breaker.call(lambda: 5) == 5
    for error in (BusyError("full"), InputError("wrong")):

        def raises(error: Exception = error) -> None:
            raise error

        with pytest.raises(type(error)):
            breaker.call(raises)
        assert breaker.closed  # the database is there; that was something else


def test_who_asks_gets_a_round_that_began_later_and_waits_no_longer_than_it_may() -> None:
    rounds: list[int] = []
    gate = threading.Event()
    gate.set()
    tired: list[Exception] = []

    def work() -> bool:
        gate.wait()
        rounds.append(1)
        return True

    asking = Asking(work, 0.05, tired.append)
    assert asking.ask() and len(rounds) == 1
    assert asking.ask() and len(rounds) == 2
    gate.clear()
    assert not asking.ask() and len(tired) == 1
    gate.set()
    asking.close()


def test_pseudonyms_tell_nothing_without_the_salt() -> None:
    assert pseudonym("salt", "ann") == pseudonym("salt", "ann") != pseudonym("other", "ann")
    assert "ann" not in pseudonym("salt", "ann")
    first, second = (mark(STRUCK, "x", 1.0) for _ in range(2))
    assert is_mark(first) and first.key != second.key
