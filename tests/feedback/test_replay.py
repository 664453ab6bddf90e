"""Replaying the log gives the state that was kept up to date while it happened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretaste.core import KIND_SIGNALS, Dataset, Event, History, stream
from foretaste.feedback import LiveBeliefs, LiveState, Placed, replay
from foretaste.taste import FittedTaste, TasteModel
from foretaste.testing import two_clans

events = st.builds(
    Event,
    item_id=st.sampled_from(["", "a", "b", "c"]),
    kind=st.sampled_from(["click", "like", "dislike", "rate", "search", "unheard-of"]),
    value=st.sampled_from([None, 1.0]),
    time_s=st.sampled_from([None, 1.0, 2.0]),
    user_id=st.sampled_from([None, "ann", "bob"]),
    idempotency_key=st.sampled_from([None, None, "k1", "k2"]),
)
logs = st.lists(events, max_size=25).map(
    lambda found: [Placed(place, event) for place, event in enumerate(found, start=1)]
)


def fill(placed: Sequence[Placed]) -> LiveState:
    state = LiveState()
    for one in placed:
        state.apply(one.event, one.position)
    return state


@given(logs, st.randoms(), st.lists(st.integers(0, 24), max_size=12))
def test_order_repetition_and_chunks_do_not_matter(
    log: list[Placed], random: object, again: list[int]
) -> None:
    told = replay(log)
    repeated = log + [log[place] for place in again if place < len(log)]
    random.shuffle(repeated)  # type: ignore[attr-defined]
    live = fill(repeated)
    assert live == told
    for user_id in ("ann", "bob"):
        assert live.tail(user_id) == told.tail(user_id)
    middle = len(log) // 2
    state = fill(log[:middle])
    for one in log[middle:]:
        state.apply(one.event, one.position)
    assert state == told


@given(logs, st.data())
def test_taking_out_equals_never_having_been(log: list[Placed], data: st.DataObject) -> None:
    live = replay(log)
    keys = {one.event.key for one in log}
    gone = data.draw(st.sets(st.sampled_from(sorted(keys)))) if keys else set()
    for key in gone:
        assert live.remove(key)
        assert not live.remove(key)
    assert live == replay([one for one in log if one.event.key not in gone])


@given(logs)
def test_forgetting_a_person_equals_never_having_met_them(log: list[Placed]) -> None:
    live = replay(log)
    live.forget("ann")
    assert live.tail("ann") == () and "ann" not in live.people
    kept = replay(log)
    for event in kept.tail("ann"):
        kept.remove(event)
    assert live == kept


@given(logs)
def test_counters_are_what_a_count_of_the_tails_gives(log: list[Placed]) -> None:
    live = replay(log)
    likes = {
        (user_id, event.item_id)
        for user_id in live.people
        for event in live.tail(user_id)
        if event.item_id and KIND_SIGNALS.get(event.kind, 0.5) > 0
    }
    count: dict[str, int] = {}
    for _, item in likes:
        count[item] = count.get(item, 0) + 1
    assert live.popularity == count


def test_one_event_sent_twice_counts_once_and_the_first_place_stands() -> None:
    click = Event("a", "click", None, 1.0, "ann")
    other = Event("b", "click", None, 2.0, "ann")
    state = LiveState()
    assert state.apply(click, 5) and not state.apply(click, 9)
    assert state.apply(other, 3)
    assert [event.item_id for event in state.tail("ann")] == ["b", "a"]
    assert state.apply(click, 1)
    assert [event.item_id for event in state.tail("ann")] == ["a", "b"]
    assert len(state) == 2 and state.position == 3
    twin = state.copy()
    twin.remove(click)
    assert twin != state and len(state) == 2
    assert state != "a state"
    stars = LiveState(lambda event: (event.value or 0) - 3)
    stars.apply(Event("a", "rate", 5.0, 1.0, "ann"), 1)
    stars.apply(Event("b", "rate", 1.0, 1.0, "ann"), 2)
    assert stars.popularity == {"a": 1}


@pytest.fixture(scope="module")
def clans() -> Dataset:
    return two_clans()


def test_beliefs_kept_online_equal_those_rebuilt_from_the_log(clans: Dataset) -> None:
    model: FittedTaste = TasteModel().fit(clans, rng=stream(0, "fit"))

    def read(tail: tuple[Event, ...]) -> History:
        return History.of(
            clans.item_ids.rows([event.item_id for event in tail]),
            [KIND_SIGNALS[event.kind] for event in tail],
        )

    rng, state, beliefs = stream(1, "live"), LiveState(), LiveBeliefs(model, read)
    log = []
    for position in range(1, 120):
        item = str(clans.item_ids.ids[int(rng.integers(18))])
        kind = ("like", "click", "dislike")[int(rng.integers(3))]
        event = Event(item, kind, None, float(position), ("ann", "bob")[int(rng.integers(2))])
        log.append(event)
        assert state.apply(event, position)
        beliefs.apply(event)
    for event in log[::10]:
        state.remove(event)
        beliefs.remove(event)
    assert state == replay(Placed(p, e) for p, e in enumerate(log, 1) if (p - 1) % 10)
    for user_id in ("ann", "bob"):
        rebuilt = beliefs.rebuilt(state.tail(user_id))
        live = beliefs.of(user_id)
        np.testing.assert_allclose(live.mean, rebuilt.mean, atol=1e-8)
        np.testing.assert_allclose(live.covariance, rebuilt.covariance, atol=1e-8)
        # Order of liked items is kept but for which of two equal ones was taken out.
        assert sorted(live.liked) == sorted(rebuilt.liked)


def test_an_adapter_that_cannot_forget_says_so() -> None:
    class Rigid:
        def start(self, evidence: object) -> int:
            return 0

        def adapt(self, state: int, events: tuple[Event, ...]) -> int:
            return state + len(events)

    beliefs = LiveBeliefs(Rigid(), lambda tail: tail)  # type: ignore[arg-type, return-value]
    beliefs.apply(Event("a", user_id="ann"))
    assert beliefs.of("ann") == 1 and beliefs.of("bob") == 0
    with pytest.raises(TypeError, match="cannot forget"):
        beliefs.remove(Event("a", user_id="ann"))
