"""What happens changes what is answered: at once, in every process, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from foretaste.app.service import Service, Workspace
from foretaste.app.service.live.past import history_of
from foretaste.app.service.log.tails import Tail
from foretaste.core import Event, Query
from foretaste.core.errors import InputError, LimitError, UnknownIdError
from foretaste.store import KeptEvent


def test_an_event_changes_the_next_answer_of_that_person_alone(space: Workspace) -> None:
    before, other = space.recommend(Query("new")), space.recommend(Query("blue-person-1"))
    kept = space.record(
        [Event("red-0", "like", user_id="new"), Event("red-1", "rate", 5.0, user_id="new")]
    )
    assert (kept.accepted, kept.duplicates, kept.ignored, kept.spooled) == (2, 0, 0, False)
    after = space.recommend(Query("new", n=5))
    assert after.item_ids != before.item_ids[:5]
    assert all(item.startswith("red") for item in after.item_ids)
    assert "red-0" not in after.item_ids  # what somebody has met is not recommended again
    assert space.recommend(Query("blue-person-1")).item_ids == other.item_ids


def test_the_same_event_twice_counts_once(space: Workspace) -> None:
    event = Event("red-0", "like", user_id="new", time_s=5.0, idempotency_key="one")
    assert space.record([event]).accepted == 1
    again = space.record([event, event])
    assert (again.accepted, again.duplicates) == (0, 2)


def test_two_processes_give_the_same_answer(settings_of: Callable[..., Any]) -> None:
    given = settings_of(live={"drift_s": 0})
    with Service.open(given) as one, Service.open(given) as two:
        first, second = one.workspace(), two.workspace()
        for number in range(5):
            writer, reader = (first, second) if number % 2 else (second, first)
            writer.record([Event(f"red-{number}", "like", user_id="new")])
            here, there = writer.recommend(Query("new")), reader.recommend(Query("new"))
            assert here.item_ids == there.item_ids
            assert np.allclose(here.scores, there.scores)


def test_popularity_becomes_the_same_in_all_processes(
    settings_of: Callable[..., Any], until: Callable[..., Any]
) -> None:
    with Service.open(settings_of()) as one, Service.open(settings_of()) as two:
        first, second = one.workspace(), two.workspace()
        first.record([Event("bare", "like", user_id=f"p{number}") for number in range(20)])
        # The same person twice is one person; a dislike is none.
        first.record([Event("bare", "view", user_id="p0"), Event("bare", "dislike", user_id="q")])
        for space in (first, second):
            until(lambda space=space: space.popular(1).items[0].score == 20)
            assert space.popular(1).items[0].item_id == "bare"
            assert space.trending(1).items[0].item_id == "bare"
        here, there = first.recommend(Query()), second.recommend(Query())
        assert here.item_ids == there.item_ids and np.allclose(here.scores, there.scores)


def test_what_is_remembered_equals_what_the_log_says(space: Workspace) -> None:
    """Live state, evicted or not, is a function of the log alone."""
    rng = np.random.default_rng(3)
    people = [f"p{number}" for number in range(12)] + ["red-person-0", "blue-person-0"]
    for _ in range(60):
        who = people[rng.integers(len(people))]
        item = f"{['red', 'blue'][rng.integers(2)]}-{rng.integers(9)}"
        kind = ["like", "view", "dislike"][rng.integers(3)]
        space.record([Event(item, kind, user_id=who)])
        if rng.random() < 0.1:
            space.delete_events(who, item)
        space.recommend(Query(who))
    inside = space._inside
    serving = inside.serving
    for who in people:
        live, whole = inside.follower.tail_of(who)
        kept = inside.space.events.of(who, after=serving.position)
        assert whole
        assert [one.position for one in live.kept] == [one.position for one in kept]
        rebuilt = history_of(serving.recommender, who, Tail(tuple(kept)), after=serving.position)
        now = history_of(serving.recommender, who, live, after=serving.position)
        assert now.rows.tolist() == rebuilt.rows.tolist()
        assert now.signals.tolist() == rebuilt.signals.tolist()


def test_memory_is_bounded_and_answers_stay_the_same(settings_of: Callable[..., Any]) -> None:
    with Service.open(settings_of(live={"people": 3, "drift_s": 0})) as service:
        space = service.workspace()
        for number in range(10):
            space.record([Event("red-0", "like", user_id=f"p{number}")])
            space.recommend(Query(f"p{number}"))
        assert len(space._inside.tails) <= 3
        lists = {space.recommend(Query(f"p{number}")).item_ids for number in range(10)}
        assert len(lists) == 1 and "red-0" not in next(iter(lists))


def test_a_history_is_ordered_as_a_fit_would_order_it(space: Workspace) -> None:
    """An old event that arrives late stands where its time is; the last rating counts."""
    recommender = space.recommender
    kept = tuple(
        KeptEvent(9_000_000 + place, event, 0.0)
        for place, event in enumerate(
            (
                Event("red-0", "rate", 1.0, 50.0, "x"),
                Event("red-1", "like", None, 10.0, "x"),
                Event("red-0", "rate", 5.0, 60.0, "x"),
                Event("nobody-knows-it", "like", None, 70.0, "x"),
                Event("red-2", "like", None, None, "x"),
            )
        )
    )
    found = history_of(recommender, "x", Tail(kept))
    names = recommender.dataset.item_ids.names(found.rows.tolist())
    assert names == ["red-2", "red-1", "red-0"]
    assert found.values[-1] == 5.0 and found.signals[-1] == 1.0


def test_events_that_make_no_sense_are_refused_whole(space: Workspace) -> None:
    before = space.stats().events
    good = Event("red-0", "like", user_id="x")
    for bad in (
        Event("red-0", "like"),
        Event("", "like", user_id="x"),
        Event("red-0", "", user_id="x"),
        Event("red-0", "~forgotten", user_id="x"),
    ):
        with pytest.raises(InputError):
            space.record([good, bad])
    with pytest.raises(LimitError):
        space.record([Event("red-0", "like", user_id="x" * 30_000)])
    assert space.stats().events == before


def test_events_of_items_nobody_knows_are_kept_and_count_once_the_item_comes(
    space: Workspace, until: Callable[..., Any]
) -> None:
    space.record([Event("late", "like", user_id="x")])
    assert "late" not in space.recommend(Query("x", n=50)).item_ids
    space.put_items([{"item_id": "late", "title": "Late", "clan": "red", "tags": ["red"]}])
    until(lambda: "late" in space.recommender.dataset.item_ids)
    assert "late" in space.recommend(Query("y", n=50)).item_ids
    assert "late" not in space.recommend(Query("x", n=50)).item_ids


def test_pages_of_events_hold_what_happened_and_no_marks(space: Workspace) -> None:
    for number in range(6):
        space.record([Event(f"red-{number}", "view", user_id="x")])
        space.delete_events("x", f"blue-{number}")
    first = space.events(user_id="x", n=4)
    then = space.events(user_id="x", n=4, cursor=first.cursor)
    seen = [one.event.item_id for one in (*first.items, *then.items)]
    assert seen == [f"red-{number}" for number in reversed(range(6))]
    assert then.cursor is None


def test_taking_back_reaches_what_the_bundle_has_on_record(space: Workspace) -> None:
    who = "red-person-0"
    data = space.recommender.dataset
    met = data.item_ids.names(data.histories.of(data.user_ids.row(who)).rows.tolist())
    assert met[0] not in space.recommend(Query(who, n=50)).item_ids
    assert space.delete_events(who, met[0]) == 1
    assert met[0] in space.recommend(Query(who, n=50)).item_ids
    assert met[1] not in space.recommend(Query(who, n=50)).item_ids


def test_what_was_shown_is_written_down(space: Workspace, until: Callable[..., Any]) -> None:
    answer = space.recommend(Query("red-person-0", n=4), explore=0.5)
    assert space.answer_shown(answer.answer_id).item_ids == answer.item_ids
    until(lambda: space._inside.space.impressions.get(answer.answer_id))
    kept = space.answer_shown(answer.answer_id)
    assert kept.propensities == answer.propensities and any(p < 1 for p in kept.propensities)
    assert kept.explored == answer.explored
    assert kept.bundle_digest == space.digest == answer.bundle_digest
    silent = space.recommend(Query("red-person-0"), record=False)
    with pytest.raises(UnknownIdError):
        space.answer_shown(silent.answer_id)


def test_a_list_is_as_long_as_the_settings_allow(settings_of: Callable[..., Any]) -> None:
    with Service.open(settings_of(limits={"list_length": 5})) as service:
        space = service.workspace()
        assert len(space.recommend(Query(n=5))) == 5
        for ask in (lambda: space.recommend(Query(n=6)), lambda: space.popular(6)):
            with pytest.raises(LimitError):
                ask()


def test_a_portrait_follows_what_happens(space: Workspace) -> None:
    with pytest.raises(UnknownIdError):
        space.portrait("new")
    space.record([Event(f"blue-{number}", "like", user_id="new") for number in range(4)])
    found = space.portrait("new")
    assert found.history_length == 4 and found.sure > 0
    assert all(item.startswith("blue") for item in found.nearest[:3])
    assert "blue" in [one.value for one in found.likes]
    space.set_consent("new", personalise=False)
    with pytest.raises(UnknownIdError):
        space.portrait("new")


def test_reasons_name_what_just_happened(space: Workspace) -> None:
    space.record([Event("red-0", "like", user_id="new")])
    answer = space.recommend(Query("new", n=3))
    assert any("red-0" in reason.evidence for reason in answer.reasons[0])
    (told,) = space.explain(Query("new"), ["blue-0"])
    assert told
    assert space.recommend(Query("new", n=3), reasons=False).reasons == ((), (), ())
