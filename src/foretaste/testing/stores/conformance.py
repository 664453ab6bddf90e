# ruff: noqa: D102 - the name of a test is its sentence
"""What every store promises, whichever database it lies in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from foretaste.core import Event, Impression
from foretaste.core.errors import InputError
from foretaste.store import Kept, KeptEvent, Space, Store
from foretaste.store.text import is_utf8, to_db

__all__ = ["StoreConformance", "strange_names"]

_NUMBERS = count(1)


def strange_names() -> tuple[str, ...]:
    """Ids that break careless code; all different.

    Returns:
        The ids.
    """
    return (
        "ann", "Ann", "ann ", " ann", "a\x00b", "a", "a\x1a0b", "a\x1ab", "\ud800", "\udfff\x00",
        "'; DROP TABLE events; --", '"', "%s", "?", ":name", "$1", "{}", "\\", "a/../b", "../../b",
        "東京", "\u202eabc", "e\u0301", "\u00e9", "🎬", "\n", "\t", "\x7f", "NULL", "null",
        "0", "00", "1e3", "x" * 3000,
    )  # fmt: skip


def _ids(found: Sequence[KeptEvent]) -> list[str]:
    return [kept.event.item_id for kept in found]


def _likes(user_id: str, *item_ids: str) -> list[Event]:
    return [Event(item_id, "like", user_id=user_id, time_s=1.0) for item_id in item_ids]


def _refused(work: Any, *arguments: Any, **options: Any) -> bool:
    try:
        work(*arguments, **options)
    except InputError:
        return True
    return False


class StoreConformance(ABC):
    """The suite of the log; each test works in a new workspace of the store it is given."""

    @abstractmethod
    def make(self) -> Store:
        """An open store; the same one each time will do."""

    def space(self) -> Space:
        """A workspace that nobody has used.

        Returns:
            Its space.
        """
        return self.make().space(f"conformance {next(_NUMBERS)}")

    def test_what_was_kept_says_how_many_and_up_to_where(self) -> None:
        events = self.space().events
        assert events.append_counted(_likes("ann", "a", "b")) == Kept(2, 0, events.position())
        again = events.append_counted(_likes("ann", "b", "c", "c"))
        assert again == Kept(1, 2, events.position())
        assert events.append_counted(_likes("ann", "a")) == Kept(0, 1, events.position())
        assert events.append_counted([]) == Kept(0, 0, events.position())
        assert events.count() == 3

    def test_numbers_are_exact(self) -> None:
        events = self.space().events
        numbers = (0.1 + 0.2, 1732173326.1234567, -0.0, 5e-324, 1.7976931348623157e308, 3.0)
        kept = [Event("i", "rate", value, time_s=value, user_id="ann") for value in numbers]
        events.append(kept)
        assert list(events.read()) == kept

    def test_four_is_four_point_nought(self) -> None:
        events = self.space().events
        assert events.append([Event("i", "rate", 4, user_id="ann")]) == 1
        assert events.append([Event("i", "rate", 4.0, user_id="ann")]) == 0

    def test_a_number_that_is_none_is_refused_and_nothing_is_kept(self) -> None:
        events = self.space().events
        for bad in (float("nan"), float("inf"), "4"):
            good = Event("i", user_id="ann")
            refused = _refused(events.append, [good, Event("j", "rate", bad)])  # type: ignore[arg-type]
            assert refused or bad == "4"
        assert _refused(events.append, [Event(7)])  # type: ignore[arg-type]

    def test_ids_hold_any_character(self) -> None:
        events, names = self.space().events, strange_names()
        sent = [
            Event(name, name, user_id=name, words=name, answer_id=name, context={name: [name]})
            for name in names
        ]
        assert events.append(sent) == len(names)
        assert list(events.read()) == sent
        for name, event in zip(names, sent, strict=True):
            assert [kept.event for kept in events.of(name)] == [event]
            assert [kept.event for kept in events.page(item_id=name, kind=name).items] == [event]
        assert events.frame()["user_id"].to_list() == [_frameable(name) for name in names]

    def test_a_given_key_is_one_persons_own(self) -> None:
        events = self.space().events
        first = Event("a", "buy", user_id="ann", idempotency_key="k")
        assert events.append([first, replace(first, item_id="b")]) == 1
        assert events.append([replace(first, user_id="bob")]) == 1
        assert [event.idempotency_key for event in events.read()] == ["k", "k"]

    def test_the_tail_is_what_came_after(self) -> None:
        events = self.space().events
        events.append(_likes("ann", "a", "b"))
        seen = events.position()
        assert events.tail(seen) == [] == events.catch_up(seen).events
        events.append(_likes("bob", "c", "d", "e"))
        assert _ids(events.tail(seen)) == ["c", "d", "e"] == _ids(events.catch_up(seen).events)
        first = events.tail(seen, limit=2)
        assert _ids(first) == ["c", "d"]
        assert _ids(events.tail(first[-1].position)) == ["e"]
        positions = [kept.position for kept in events.tail(0)]
        assert positions == sorted(set(positions)) and positions[-1] == events.position()

    def test_one_persons_past(self) -> None:
        events = self.space().events
        events.append(_likes("ann", "a") + _likes("bob", "b") + _likes("ann", "c", "d"))
        found = events.of("ann")
        assert _ids(found) == ["a", "c", "d"]
        assert _ids(events.of("ann", newest=2)) == ["c", "d"]
        assert _ids(events.of("ann", after=found[0].position)) == ["c", "d"]
        assert _ids(events.of("ann", until=found[1].position)) == ["a", "c"]
        assert [event.item_id for event in events.read("ann", after=found[0].position)] == [
            "c", "d",
        ]  # fmt: skip
        assert [event.item_id for event in events.read(until=found[1].position)] == ["a", "b", "c"]
        assert [event.item_id for event in events.read(limit=2)] == ["a", "b"]

    def test_pages_go_back_from_the_newest(self) -> None:
        events = self.space().events
        events.append(_likes("ann", *"abcde") + [Event("a", "view", user_id="bob")])
        page = events.page(n=4)
        assert _ids(page.items) == ["a", "e", "d", "c"]
        rest = events.page(n=4, cursor=page.cursor)
        assert _ids(rest.items) == ["b", "a"] and rest.cursor is None
        assert _ids(events.page(user_id="ann", item_id="c", kind="like").items) == ["c"]
        assert events.page(kind="like", user_id="bob").items == []
        assert events.page(n=6).cursor is None
        for bad in ("x", "-1", "1 OR 1=1", "９", "9" * 30):
            assert _refused(events.page, cursor=bad)

    def test_deleting_is_noticed_by_who_follows(self) -> None:
        space = self.space()
        events = space.events
        events.append([*_likes("ann", "a", "b"), Event("a", "view", user_id="ann")])
        before, seen = events.catch_up(0).removals, events.position()
        assert events.delete("ann", "nothing", "like") == 0
        assert events.catch_up(seen).removals == before
        assert events.delete("ann", "a", "like") == 1
        assert events.catch_up(seen).removals == before + 1 == space.revision().events
        assert events.delete("ann", "a") == 1
        assert _ids(events.of("ann")) == ["b"]

    def test_positions_are_never_given_twice(self) -> None:
        events = self.space().events
        last = events.append_counted(_likes("ann", "a", "b")).position
        assert events.erase("ann") == 2
        assert events.append_counted(_likes("bob", "c")).position > last

    def test_moved_events_arrive_at_the_end_once(self) -> None:
        events = self.space().events
        events.append(_likes("visit", "a", "b") + _likes("ann", "b", "c"))
        seen = events.position()
        assert events.move("visit", "ann") == 1, "ann had b already"
        assert _ids(events.tail(seen)) == ["a"]
        assert events.of("visit") == [] and sorted(_ids(events.of("ann"))) == ["a", "b", "c"]
        assert events.append(_likes("ann", "a", "b", "c")) == 0, "keys moved along"
        assert events.catch_up(0).removals == 1
        assert events.move("nobody", "ann") == 0 == events.move("ann", "ann")
        assert events.catch_up(0).removals == 1

    def test_erasing_one_leaves_the_others(self) -> None:
        events = self.space().events
        events.append(_likes("ann", "a") + _likes("bob", "b"))
        assert events.erase("ann") == 1 and events.erase("ann") == 0
        assert [event.user_id for event in events.read()] == ["bob"]

    def test_old_events_are_erased_by_their_time(self) -> None:
        events = self.space().events
        times = (None, 5.0, 20.0, 1e12)
        events.append([Event("a", "view", time_s=at, user_id="ann") for at in times])
        assert events.erase_before(10.0) == 1
        assert [event.time_s for event in events.read()] == [None, 20.0, 1e12]
        assert events.erase_before(1e11) == 2, "without a time, when it was kept counts"

    def test_workspaces_do_not_see_each_other(self) -> None:
        ours, theirs = self.space(), self.space()
        assert ours.events.append(_likes("ann", "a")) == 1
        assert theirs.events.append(_likes("ann", "a", "b")) == 2, "keys are a workspace's own"
        ours.impressions.put([Impression("x", "ann", ("a",), (1.0,), 1.0)])
        assert theirs.impressions.get("x") is None and theirs.impressions.count() == 0
        assert theirs.impressions.put([Impression("x", "ann", (), (), 1.0)]) == 1
        assert _ids(ours.events.tail(0)) == ["a"] and ours.events.count() == 1
        assert theirs.events.erase("ann") == 2 and theirs.impressions.erase("ann") == 1
        assert ours.events.count() == 1 == ours.impressions.count()
        assert ours.revision().events == 0 and theirs.revision().events == 1

    def test_the_log_as_a_table(self) -> None:
        events = self.space().events
        assert events.frame().is_empty()
        events.append([Event("a", "rate", 4.5, 2.0, "ann", "ü", {"tv": 1}, "x"), Event("b")])
        frame = events.frame()
        first = {
            "user_id": "ann", "item_id": "a", "kind": "rate", "value": 4.5, "time_s": 2.0,
            "words": "ü", "context": '{"tv":1}', "answer_id": "x",
        }  # fmt: skip
        positions = [kept.position for kept in events.tail(0)]
        assert frame.row(0, named=True) == first | {"position": positions[0]}
        assert frame["user_id"].to_list() == ["ann", None]
        assert events.frame(until=positions[0]).height == 1
        assert events.frame(until=0).columns == frame.columns

    def test_what_was_shown_comes_back_whole(self) -> None:
        shown = self.space().impressions
        full = Impression(
            "a1", "ann", ("x", "y"), (0.1 + 0.2, 1.0), 5.5, {"age": (1.0, 2.0)}, (True, False),
            "taste", "abc", {"test": "b"},
        )  # fmt: skip
        plain = Impression("\x00", None, (), (), 6.0)
        assert shown.put([full, plain]) == 2 and shown.put([full]) == 0
        assert shown.get("a1") == full and shown.get("\x00") == plain and shown.get("?") is None
        assert [kept.impression for kept in shown.page(n=5).items] == [plain, full]
        page = shown.page(n=1)
        assert shown.page(n=1, cursor=page.cursor).items[0].impression == full
        frame = shown.frame()
        assert frame["item_ids"].to_list() == [["x", "y"], []]
        assert frame["propensities"].to_list()[0] == [0.1 + 0.2, 1.0]
        assert frame["explored"].to_list() == [[True, False], []]
        assert frame["arms"].to_list() == ['{"test":"b"}', None]
        assert shown.frame(after_s=5.5).height == 1
        assert shown.move("ann", "bob") == 1 and shown.page(user_id="bob").items
        assert shown.erase_before(6.0) == 1 and shown.count() == 1


def _frameable(name: str) -> str:
    """Frames hold UTF-8, which has no lone surrogates: these stay as the database has them."""
    return name if is_utf8(name) else to_db(name)
