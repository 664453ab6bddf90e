"""Forgetting reaches the log, every memory, every bundle and whatever is being made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foretaste.app import load
from foretaste.app.service import Service, Workspace
from foretaste.app.service.shelf.promoting import promote
from foretaste.core import Event, Query
from foretaste.core.errors import InputError, UnknownIdError

WHO = "red-person-3"


def everywhere(home: Path, needle: str) -> list[str]:
    """Files of the home folder that hold a text."""
    wanted = needle.encode()
    return [str(p) for p in home.rglob("*") if p.is_file() and wanted in p.read_bytes()]


def test_nothing_is_left_of_the_person(service: Service, space: Workspace) -> None:
    space.record([Event("red-0", "like", user_id=WHO), Event("red-1", "like", user_id="other")])
    answer = space.recommend(Query(WHO))
    space.put_people([{"user_id": WHO, "country": "Nowhere"}])
    space.set_consent(WHO, language_model=True)
    old = space.bundles()[0].name
    receipt = space.forget(WHO, actor="key-1")
    assert receipt.erased["events"] > 1 and receipt.erased["people"] == 1
    assert receipt.erased["impressions"] == 1 and receipt.erased["consent"] == 1
    assert receipt.parts["taste"].exact and receipt.bundles == (old,)
    assert WHO not in space.recommender.dataset.user_ids
    assert "other" not in space.recommender.dataset.user_ids and space.events(user_id="other").items
    assert space.events(user_id=WHO).items == []
    for ask in (lambda: space.person(WHO), lambda: space.answer_shown(answer.answer_id)):
        with pytest.raises(UnknownIdError):
            ask()
    assert [one.name for one in space.bundles() if one.name == old] == []
    entry = space.audit(1).items[0]
    assert entry.action == "forget" and WHO not in repr(entry)
    stranger = space.recommend(Query("never-seen", n=5))
    assert space.recommend(Query(WHO, n=5)).item_ids == stranger.item_ids


def test_the_model_is_as_if_it_had_never_met_them(service: Service, space: Workspace) -> None:
    from foretaste.app.forgetting import fit_settled
    from foretaste.app.forgetting.erasing import without_people

    before = space.recommender
    row = before.dataset.user_ids.row(WHO)
    never = fit_settled(before, without_people(before.dataset, [row]))
    space.forget(WHO)
    for other in ("red-person-1", "blue-person-5"):
        here = space.recommender.answer(Query(other, n=20))
        there = never.answer(Query(other, n=20))
        scores = dict(zip(there.item_ids, there.scores, strict=True))
        assert np.allclose(here.scores, [scores[one] for one in here.item_ids], atol=1e-6)


def test_it_is_on_no_disk_once_the_service_has_ended(settings_of: Callable[..., Any]) -> None:
    given = settings_of()
    with Service.open(given) as service:
        space = service.workspace()
        space.record([Event("red-0", "search", user_id="needle-person", words="needle-words")])
        space.recommend(Query("needle-person"))
        space.forget("needle-person")
    found = everywhere(Path(given.home), "needle-")
    assert found == []


def test_other_processes_forget_at_their_next_answer(
    settings_of: Callable[..., Any], until: Callable[..., Any]
) -> None:
    # No looking around: only the log tells.
    with (
        Service.open(settings_of(live={"drift_s": 0})) as one,
        Service.open(settings_of(live={"drift_s": 0, "poll_s": 30})) as two,
    ):
        here, there = one.workspace(), two.workspace()
        here.record([Event("red-0", "like", user_id=WHO)])
        assert there.recommend(Query(WHO)).item_ids == here.recommend(Query(WHO)).item_ids
        here.forget(WHO)
        old = there.recommender
        assert WHO in old.dataset.user_ids  # its bundle is the old one still ...
        found = there.recommend(Query(WHO, n=5))
        assert found.item_ids == there.recommend(Query("never-seen", n=5)).item_ids
        there._inside.watcher.look()
        assert WHO not in there.recommender.dataset.user_ids


def test_who_comes_back_is_somebody_new(space: Workspace) -> None:
    space.forget(WHO)
    space.record([Event("blue-1", "like", user_id=WHO)])
    found = space.recommend(Query(WHO, n=4))
    assert all(item.startswith("blue") for item in found.item_ids)
    assert space.person(WHO).user_id == WHO


def test_no_bundle_on_the_shelf_brings_anybody_back(
    space: Workspace, another: Callable[..., Any]
) -> None:
    space.record([Event("red-0", "view", user_id="x")])
    another(space)
    assert len(space.bundles()) == 2
    receipt = space.forget(WHO)
    assert len(receipt.bundles) == 2
    space.roll_back()
    assert WHO not in space.recommender.dataset.user_ids
    for info in space.bundles():
        fitted = load(space._inside.shelf.place(info.name))
        assert WHO not in fitted.dataset.user_ids


def test_a_fit_that_began_before_does_not_bring_anybody_back(space: Workspace) -> None:
    inside = space._inside
    folder = inside.shelf.folder / "fit-test"
    fitted = inside.shelf.load(space.bundles()[0].name)
    fitted.save(folder)
    done = {
        "digest": fitted.digest, "card": {}, "position": inside.space.events.position(),
        "items": 0, "people": 0, "hidden": [],
    }  # fmt: skip
    space.forget(WHO)
    info = promote(inside, folder, {**done, "position": done["position"]}, "refresh")
    assert info.active and WHO not in space.recommender.dataset.user_ids
    assert "red-person-1" in space.recommender.dataset.user_ids


def test_what_waited_on_disk_is_not_kept_after_forgetting(
    service: Service, space: Workspace
) -> None:
    early = Event("red-0", "like", time_s=5.0, user_id="spooled")
    service._spool.put("default", [early])
    space.forget("spooled")
    service._spool.put("default", [early])  # another process still had it
    space._inside.drain()
    assert space.events(user_id="spooled").items == []


def test_a_session_is_forgotten_with_its_account(space: Workspace) -> None:
    session = space.start_session()
    space.record([Event("red-0", "like")], session_id=session.session_id)
    space.join_session(session.session_id, "account")
    receipt = space.forget("account")
    assert receipt.erased["events"] == 1 and receipt.erased["sessions"] == 1
    with pytest.raises(UnknownIdError):
        space.session(session.session_id)
    with pytest.raises(InputError):
        space.forget("")


def test_parts_that_cannot_subtract_are_fitted_again(
    space: Workspace, until: Callable[..., Any]
) -> None:
    receipt = space.forget(WHO)
    inexact = [name for name, part in receipt.parts.items() if not part.exact]
    assert (receipt.job_id is not None) == bool(inexact)
    if receipt.job_id is not None:
        job_id = receipt.job_id
        until(lambda: space.job(job_id).status in ("done", "failed"))
        assert space.job(job_id).status == "done", space.job(job_id).error
        assert not space.recommender.kept.stale
