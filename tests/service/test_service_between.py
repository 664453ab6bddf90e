"""What happens between two steps of something, in another process or while a database is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from foretaste.app.service import Service, Workspace
from foretaste.app.service.cases.forgetting import ForgetCases
from foretaste.app.service.shelf.promoting import promote
from foretaste.core import Event, Query
from foretaste.core.errors import StorageError

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
