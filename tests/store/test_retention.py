"""Retention: what is older than the policy says goes, and nothing else."""

import pytest

from foretaste.core import Event, Impression
from foretaste.core.errors import SettingsError
from foretaste.store import AuditEntry, ItemRecord
from foretaste.store.retention import RetentionSettings, retain

DAY_S = 86_400.0


def fill(space, now_s):
    for days in (1, 10, 100, 1000):
        then_s = now_s - days * DAY_S
        space.events.append([Event(f"i{days}", user_id="u", time_s=then_s)])
        space.impressions.put([Impression(f"a{days}", "u", ("i",), (1.0,), then_s)])
        space.audit.append(AuditEntry(then_s, "k", "a"))
        space.store.clock.time_s = then_s
        space.sessions.start(f"s{days}")
        space.jobs.update(space.jobs.add("fit", job_id=f"j{days}").job_id, status="done")
        space.jobs.add("fit", job_id=f"open{days}")
    space.store.clock.time_s = now_s
    space.events.append([Event("untimed", user_id="u")])
    space.items.put([ItemRecord("old")])


def left(space):
    return {
        "events": {event.item_id for event in space.events.read()},
        "impressions": {one.impression.answer_id for one in space.impressions.page().items},
        "sessions": {f"s{days}" for days in (1, 10, 100, 1000) if space.sessions.get(f"s{days}")},
        "jobs": {job.job_id for job in space.jobs.page().items},
        "audit": space.audit.count(),
    }


def test_each_sort_of_thing_has_its_own_time(store, clock):
    space, other = store.space("a"), store.space("b")
    for one in (space, other):
        fill(one, clock.now_s())
    before, revision = left(other), space.revision()
    policy = RetentionSettings(
        events_days=50, impressions_days=5, sessions_days=500, jobs_days=10_000, audit_days=50
    )
    gone = retain(space, policy, clock.now_s())
    assert gone == {"events": 2, "impressions": 3, "sessions": 1, "jobs": 0, "audit": 2}
    assert left(space) == {
        "events": {"i1", "i10", "untimed"}, "impressions": {"a1"},
        "sessions": {"s1", "s10", "s100"}, "jobs": before["jobs"], "audit": 2,
    }  # fmt: skip
    assert space.revision().events > revision.events, "whoever keeps events in memory hears of it"
    assert space.items.count() == 1 and left(other) == before
    assert set(retain(space, policy, clock.now_s()).values()) == {0}


def test_unless_asked_events_and_the_audit_log_stay(space, clock):
    fill(space, clock.now_s())
    before = left(space)
    gone = retain(space, RetentionSettings(), clock.now_s() + 10_000 * DAY_S)
    assert gone == {"impressions": 4, "sessions": 4, "jobs": 4}
    after = left(space)
    assert (after["events"], after["audit"]) == (before["events"], 4)
    assert after["jobs"] == {"open1", "open10", "open100", "open1000"}, "what has not ended stays"


def test_a_policy_of_no_days_is_refused():
    for bad in (0, -1, float("nan"), float("inf")):
        with pytest.raises(SettingsError):
            RetentionSettings.of({"events_days": bad})
    with pytest.raises(SettingsError):
        RetentionSettings.of({"event_days": 3})


def test_many_audit_entries_go_in_several_transactions(space, clock, monkeypatch):
    monkeypatch.setattr("foretaste.store.retention._SOME", 3)
    for number in range(10):
        space.audit.append(AuditEntry(float(number), "k", "a"))
    space.audit.append(AuditEntry(clock.now_s(), "k", "new"))
    assert retain(space, RetentionSettings(audit_days=1), clock.now_s())["audit"] == 10
    assert [entry.action for entry in space.audit.page().items] == ["new"]
