"""A fit in the background, the shelf it lands on, and the way back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretaste.app import load, sample
from foretaste.app.service import Service, Workspace
from foretaste.app.service.shelf.rebuilding import rebuild
from foretaste.app.service.shelf.seeding import seed_store
from foretaste.core import Dataset, Event, Query
from foretaste.core.errors import ConflictError, InputError, UnknownIdError, UnknownNameError
from foretaste.store import open_store
from foretaste.testing import FixedClock


def equal(here: pl.DataFrame | None, there: pl.DataFrame | None) -> bool:
    if here is None or there is None:
        return here is there
    return here.equals(there)


class Bare:
    """As much of a recommender as rebuilding asks for."""

    def __init__(self, dataset: Dataset) -> None:
        from foretaste.app import load_settings

        self.dataset, self.settings, self.text = dataset, load_settings(), None


def test_what_was_seeded_is_rebuilt_as_it_was(tmp_path: Path) -> None:
    data = sample()
    with open_store(f"sqlite:///{tmp_path}/x.db") as store:
        space = store.space("default")
        position = seed_store(space, data)
        assert seed_store(space, data) == position  # doing it twice changes nothing
        found = rebuild(space, Bare(data))  # type: ignore[arg-type]
    assert found.position == position and found.hidden == ()
    again = found.dataset
    assert again.digest == data.digest
    for name in ("interactions", "items", "people", "remarks", "knowledge"):
        assert equal(getattr(again, name), getattr(data, name)), name
    assert again.kinds == data.kinds and dict(again.item_roles) == dict(data.item_roles)


def test_a_refresh_takes_in_everything_and_answers_never_stop(
    space: Workspace, until: Callable[..., Any]
) -> None:
    space.record([Event(f"red-{n}", "like", user_id="newcomer") for n in range(3)])
    space.record([Event("blue-0", "like", user_id="refuses")])
    space.set_consent("refuses", train=False)
    space.put_items([{"item_id": "later", "title": "Later", "clan": "red", "tags": ["red"]}])
    space.patch_item("red-8", {}, hidden=True)
    before = space.recommend(Query("newcomer", n=5))
    stop, failures = threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            found = space.recommend(Query("newcomer", n=5))
            if len(found) != 5 or "red-0" in found.item_ids or found.warnings:
                failures.append(found)

    asking = threading.Thread(target=ask)
    asking.start()
    job = space.start_job("refresh", actor="k")
    until(lambda: space.job(job.job_id).status not in ("queued", "running"))
    late = Event("red-3", "like", user_id="newcomer")
    space.record([late])
    stop.set()
    asking.join()
    done = space.job(job.job_id)
    assert done.status == "done", done.error
    assert not failures
    assert "newcomer" in space.recommender.dataset.user_ids
    assert "refuses" not in space.recommender.dataset.user_ids
    assert "later" in space.recommender.dataset.item_ids
    assert done.result is not None and space.digest == done.result["digest"] != before.bundle_digest
    after = space.recommend(Query("newcomer", n=50))
    assert not {"red-0", "red-1", "red-2", "red-3", "red-8"} & set(after.item_ids)
    assert "blue-0" not in space.recommend(Query("refuses", n=50)).item_ids
    assert not space._inside.tails.get("newcomer").kept[1:]  # only what came after the fit


def test_back_to_the_bundle_before_and_forward_again(
    settings_of: Callable[..., Any], until: Callable[..., Any], another: Callable[..., Any]
) -> None:
    with Service.open(settings_of()) as one, Service.open(settings_of()) as two:
        here, there = one.workspace(), two.workspace()
        here.record([Event("red-0", "like", user_id="x")])
        another(here)
        new, old = here.bundles()
        assert new.active and not old.active and new.position > old.position
        until(lambda: there._inside.serving.info.name == new.name)
        assert here.roll_back(actor="k") == old.name
        until(lambda: there._inside.serving.info.name == old.name)
        for space in (here, there):
            # What came before the newer fit is in no bundle now, but in the log.
            assert "red-0" not in space.recommend(Query("x", n=50)).item_ids
        with pytest.raises(InputError):
            here.roll_back()
        with pytest.raises(UnknownIdError):
            here.roll_back("../../etc")
        assert here.roll_back(new.name) == new.name
        assert here.stale() is None


def test_a_failed_fit_leaves_everything_as_it_was(
    space: Workspace, until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = space.digest
    monkeypatch.setenv("FORETASTE_SERVICE_TEST", "1")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setattr("sys.executable", "/bin/false")
    job = space.start_job("refresh")
    until(lambda: space.job(job.job_id).status == "failed")
    assert space.job(job.job_id).error and space.digest == before
    assert space.recommend(Query("red-person-0")).item_ids
    assert [path.name for path in space._inside.shelf.folder.glob("fit-*")] == []


def test_a_running_fit_can_be_stopped(space: Workspace, until: Callable[..., Any]) -> None:
    before = space.digest
    job = space.start_job("refresh")
    until(lambda: space.job(job.job_id).status == "running")
    space.cancel_job(job.job_id, actor="k")
    until(lambda: space.job(job.job_id).status == "cancelled")
    assert space.digest == before
    with pytest.raises(UnknownNameError):
        space.start_job("make coffee")
    with pytest.raises(UnknownIdError):
        space.job("nobody")


def test_staleness_is_said_and_asks_for_one_fit(settings_of: Callable[..., Any]) -> None:
    clock = FixedClock(1_700_000_000.0)
    given = settings_of(
        refresh={"automatic": True, "events": 5, "share": 0.001, "age_s": 100.0, "pause_s": 50.0}
    )
    with Service.open(given, clock=clock) as service:
        space = service.workspace()
        runner = service._background._runner
        assert space.stale() is None and runner.ask_if_stale(space._inside) is None
        clock.advance(101)
        assert space.stale() is None  # old, but nothing happened since
        space.record([Event("red-0", "view", user_id="x")])
        assert "days old" in str(space.stale())
        space.record([Event(f"red-{n}", "view", user_id="x") for n in range(1, 6)])
        assert "6 events" in str(space.stale())
        job_id = runner.ask_if_stale(space._inside)
        assert job_id is not None and space.job(job_id).kind == "refresh"
        assert runner.ask_if_stale(space._inside) is None  # once is enough
        space.cancel_job(job_id)


def test_a_workspace_can_begin_with_nothing(
    settings_of: Callable[..., Any], until: Callable[..., Any]
) -> None:
    with Service.open(settings_of(bundle="empty")) as service:
        space = service.workspace()
        assert len(space.recommend(Query())) == 0 and len(space.popular()) == 0
        space.put_items(
            [
                {"item_id": f"i{number}", "title": f"Thing {number}", "kind": "ab"[number % 2]}
                for number in range(12)
            ]
        )
        until(lambda: len(space.recommend(Query(n=20))) == 12)
        assert space.search("thing 7", 1).items[0].item_id == "i7"
        people = range(40)
        space.record(
            [
                Event(f"i{(2 * place + person) % 12}", "like", user_id=f"p{person}")
                for person in people
                for place in range(3)
            ]
        )
        until(lambda: space.popular(1).items[0].score >= 10)
        assert "i0" not in space.recommend(Query("p0", n=20)).item_ids
        assert "events since" in str(space.stale())
        job = space.start_job("refresh")
        until(lambda: space.job(job.job_id).status in ("done", "failed"))
        assert space.job(job.job_id).status == "done", space.job(job.job_id).error
        assert space.stats().items == 12 and "p0" in space.recommender.dataset.user_ids


def test_the_shelf_keeps_the_newest(
    settings_of: Callable[..., Any], another: Callable[..., Any]
) -> None:
    with Service.open(settings_of(refresh={"keep": 2})) as service:
        space = service.workspace()
        for _ in range(3):
            space.record([Event("red-0", "view", user_id="x")])
            assert another(space).active
        infos = space.bundles()
        assert len(infos) == 2 and [one.active for one in infos] == [True, False]
        folders = [p.name for p in space._inside.shelf.folder.iterdir() if p.is_dir()]
        assert sorted(folders) == sorted(one.name for one in infos)
        assert load(space._inside.shelf.place(infos[1].name)).digest == infos[1].digest
        with pytest.raises(ConflictError):
            space._inside.shelf.activate(infos[1].name, instead_of="another")


def test_everything_goes_out_and_comes_in(
    service: Service, space: Workspace, clans_bundle: Path, until: Callable[..., Any]
) -> None:
    space.record([Event("red-0", "like", user_id="x")])
    job = space.start_job("export", {"format": "jsonl", "folder": "mine"})
    until(lambda: space.job(job.job_id).status == "done")
    assert space.transfers() == ["mine"]
    other = service.create_workspace("other", source=clans_bundle)
    assert other.transfers() == []
    other.import_(space._inside.folder / "transfer" / "mine")
    assert [one.event.item_id for one in other.events(user_id="x").items] == ["red-0"]
    for name in ("../../x", "", "a/b"):
        job = space.start_job("import", {"folder": name})
        until(lambda job=job: space.job(job.job_id).status == "failed")


def test_the_same_request_twice_is_done_once(space: Workspace) -> None:
    done: list[int] = []

    def work() -> dict[str, int]:
        done.append(1)
        return {"number": len(done)}

    assert space.once("key", "print", work) == ({"number": 1}, False)
    assert space.once("key", "print", work) == ({"number": 1}, True)
    with pytest.raises(ConflictError):
        space.once("key", "other print", work)
    assert done == [1]


@pytest.mark.slow
def test_what_answers_is_measured(space: Workspace, until: Callable[..., Any]) -> None:
    assert space.quality() is None
    job = space.start_job(
        "evaluate",
        {"protocols": ["leave-one-out"], "models": ["popularity"], "metrics": ["ndcg@10"]},
    )
    until(lambda: space.job(job.job_id).status in ("done", "failed"), timeout_s=120)
    found = space.quality()
    assert found is not None and found["job_id"] == job.job_id
    assert found["reports"][0]["protocol"] == "leave-one-out"
