# ruff: noqa: D102 - the name of a test is its sentence
"""Whoever answers queries never returns what their filters forbid."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from weakref import WeakKeyDictionary

from foretaste.core import Answer, Dataset, Event, Query, stream
from foretaste.testing.worlds import two_clans

__all__ = ["FilterConformance"]

_NOW_S = 1e9
_READY: WeakKeyDictionary[type, tuple[Dataset, Any]] = WeakKeyDictionary()
"""What was made, once for each suite."""


class FilterConformance(ABC):
    """The suite of anything with ``answer(Query) -> Answer``: a pipeline, a recommender.

    It is made once on the dataset given to :meth:`make` (:func:`foretaste.testing.two_clans`).
    What may be shown is worked out here item by item, the slow and obvious way.
    """

    @abstractmethod
    def make(self, dataset: Dataset) -> Any:
        """What answers, fitted on this data.

        Args:
            dataset: The world.

        Returns:
            Anything with ``answer``.
        """

    def test_what_was_seen_is_not_shown_unless_asked_for(self) -> None:
        world, who = self._ready()
        for user_row, user_id in enumerate(world.user_ids.ids):
            seen = set(world.item_ids.names(world.histories.of(user_row).rows.tolist()))
            shown = self._shown(Query(user_id, n=100))
            assert not shown & seen, f"{user_id} has seen {shown & seen}"
            assert shown == self._may(world, Query(user_id)), user_id
            assert seen <= self._shown(Query(user_id, n=100, filter_seen=False)), user_id
        assert who.answer(Query(world.user_ids.ids[0], n=3)).item_ids

    def test_history_given_with_the_request_counts_as_seen(self) -> None:
        query = Query(history=("red-0", Event("red-1", "dislike")), n=100)
        assert not self._shown(query) & {"red-0", "red-1"}

    def test_what_is_not_yet_available_is_not_shown(self) -> None:
        assert "future" not in self._shown(Query(n=100, time_s=_NOW_S))
        assert "future" in self._shown(Query(n=100, time_s=4.1e9))

    def test_lists_are_distinct_no_longer_than_asked_and_from_the_catalogue(self) -> None:
        world, who = self._ready()
        for n in (1, 5, 1_000):
            answer: Answer = who.answer(Query("red-person-0", n=n))
            assert len(answer.item_ids) <= n
            assert len(set(answer.item_ids)) == len(answer.item_ids)
            assert set(answer.item_ids) <= set(world.item_ids.ids)
            assert len(answer.scores) == len(answer.titles) == len(answer.item_ids)

    def test_any_mixture_of_filters_holds(self) -> None:
        world, who = self._ready()
        rng = stream(11, "filters")
        names = world.item_ids.ids
        expressions = [None, *_EXPRESSIONS]
        for _ in range(60):

            def some() -> tuple[str, ...]:
                return tuple(str(one) for one in rng.choice(names, rng.integers(1, 12)))

            query = Query(
                user_id=[None, "stranger", *world.user_ids.ids[:4]][rng.integers(6)],
                history=some()[:2] if rng.random() < 0.5 else (),
                candidates=some() if rng.random() < 0.3 else None,
                allow=some() if rng.random() < 0.3 else None,
                deny=some() if rng.random() < 0.5 else (),
                filter=expressions[rng.integers(len(expressions))],
                filter_seen=bool(rng.random() < 0.7),
                time_s=_NOW_S,
                n=int(rng.integers(1, 40)),
            )
            shown, may = set(who.answer(query).item_ids), self._may(world, query)
            assert shown <= may, f"{query}: {shown - may} are forbidden"
            assert len(shown) == min(query.n, len(may)), f"{query}: {may - shown} are missing"

    def test_a_filter_that_leaves_nothing_gives_an_empty_list_and_says_so(self) -> None:
        _, who = self._ready()
        answer = who.answer(Query("red-person-0", filter="year > 3000"))
        assert answer.item_ids == () and answer.warnings

    def _ready(self) -> tuple[Dataset, Any]:
        if type(self) not in _READY:
            world = two_clans()
            _READY[type(self)] = (world, self.make(world))
        return _READY[type(self)]

    def _shown(self, query: Query) -> set[str]:
        return set(self._ready()[1].answer(query).item_ids)

    def _may(self, world: Dataset, query: Query) -> set[str]:
        seen = {one if isinstance(one, str) else one.item_id for one in query.history}
        user_row = None if query.user_id is None else world.user_ids.get(query.user_id)
        if user_row is not None:
            seen |= set(world.item_ids.names(world.histories.of(user_row).rows.tolist()))
        may = set()
        for item in world.items.iter_rows(named=True):
            name = item["item_id"]
            forbidden = (
                (query.filter_seen and name in seen)
                or name in query.deny
                or (query.candidates is not None and name not in query.candidates)
                or (query.allow is not None and name not in query.allow)
                or (query.filter is not None and not _EXPRESSIONS[query.filter](item))
                or (item["available_from_s"] or 0.0) > (query.time_s or _NOW_S)
            )
            if not forbidden:
                may.add(name)
        return may


_EXPRESSIONS: dict[str, Any] = {
    "year >= 1984": lambda item: item["year"] is not None and item["year"] >= 1984,
    'clan == "red"': lambda item: item["clan"] == "red",
    '"even" in tags and not year < 1982': lambda item: (
        "even" in item["tags"] and item["year"] >= 1982
    ),
    '"red" in tags or "odd" in tags': lambda item: "red" in item["tags"] or "odd" in item["tags"],
}
