# ruff: noqa: D102 - the name of a test is its sentence
"""What the tables of items and people promise, whichever database they lie in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from itertools import count
from typing import Any

import numpy as np

from foretaste.core.errors import InputError, LimitError, UnknownIdError
from foretaste.store import ItemRecord, PersonRecord, Space, Store
from foretaste.store.text import is_utf8
from foretaste.testing.stores.conformance import strange_names
from foretaste.testing.stores.trying import refused

__all__ = ["CatalogueConformance"]

_NUMBERS = count(1)


class CatalogueConformance(ABC):
    """The suite of items and people; each test works in new workspaces of the store it is given."""

    @abstractmethod
    def make(self) -> Store:
        """An open store; the same one each time will do."""

    def space(self) -> Space:
        """A workspace that nobody has used.

        Returns:
            Its space.
        """
        return self.make().space(f"catalogue {next(_NUMBERS)}")

    def tables(self) -> list[tuple[Any, Any]]:
        """Both tables, with what makes a record of each.

        Returns:
            Tables of new workspaces, and functions of id and attributes.
        """
        return [(self.space().items, ItemRecord), (self.space().people, PersonRecord)]

    def test_the_same_again_changes_nothing(self) -> None:
        for table, record in self.tables():
            first = table.put([record("a", {"x": 1, "y": [1, {"z": None}]}), record("b")])
            assert (first.new, first.changed, first.revision) == (2, 0, 1)
            again = table.put([record("a", {"y": (1, {"z": None}), "x": 1}), record("b")])
            assert (again.new, again.changed, again.revision) == (0, 0, 1)
            other = table.put([record("a", {"x": 2}), record("b"), record("c")])
            assert (other.new, other.changed, other.revision) == (1, 1, 2)
            assert table.put([]).revision == 2
            assert {name: one.revision for name, one in table.many("cba").items()} == {
                "c": 2, "b": 1, "a": 2,
            }  # fmt: skip

    def test_one_is_not_true(self) -> None:
        for table, record in self.tables():
            table.put([record("a", {"x": 1})])
            for value in (True, 1.0, "1", None):
                assert table.put([record("a", {"x": value})]).changed == 1, value
                got = table.get("a").attributes["x"]
                assert got == value and type(got) is type(value)

    def test_of_two_with_one_id_the_last_counts(self) -> None:
        for table, record in self.tables():
            assert table.put([record("a", {"x": 1}), record("a", {"x": 2})]).new == 1
            assert table.get("a").attributes == {"x": 2}

    def test_whoever_polls_sees_that_something_changed(self) -> None:
        space = self.space()
        space.items.put([ItemRecord("a")])
        assert (space.revision().items, space.revision().people) == (1, 0)
        space.people.put([PersonRecord("a")])
        space.people.put([PersonRecord("a")])
        assert (space.revision().items, space.revision().people) == (1, 1)

    def test_one_that_cannot_be_kept_keeps_all_out(self) -> None:
        for table, record in self.tables():
            bad = [record("good"), record("bad", {"x": float("nan")})]
            assert refused(InputError, table.put, bad)
            assert table.count() == 0 and table.changed_since(0) == ([], 0)

    def test_a_patch_changes_what_it_names(self) -> None:
        for table, record in self.tables():
            table.put([record("a", {"x": 1, "y": 2, "z": None})])
            after = table.patch("a", {"y": None, "w": [1]})
            assert after.attributes == {"x": 1, "z": None, "w": [1]} and after.revision == 2
            assert table.get("a") == after
            assert table.patch("a", {"x": 1, "nothing": None}) == after, "no change, no revision"
            assert refused(UnknownIdError, table.patch, "b", {"x": 1})
            assert refused(InputError, table.patch, "a", {"x": float("inf")})
            assert refused(LimitError, table.patch, "a", {"x": "x" * 70_000})
            assert table.get("a") == after

    def test_an_item_is_hidden_and_shown_again(self) -> None:
        items: Any = self.space().items
        items.put([ItemRecord("a", {"x": 1})])
        assert items.patch("a", {}, hidden=True).hidden
        assert items.put([ItemRecord("a", {"x": 1})]).changed == 1
        assert not items.get("a").hidden

    def test_what_is_deleted_leaves_a_marker_for_followers_alone(self) -> None:
        for table, record in self.tables():
            table.put([record("a", {"secret": 1}), record("b")])
            assert table.delete("a") and not table.delete("a") and not table.delete("z")
            assert table.get("a") is None and table.many(["a", "b"]).keys() == {"b"}
            assert table.count() == 1 and [_id(one) for one in table.page().items] == ["b"]
            assert table.page(search="a").items == [] and len(table.frame()) == 1
            (marker,), revision = table.changed_since(1)
            assert (_id(marker), marker.deleted, marker.attributes, revision) == ("a", True, {}, 2)
            assert refused(UnknownIdError, table.patch, "a", {})
            assert table.put([record("a", {"x": 1})]).new == 1
            (back,), _ = table.changed_since(2)
            assert not back.deleted and back.attributes == {"x": 1}

    def test_followers_get_what_they_have_not_seen_in_order(self) -> None:
        for table, record in self.tables():
            assert table.changed_since(0) == ([], 0)
            table.put([record("b"), record("a")])
            table.put([record("c")])
            table.put([record("b", {"x": 1})])
            found, revision = table.changed_since(0)
            assert [_id(one) for one in found] == ["a", "c", "b"] and revision == 3
            assert [_id(one) for one in table.changed_since(2)[0]] == ["b"]
            assert table.changed_since(3) == ([], 3)
            assert len(table.changed_since(99)[0]) == 3, "the store was restored meanwhile"

    def test_pages_hold_everything_once_while_rows_come_and_go(self) -> None:
        for table, record in self.tables():
            names = [f"m{number:03d}" for number in range(25)]
            table.put([record(name) for name in reversed(names)])
            seen, cursor, pages = [], None, 0
            while pages == 0 or cursor is not None:
                page = table.page(4, cursor)
                seen += [_id(one) for one in page.items]
                cursor, pages = page.cursor, pages + 1
                table.put([record(f"a{pages}"), record(f"z{pages}")])
                assert pages < 20 and len(page.items) <= 4
            assert [name for name in seen if name.startswith("m")] == names
            assert len(seen) == len(set(seen))
            assert not any(name.startswith("a") for name in seen), "before the place, so not seen"

    def test_ids_may_hold_any_character(self) -> None:
        names = [name for name in strange_names() if is_utf8(name) and "\x00" not in name]
        names = [name for name in names if len(name) <= 1_000] + ["x" * 1_000]
        for table, record in self.tables():
            table.put([record(name, {"me": name, name: 1}) for name in names])
            assert table.count() == len(names)
            for name in names:
                assert table.get(name).attributes["me"] == name
            paged, cursor = [], None
            while True:
                page = table.page(3, cursor)
                paged += [_id(one) for one in page.items]
                if (cursor := page.cursor) is None:
                    break
            assert sorted(paged) == sorted(names)
            assert set(table.frame()[table._id].to_list()) == set(names)
            assert all(table.delete(name) for name in names)

    def test_what_is_no_id_is_refused(self) -> None:
        for table, record in self.tables():
            for bad in ("", "a\x00b", "\ud800", None, 7, b"a", ["a"]):
                assert refused(InputError, table.put, [record(bad)]), bad
            assert refused(LimitError, table.put, [record("x" * 1_001)])
            assert table.get("a\x00b") is None and not table.delete("\ud800")

    def test_attributes_are_what_json_can_hold(self) -> None:
        good: Mapping[str, Any] = {
            "text": "naïve 東京 🎬 \u0000 '\"\\", "big": 2**63, "small": -(2**63), "sum": 0.1 + 0.2,
            "deep": {"list": [1, [2.5, {"x": None}]], "": False}, "a b/c'": "", "tiny": 5e-324,
        }  # fmt: skip
        bad: list[Any] = [
            {"x": float("nan")}, {"x": {"y": [float("-inf")]}}, {"x": 2**64}, {"x": -(2**63) - 1},
            {"x": b"bytes"}, {1: "x"}, {"x": {2: 3}}, {"x": "\ud800"}, {"\udfff": 1},
            {"x": object()}, {"x": np.array([1.0, np.nan])}, ["no mapping"], "text", None,
            {"x": _nested(100)},
        ]  # fmt: skip
        for table, record in self.tables():
            table.put([record("a", good), record("n", {"x": np.arange(3), "y": np.float64(1.5)})])
            assert table.get("a").attributes == good
            assert table.get("n").attributes == {"x": [0, 1, 2], "y": 1.5}
            for attributes in bad:
                assert refused(InputError, table.put, [record("b", attributes)]), attributes
            table.put([record("large", {"x": "x" * (65_536 - 8)})])
            assert refused(LimitError, table.put, [record("larger", {"x": "x" * (65_536 - 7)})])
            assert refused(LimitError, table.put, [record("larger", {"x": "é" * 40_000})])

    def test_search_finds_words_as_they_are(self) -> None:
        rows = {
            "p%q": {"t": "100% sure"}, "p_q": {"t": "snake_case"}, "pxq": {"t": "Snake case"},
            "quote": {"t": 'she said "no"', "n": ["C:\\temp", {"deep": "Übermut"}]},
            "year": {"t": "x", "year": 1995, "flag": True}, "東京": {"t": "物語 Tokyo"},
            "line": {"t": "one\ntwo"},
        }  # fmt: skip
        found = {
            "%": {"p%q"}, "_": {"p_q"}, "p_q": {"p_q"}, "SNAKE": {"p_q", "pxq"},
            'said "no': {"quote"}, "\\temp": {"quote"}, "\\": {"quote"}, "übermut": {"quote"},
            "ÜBERMUT": {"quote"}, "1995": {"year"}, "true": set(), "flag": set(), "物語": {"東京"},
            "京": {"東京"}, "one\ntwo": {"line"}, "%' OR 1=1 --": set(), "'": set(), "xyz": set(),
            "": set(rows), "YEAR": {"year"}, '"': {"quote"},
        }  # fmt: skip
        for table, record in self.tables():
            table.put([record(name, attributes) for name, attributes in rows.items()])
            for words, names in found.items():
                assert {_id(one) for one in table.page(search=words).items} == names, repr(words)

    def test_search_goes_on_from_page_to_page(self) -> None:
        for table, record in self.tables():
            table.put([record(f"i{n:04d}", {"t": "odd" if n % 2 else "even"}) for n in range(1200)])
            first = table.page(550, search="odd")
            rest = table.page(550, first.cursor, search="odd")
            assert (len(first.items), len(rest.items), rest.cursor) == (550, 50, None)
            assert _id(rest.items[0]) == "i1101"

    def test_a_cursor_that_is_none_of_ours_is_refused(self) -> None:
        for table, _ in self.tables():
            for bad in ("x", "é", "bnVsbA", "W10", "WzFd", "W251bGxd", "{}", "a" * 5_000, "\x00"):
                assert refused(InputError, table.page, 10, bad), bad
            for n in (0, -1, True, 1.5, "1"):
                assert refused(InputError, table.page, n), n
            assert refused(LimitError, table.page, 10_001)

    def test_one_workspace_knows_nothing_of_another(self) -> None:
        for (mine, record), (theirs, _) in zip(self.tables(), self.tables(), strict=True):
            mine.put([record("a", {"x": "mine"})])
            theirs.put([record("a", {"x": "theirs"})])
            assert mine.get("a").attributes == {"x": "mine"}
            assert theirs.page(search="mine").items == []
            assert mine.delete("a")
            assert theirs.get("a").attributes == {"x": "theirs"} and theirs.count() == 1
            assert theirs.frame().height == 1 and len(theirs.changed_since(0)[0]) == 1

    def test_a_table_for_fitting_has_a_column_for_each_attribute(self) -> None:
        import polars as pl

        items = self.space().items
        assert items.frame().columns == ["item_id"] and items.frame().height == 0
        items.put([
            ItemRecord("a", {"year": 1, "score": 1, "tags": ["x", "y"], "mixed": 1, "o": {"k": 1},
                             "flag": True, "hidden": "no column twice"}),
            ItemRecord("b", {"score": 2.5, "tags": "z", "mixed": "m", "none": None}, hidden=True),
        ])  # fmt: skip
        frame = items.frame()
        assert dict(frame.schema) == {
            "item_id": pl.String, "hidden": pl.Boolean, "year": pl.Int64, "score": pl.Float64,
            "tags": pl.List(pl.String), "mixed": pl.String, "o": pl.String, "flag": pl.Boolean,
            "none": pl.Boolean,
        }  # fmt: skip
        assert frame.row(1) == ("b", True, None, 2.5, ["z"], "m", None, None, None)
        assert frame.row(0)[4:7] == (["x", "y"], "1", '{"k":1}')

    def test_who_is_erased_leaves_no_trace(self) -> None:
        space = self.space()
        space.people.put([PersonRecord("ann", {"x": 1}), PersonRecord("bob")])
        space.people.put([PersonRecord("eve")])
        space.people.delete("eve")
        before = space.revision()
        assert space.people.erase("ann") and space.people.erase("eve")
        assert not space.people.erase("ann")
        assert [one.user_id for one in space.people.changed_since(0)[0]] == ["bob"]
        after = space.revision()
        assert after.people == before.people + 2 and after.events == before.events + 2


def _id(record: Any) -> str:
    return str(getattr(record, "item_id", None) or record.user_id)


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value
