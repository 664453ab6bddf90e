# ruff: noqa: D102 - the name of a test is its sentence
"""What everything that makes or changes a list promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from foretaste.core import Evidence, ItemList, stream
from foretaste.testing.cases import Suite, cases, through_disk

__all__ = ["RerankerConformance", "RetrieverConformance"]


class RetrieverConformance(Suite):
    """The suite of :class:`foretaste.core.Retriever`."""

    def test_a_list_has_distinct_items_of_the_catalogue_best_first(self) -> None:
        n_items = self.world().n_items
        for who, evidence in cases(self.world()).items():
            for n in (1, 3, n_items, n_items + 1_000):
                found = self.part().retrieve(evidence, n)
                rows, scores = found.rows, found.scores
                assert len(found) <= min(n, n_items), f"{who}: {len(found)} items for n = {n}"
                assert len(set(rows.tolist())) == len(rows), f"{who}: an item comes twice"
                assert ((rows >= 0) & (rows < n_items)).all(), f"{who}: rows {rows}"
                assert np.isfinite(scores).all(), f"{who}: scores {scores}"
                assert (np.diff(scores) <= 0).all(), f"{who}: not best first: {scores}"

    def test_nothing_can_be_asked_for(self) -> None:
        for who, evidence in cases(self.world()).items():
            assert len(self.part().retrieve(evidence, 0)) == 0, who

    def test_a_shorter_list_is_the_beginning_of_a_longer_one(self) -> None:
        for who, evidence in cases(self.world()).items():
            longer = self.part().retrieve(evidence, 6)
            shorter = self.part().retrieve(evidence, 3)
            np.testing.assert_array_equal(shorter.rows, longer.rows[: len(shorter)], who)

    def test_asking_twice_gives_the_same_list(self) -> None:
        again = self.fitted(self.world())
        for who, evidence in cases(self.world()).items():
            first = self.part().retrieve(evidence, 5)
            np.testing.assert_array_equal(first.rows, self.part().retrieve(evidence, 5).rows, who)
            np.testing.assert_array_equal(first.rows, again.retrieve(evidence, 5).rows, who)

    def test_saved_and_loaded_it_proposes_the_same(self, tmp_path: Path) -> None:
        part = self.part()
        if not hasattr(part, "state"):
            return
        again = type(part).from_state(through_disk(part.state(), tmp_path))
        for who, evidence in cases(self.world()).items():
            one, other = part.retrieve(evidence, 5), again.retrieve(evidence, 5)
            np.testing.assert_array_equal(one.rows, other.rows, who)


class RerankerConformance(Suite):
    """The suite of :class:`foretaste.core.Reranker`."""

    def test_nothing_is_added_and_nothing_comes_twice(self) -> None:
        for who, _, items, found in self._reranked():
            strangers = set(found.rows.tolist()) - set(items.rows.tolist())
            assert not strangers, f"{who}: {strangers} were not in the list"
            assert len(set(found.rows.tolist())) == len(found), f"{who}: an item comes twice"

    def test_columns_stay_with_their_items(self) -> None:
        for who, _, items, found in self._reranked():
            tags = dict(zip(items.rows.tolist(), items.columns["tag"].tolist(), strict=True))
            assert set(items.columns) <= set(found.columns), f"{who}: a column was lost"
            assert all(len(column) == len(found) for column in found.columns.values()), who
            kept = [tags[row] for row in found.rows.tolist()]
            assert found.columns["tag"].tolist() == kept, f"{who}: columns are out of step"

    def test_an_empty_list_stays_empty(self) -> None:
        for who, evidence in cases(self.world()).items():
            nothing = ItemList.of([], score=np.zeros(0), tag=np.zeros(0))
            assert len(self.part().rerank(evidence, nothing)) == 0, who

    def test_the_list_given_stays_as_it_was_and_the_answer_is_the_same_again(self) -> None:
        for who, evidence, items, found in self._reranked():
            before = _list(self.world().n_items)
            np.testing.assert_array_equal(items.rows, before.rows[: len(items)], who)
            np.testing.assert_array_equal(items.scores, before.scores[: len(items)], who)
            again = self.part().rerank(evidence, items)
            np.testing.assert_array_equal(found.rows, again.rows, who)

    def _reranked(self) -> Any:
        every = _list(self.world().n_items)
        for who, evidence in cases(self.world()).items():
            for items in (every, every.take(slice(0, 1)), every.take(slice(0, 5))):
                yield who, evidence, items, self._rerank(evidence, items)

    def _rerank(self, evidence: Evidence, items: ItemList) -> ItemList:
        found: ItemList = self.part().rerank(evidence, items)
        return found


def _list(n_items: int) -> ItemList:
    rng = stream(7, "rerank")
    rows = rng.permutation(n_items)
    scores = np.sort(rng.normal(size=n_items))[::-1]
    return ItemList.of(rows, score=scores.copy(), tag=rng.permutation(1_000)[:n_items])
