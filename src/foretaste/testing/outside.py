# ruff: noqa: D102 - the name of a test is its sentence
"""What every event log and every executor promises."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod

from foretaste.core import Event, EventLog, Executor, Impression

__all__ = ["EventLogConformance", "ExecutorConformance"]


def _events() -> list[Event]:
    return [
        Event("heat", "like", time_s=1.0, user_id="ann"),
        Event("东京物语", "rate", value=4.5, time_s=2.0, user_id="bob", context={"device": "tv"}),
        Event("", "search", words="something 'slow'; -- ü", time_s=2.0, user_id="ann"),
        Event("heat", "like", time_s=3.0, user_id="ann", answer_id="a1"),
        Event("heat", "view"),
    ]


class EventLogConformance(ABC):
    """The suite of :class:`foretaste.core.EventLog`; every test starts with an empty log."""

    @abstractmethod
    def make(self) -> EventLog:
        """An empty log."""

    def test_what_was_kept_is_read_in_order(self) -> None:
        log = self.make()
        assert log.append(_events()) == 5
        assert list(log.read()) == _events()

    def test_the_same_event_twice_counts_once(self) -> None:
        log = self.make()
        assert log.append(_events()[:3]) == 3
        assert log.append(_events()) == 2
        assert log.append(_events() + _events()) == 0
        assert list(log.read()) == _events()

    def test_twice_in_one_call_counts_once(self) -> None:
        log = self.make()
        event = _events()[0]
        assert log.append([event, event]) == 1
        assert list(log.read()) == [event]

    def test_one_persons_events_can_be_read_alone(self) -> None:
        log = self.make()
        log.append(_events())
        assert [event.user_id for event in log.read("ann")] == ["ann"] * 3
        assert list(log.read("nobody")) == []

    def test_events_may_come_from_a_generator_and_may_be_none(self) -> None:
        log = self.make()
        assert log.append(iter(_events())) == 5
        assert log.append([]) == 0
        assert len(list(log.read())) == 5

    def test_reading_while_writing_is_safe(self) -> None:
        log = self.make()
        log.append(_events()[:2])
        for _, event in zip(log.read(), _events()[2:], strict=False):
            log.append([event])
        assert len(list(log.read())) == 4

    def test_an_empty_log_is_empty(self) -> None:
        assert list(self.make().read()) == []

    def test_what_was_shown_is_no_event(self) -> None:
        log = self.make()
        log.shown(Impression("a1", "ann", ("heat", "thief"), (0.5, 0.5), 1.0, {"age": (1.0, 2.0)}))
        log.shown(Impression("a2", None, (), (), 2.0))
        assert list(log.read()) == []


def _square(number: int) -> int:
    return number * number


def _fail_at_three(number: int) -> int:
    if number == 3:
        raise ZeroDivisionError("three")
    return number


class ExecutorConformance(ABC):
    """The suite of :class:`foretaste.core.Executor`; work is a plain function of a module."""

    @abstractmethod
    def make(self) -> Executor:
        """The executor under test."""

    def test_results_come_in_the_order_of_the_things(self) -> None:
        assert self.make().map(_square, range(200)) == [n * n for n in range(200)]

    def test_nothing_to_do_gives_nothing(self) -> None:
        assert self.make().map(_square, []) == []

    def test_things_may_come_from_a_generator(self) -> None:
        assert self.make().map(_square, (n for n in (3, 1, 2))) == [9, 1, 4]

    def test_a_failure_is_the_callers_to_see(self) -> None:
        failed = True
        with contextlib.suppress(ZeroDivisionError):
            self.make().map(_fail_at_three, range(6))
            failed = False
        assert failed, "the error of a worker was swallowed"

    def test_it_works_again_after_a_failure(self) -> None:
        executor = self.make()
        with contextlib.suppress(ZeroDivisionError):
            executor.map(_fail_at_three, range(6))
        assert executor.map(_square, [4]) == [16]
