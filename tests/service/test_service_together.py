"""Everything at once, and the same on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from foretaste.app.service import Service, Workspace
from foretaste.core import Event, Query
from foretaste.feedback import LiveState, Placed, replay


def test_many_threads_at_once_break_nothing(service: Service, space: Workspace) -> None:
    failures: list[BaseException] = []
    stop = threading.Event()

    def busy(work: Callable[[int], Any]) -> Callable[[], None]:
        def run() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    work(number)
                except BaseException as error:  # noqa: BLE001 - whatever it is fails the test
                    failures.append(error)
                    return

        return run

    works = (
        lambda n: space.recommend(Query(f"p{n % 7}"), explore=0.2),
        lambda n: space.record([Event(f"red-{n % 9}", "like", user_id=f"p{n % 7}")]),
        lambda n: space.put_items(
            [{"item_id": f"new-{n % 5}", "title": f"New {n}", "clan": "red"}]
        ),
        lambda n: space.forget(f"p{n % 7}") if n % 20 == 0 else space.popular(5),
        lambda n: space.set_consent(f"p{n % 7}", personalise=bool(n % 2)),
        lambda n: (space.stats(), space.search("new", 3), service.health()),
    )
    threads = [threading.Thread(target=busy(work)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(0.7)
    stop.set()
    for thread in threads:
        thread.join(60)
    assert not failures, failures[0]
    assert not service.health().degraded


@pytest.mark.postgres
def test_processes_agree_on_postgresql_and_forget_together(
    postgres: Any,
    settings_of: Callable[..., Any],
    until: Callable[..., Any],
    another: Callable[..., Any],
) -> None:
    given = settings_of(storage={"url": postgres.fresh()}, live={"drift_s": 0, "patience_s": 5.0})
    with Service.open(given) as one, Service.open(given) as two:
        here, there = one.workspace(), two.workspace()
        for number in range(4):
            writer, reader = (here, there) if number % 2 else (there, here)
            writer.record([Event(f"red-{number}", "like", user_id="x")])
            first, second = writer.recommend(Query("x")), reader.recommend(Query("x"))
            assert first.item_ids == second.item_ids and not second.warnings
        assert here.forget("red-person-3").parts["taste"].exact
        assert there.recommend(Query("red-person-3", n=5)).item_ids == (
            there.recommend(Query("never-seen", n=5)).item_ids
        )
        until(lambda: "red-person-3" not in there.recommender.dataset.user_ids)
        session = here.start_session()
        here.record([Event("blue-0", "like")], session_id=session.session_id)
        assert there.join_session(session.session_id, "y") == 1
        assert "blue-0" not in here.recommend(Query("y", n=50)).item_ids
        assert another(here).active
        until(lambda: there._inside.serving.info.name == here._inside.serving.info.name)
        found = there.recommend(Query("y", n=50))
        assert found.item_ids == here.recommend(Query("y", n=50)).item_ids


def test_live_counts_equal_those_of_a_replay(space: Workspace, until: Callable[..., Any]) -> None:
    """Popularity and tails kept while serving are a function of the log alone."""
    rng = np.random.default_rng(5)
    for _ in range(80):
        item = f"{['red', 'blue'][rng.integers(2)]}-{rng.integers(9)}"
        kind = ["like", "view", "dislike", "buy"][rng.integers(4)]
        space.record([Event(item, kind, user_id=f"p{rng.integers(9)}")])
    inside = space._inside
    serving = inside.serving
    signal_of = serving.recommender.pipeline.translator.signal_of
    log = [Placed(one.position, one.event) for one in inside.space.events.tail(serving.position)]
    state = replay(log, lambda event: signal_of(event.kind, event.value))
    assert isinstance(state, LiveState)
    base = dict(
        zip(
            serving.recommender.dataset.item_ids.ids,
            np.asarray(serving.recommender.dataset.liked.sum(axis=0)).ravel().tolist(),
            strict=True,
        )
    )
    expected = {i: base[i] + state.popularity.get(i, 0) for i in base}
    until(
        lambda: (
            inside.serving.counted is not None
            and inside.serving.counted.likes.sum() == sum(expected.values())
        )
    )
    live = {one.item_id: one.score for one in space.popular(22).items}
    assert live == {i: expected[i] for i in live}
