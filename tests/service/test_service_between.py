"""What happens between two steps of something, in another process or while a database is gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from foretaste.app.service import Service, Workspace
from foretaste.app.service.cases.forgetting import ForgetCases
from foretaste.app.service.shelf.promoting import promote
from foretaste.core import Event, Query
from foretaste.core.errors import BundleError, StorageError, UnknownIdError

WHO = "red-person-3"


def test_consent_and_sessions_hold_while_the_database_is_gone(
    service: Service, space: Workspace, until: Callable[..., Any]
) -> None:
    space.record([Event("red-0", "like", user_id="x")])
    space.set_consent("x", personalise=False)
    session = space.start_session()
    space.join_session(session.session_id, "account")
    space.recommend(Query("x"))
    service.breaker.trip(StorageError("gone"))
    service.breaker._tried_s += 60.0  # it is not looked for again before this test says so
    found = space.recommend(Query("x", n=5))
    assert found.item_ids == space.recommend(Query("never-seen", n=5)).item_ids
    kept = space.record([Event("red-1", "like")], session_id=session.session_id)
    assert kept.spooled
    service.breaker._tried_s = 0.0
    until(lambda: not service._spool.pending() and service.store_ok)
    assert [one.event.item_id for one in space.events(user_id="account").items] == ["red-1"]


def test_what_another_process_still_had_of_the_forgotten(settings_of: Callable[..., Any]) -> None:
    quiet = settings_of(live={"drift_s": 0, "poll_s": 30})
    with Service.open(settings_of(live={"drift_s": 0})) as one, Service.open(quiet) as two:
        here, there = one.workspace(), two.workspace()
        session = here.start_session()
        here.join_session(session.session_id, "late")
        assert there._inside.sessions.user_of(session.session_id) == "late"
        showing = there._inside.showing
        with showing._writing:  # its list waits to be written
            there.recommend(Query("late"))
            here.forget("late")
            two._spool.put("default", [Event("red-0", "like", time_s=5.0, user_id="late")])
            there._inside.drain()
            there.recommend(Query("somebody"))
        showing.flush()
        space = here._inside.space
        assert space.impressions.page(user_id="late").items == []
        assert here.events(user_id="late").items == []
        assert "late" not in [
            one.user_id for _, one in there._inside.sessions._known._values.items()
        ]


def test_a_list_written_before_the_news_came_is_erased(space: Workspace) -> None:
    answer = space.recommend(Query("late"))
    showing = space._inside.showing
    showing.flush()
    assert space.answer_shown(answer.answer_id).user_id == "late"
    showing.forget(lambda user_id: user_id == "late")
    showing.flush()
    assert space._inside.space.impressions.get(answer.answer_id) is None
    assert "late" not in showing._lately


def test_a_fit_that_read_the_log_while_somebody_was_forgotten(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = space._inside
    folder = inside.shelf.folder / "fit-test"
    fitted = inside.shelf.load(space.bundles()[0].name)
    fitted.save(folder)
    done: dict[str, Any] = {"digest": fitted.digest, "card": {}, "items": 0, "people": 0}
    erase = ForgetCases._erase

    def between(self: Any, names: tuple[str, ...]) -> Any:
        done["position"] = inside.space.events.position()  # the first mark is before it
        return erase(self, names)

    monkeypatch.setattr(ForgetCases, "_erase", between)
    space.forget(WHO)
    promote(inside, folder, done, "refresh")
    assert WHO not in space.recommender.dataset.user_ids
    space.record([Event("blue-1", "like", user_id=WHO)])
    assert all(one.startswith("blue") for one in space.recommend(Query(WHO, n=4)).item_ids)


def test_a_lost_shelf_is_made_again_from_the_log(settings_of: Callable[..., Any]) -> None:
    given = settings_of()
    with Service.open(given) as service:
        space = service.workspace()
        space.record([Event("blue-1", "like", user_id="x")])
        space.put_items([{"item_id": "fresh", "title": "Fresh", "clan": "red"}])
        space.put_items([{"item_id": "shy", "title": "Shy", "clan": "red", "hidden": True}])
        position = space._inside.space.events.position()
        people = space.recommender.dataset.n_users
        before = space.recommend(Query("red-person-1", n=3)).item_ids
        folder = space._inside.shelf.folder
    shutil.rmtree(folder)
    with Service.open(given) as service:
        space = service.workspace()
        assert [one.reason for one in space.bundles() if one.active] == ["recovered from the log"]
        assert space._inside.serving.position == position
        data = space.recommender.dataset
        assert "fresh" in data.item_ids and data.n_users == people + 1
        assert data.item_roles["clan"] == "category" and len(data.knowledge or ()) == 0
        assert set(space.recommend(Query("red-person-1", n=3)).item_ids) & {*before, "fresh"}
        assert "shy" not in space.recommend(Query("red-person-1", n=100)).item_ids
        active = space._inside.shelf.active()
    with Service.open(given) as service:
        assert service.workspace()._inside.serving.info.name == active


def test_a_bundle_of_a_later_log_does_not_answer(settings_of: Callable[..., Any]) -> None:
    given = settings_of()
    with Service.open(given) as service:
        inside = service.workspace()._inside
        first = inside.serving.info
        later = inside.shelf.put(
            inside.serving.recommender, replace(first, position=first.position + 1_000), {}
        )
        inside.shelf.activate(later.name, instead_of=first.name)
    with Service.open(given) as service:
        assert service.workspace()._inside.serving.info.name == first.name


def test_a_bundle_that_cannot_be_read_changes_nothing(
    service: Service, space: Workspace, until: Callable[..., Any]
) -> None:
    inside = space._inside
    first = inside.serving.info
    broken = inside.shelf.put(inside.serving.recommender, first, {})
    place = inside.shelf.place(broken.name)
    (place / "manifest.json").write_text("{}")
    with pytest.raises(BundleError):
        space.roll_back(broken.name)
    assert inside.shelf.active() == first.name == inside.serving.info.name
    inside.shelf.activate(broken.name, instead_of=first.name)  # as another machine may
    until(lambda: service.health().degraded)
    space.put_items([{"item_id": "fresh", "title": "Fresh", "clan": "red"}])
    until(lambda: "fresh" in space.recommender.dataset.item_ids)
    inside.shelf.activate(first.name, instead_of=broken.name)
    until(lambda: not service.health().degraded)


def test_forgetting_sweeps_what_a_killed_process_left(space: Workspace) -> None:
    shelf = space._inside.shelf
    left = shelf.folder / "0123abcd"
    shutil.copytree(shelf.place(space.bundles()[0].name), left)
    job = space._inside.space.jobs.add("refresh", {}, job_id="dead")
    space._inside.space.jobs.update(job.job_id, status="failed", error="killed")
    half = shelf.folder / "fit-dead"
    half.mkdir()
    space.forget(WHO)
    assert not left.exists() and not half.exists() and len(space.bundles()) == 1


def test_a_forgotten_person_has_no_portrait(space: Workspace) -> None:
    assert space.portrait(WHO)
    space.forget(WHO)
    with pytest.raises(UnknownIdError):
        space.portrait(WHO)
    space.record([Event("blue-1", "like", user_id=WHO)])
    assert space.portrait(WHO)
