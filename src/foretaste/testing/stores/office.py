# ruff: noqa: D102 - the name of a test is its sentence
"""What the other tables promise: consent, sessions, experiments, facts, audit, keys."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from itertools import count
from typing import Any

from foretaste.core.errors import ConflictError, InputError, LimitError, UnknownIdError
from foretaste.store import (
    Arm,
    AuditEntry,
    Consent,
    Experiment,
    KeyRecord,
    Session,
    Space,
    Store,
    TokenRecord,
)
from foretaste.store.tables import AuditTable, WorkspaceTable
from foretaste.testing.stores.trying import at_once, refused

__all__ = ["OfficeConformance"]

_NUMBERS = count(1)


class OfficeConformance(ABC):
    """The suite of everything that runs a service; the store's clock is a ``FixedClock``."""

    @abstractmethod
    def make(self) -> Store:
        """An open store; the same one each time will do."""

    def office(self) -> Space:
        """A workspace that nobody has used.

        Returns:
            Its space.
        """
        return self.make().space(f"office {next(_NUMBERS)}")

    def advance(self, seconds_s: float) -> None:
        """Let time pass.

        Args:
            seconds_s: How much.
        """
        clock: Any = self.make().clock
        clock.advance(seconds_s)

    def test_consent_is_what_was_said_last(self) -> None:
        space, other = self.office(), self.office()
        assert space.consent.get("ann") == Consent("ann"), "the defaults, said at no time"
        said = space.consent.put(Consent("ann", train=False))
        assert said.updated_s == self.make().clock.now_s() and space.consent.get("ann") == said
        revision = space.revision().people
        self.advance(5)
        assert space.consent.put(Consent("ann", train=False)) == said
        assert space.revision().people == revision, "the same again is no change"
        space.consent.put(Consent("ann", record=False))
        assert space.revision().people == revision + 1
        assert space.consent.refusing("train") == set()
        assert (
            space.consent.refusing("record") == {"ann"} == space.consent.refusing("language_model")
        )
        assert other.consent.get("ann").record and other.consent.refusing("record") == set()
        assert space.consent.erase("ann") and not space.consent.erase("ann")
        assert space.consent.get("ann") == Consent("ann") and space.consent.page().items == []

    def test_consent_is_true_or_false(self) -> None:
        consent = self.office().consent
        none: Any = None
        one: Any = 1
        for bad in (Consent(""), Consent("a\x00"), Consent("a", none), Consent("a", train=one)):
            assert refused(InputError, consent.put, bad), bad
        assert refused(InputError, consent.refusing, "updated_s")
        for number in range(7):
            consent.put(Consent(f"u{number}", record=False))
        first = consent.page(5)
        assert [one.user_id for one in consent.page(5, first.cursor).items] == ["u5", "u6"]

    def test_a_session_joins_one_account(self) -> None:
        space, other = self.office(), self.office()
        one, two = space.sessions.start(), space.sessions.start()
        assert one.session_id != two.session_id and len(one.session_id) >= 30
        assert space.sessions.get(one.session_id) == one and one.user_id is None
        joined = space.sessions.join(one.session_id, "ann'; --")
        assert joined == replace(one, user_id="ann'; --") == space.sessions.get(one.session_id)
        assert space.sessions.join(one.session_id, "ann'; --") == joined
        assert refused(ConflictError, space.sessions.join, one.session_id, "bob")
        assert refused(UnknownIdError, space.sessions.join, "none", "bob")
        assert refused(UnknownIdError, other.sessions.join, one.session_id, "bob")
        assert refused(InputError, space.sessions.join, two.session_id, "")
        assert space.sessions.start(one.session_id) == joined, "it goes on as it is"
        assert space.sessions.of("ann'; --") == [joined] and other.sessions.of("ann'; --") == []
        assert other.sessions.erase("ann'; --") == 0 and space.sessions.erase("ann'; --") == 1
        self.advance(10)
        late = space.sessions.start("late")
        assert space.sessions.erase_before(late.started_s) == 1
        assert space.sessions.get("late") == Session("late", None, late.started_s)

    def test_experiments_are_kept_whole(self) -> None:
        space = self.office()
        one = Experiment("e'1", "ab", {"a": Arm(), "b": Arm(2.0, {"diversity": 0.5})}, horizon=100)
        kept = space.experiments.put(one)
        assert kept.created_s == self.make().clock.now_s()
        assert space.experiments.get("e'1") == kept and space.revision().facts == 1
        self.advance(1)
        assert space.experiments.put(one) == kept and space.revision().facts == 1
        running = space.experiments.put(replace(kept, status="running", started_s=1.0))
        assert space.experiments.all() == [running] and space.revision().facts == 2
        unknown: Any = "unknown"
        for bad in (
            replace(one, kind=unknown), replace(one, status=unknown), replace(one, name=""),
            replace(one, arms={"a": Arm(-1.0)}), replace(one, arms={"a": Arm(float("nan"))}),
            replace(one, arms={"a": Arm(1.0, {"x": float("inf")})}), replace(one, arms={"": Arm()}),
        ):  # fmt: skip
            assert refused(InputError, space.experiments.put, bad), bad
        assert self.office().experiments.get("e'1") is None
        assert space.experiments.delete("e'1") and not space.experiments.delete("e'1")
        assert space.revision().facts == 3 and space.experiments.all() == []

    def test_facts_change_only_from_what_was_expected(self) -> None:
        space = self.office()
        facts = space.facts
        assert facts.get("a") is None and facts.get("a", 7) == 7
        assert facts.put("a", {"x": [1, 2]}) == 1 and facts.put("a", {"x": (1, 2)}) == 1
        assert refused(ConflictError, facts.put, "a", 1, expected=None)
        assert refused(ConflictError, facts.put, "a", 1, expected={"x": [1]})
        assert refused(ConflictError, facts.put, "b", 1, expected={"x": 1})
        assert facts.put("a", False, expected={"x": [1, 2]}) == 2 and facts.get("a") is False
        assert refused(ConflictError, facts.put, "a", 1, expected=0), "false is not nought"
        assert facts.put("b", "%_", expected=None) == 3 == space.revision().facts
        for bad in (None, float("nan"), {1: 2}, b""):
            assert refused(InputError, facts.put, "c", bad), bad
        assert refused(LimitError, facts.put, "c", "x" * (4 * 2**20))
        facts.put("b2", [])
        facts.put("B", 0)
        assert facts.all() == {"B": 0, "a": False, "b": "%_", "b2": []}
        assert list(facts.all("b")) == ["b", "b2"] and facts.all("%") == {}
        assert facts.delete("b") and not facts.delete("b") and facts.get("b") is None
        assert self.office().facts.all() == {}

    def test_of_many_that_change_a_factat_once_none_is_lost(self) -> None:
        facts = self.office().facts
        facts.put("n", 0)

        def add(_: int) -> None:
            for _ in range(5):
                while True:
                    now = facts.get("n")
                    if not refused(ConflictError, facts.put, "n", now + 1, expected=now):
                        break

        at_once(add, 4)
        assert facts.get("n") == 20

    def test_the_audit_log_is_only_added_to(self) -> None:
        space = self.office()
        entries = [
            AuditEntry(float(n), f"k{n % 2}", "key.create", "s'\n", {"n": n}) for n in range(7)
        ]
        for entry in entries:
            space.audit.append(entry)
        first = space.audit.page(4)
        space.audit.append(entries[0])
        assert [*first.items, *space.audit.page(4, first.cursor).items] == entries[::-1]
        assert space.audit.count() == 8 and self.office().audit.page().items == []
        assert [one.actor for one in space.audit.page(actor="k1").items] == ["k1"] * 3
        assert space.audit.page(action="key").items == []
        assert refused(InputError, space.audit.append, AuditEntry(float("nan"), "a", "b"))
        assert refused(InputError, space.audit.append, AuditEntry(1.0, "a\x00", "b"))
        assert refused(LimitError, space.audit.append, AuditEntry(1.0, "a", "b", "x" * 2_001))
        public = {name for name in dir(AuditTable) if not name.startswith("_")}
        assert public <= {"append", "page", "count", "checked"}, "nothing that changes or deletes"

    def test_keys_are_found_and_withdrawn(self) -> None:
        store = self.make()
        here, there = (self.office().workspace for _ in "ab")
        key = KeyRecord(f"{here}/k", "Ann's key", here, "writer", "hash", 1.0)
        store.keys.add(key)
        assert refused(ConflictError, store.keys.add, replace(key, secret_hash="other"))
        assert store.keys.get(key.key_id) == key == store.keys.by_id(key.key_id)
        assert store.keys.get("none") is None and store.keys.all(there) == []
        assert store.keys.all(here) == [key] and key in store.keys.all()
        store.keys.touch(key.key_id)
        used_s = store.keys.get(key.key_id).last_used_s  # type: ignore[union-attr]
        assert used_s == store.clock.now_s()
        self.advance(30)
        store.keys.touch(key.key_id)
        assert store.keys.get(key.key_id).last_used_s == used_s  # type: ignore[union-attr]
        self.advance(31)
        store.keys.touch(key.key_id)
        assert store.keys.get(key.key_id).last_used_s == used_s + 61  # type: ignore[union-attr]
        assert not store.keys.revoke(key.key_id, there), "another workspace's key"
        assert store.keys.get(key.key_id).revoked_s is None  # type: ignore[union-attr]
        assert store.keys.revoke(key.key_id, here)
        since_s = store.keys.get(key.key_id).revoked_s  # type: ignore[union-attr]
        self.advance(1)
        assert store.keys.revoke(key.key_id), "it stays withdrawn since the first time"
        assert store.keys.get(key.key_id).revoked_s == since_s  # type: ignore[union-attr]
        unknown: Any = "god"
        assert refused(InputError, store.keys.add, replace(key, key_id="x", role=unknown))

    def test_a_token_is_taken_once(self) -> None:
        store, name = self.make(), self.office().workspace
        soon_s = store.clock.now_s() + 10
        token = TokenRecord(f"{name}-t", name, "operator", soon_s)
        store.tokens.add(token)
        assert refused(ConflictError, store.tokens.add, token)
        taken = at_once(lambda _: store.tokens.take(token.token_hash))
        assert [one for one in taken if one] == [token]
        store.tokens.add(replace(token, token_hash=f"{name}-late"))
        self.advance(10)
        assert store.tokens.take(f"{name}-late") is None and store.tokens.take("none") is None

    def test_a_workspace_ends_with_everything_in_it(self) -> None:
        store = self.make()
        workspaces, kept = WorkspaceTable(store.database, store.clock), self.office()
        kept.facts.put("a", 1)
        assert workspaces.add("gone'") and not workspaces.add("gone'")
        gone = store.space("gone'")
        gone.facts.put("a", 1)
        gone.audit.append(AuditEntry(1.0, "a", "b"))
        assert workspaces.created_s("gone'") == store.clock.now_s() and "gone'" in workspaces.all()
        deleted = workspaces.delete("gone'")
        assert deleted["facts"] == deleted["audit"] == deleted["workspaces"] == 1
        assert "gone'" not in workspaces.all() and kept.facts.get("a") == 1
        assert gone.facts.get("a") is None and gone.audit.count() == 0
        assert refused(UnknownIdError, workspaces.delete, "gone'")
