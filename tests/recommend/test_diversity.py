"""Variety in lists: greedy maximal marginal relevance does what its formula says."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from foretaste.core import Dataset, Evidence, ItemList, Query, stream
from foretaste.core.errors import InputError
from foretaste.models import Popularity
from foretaste.recommend import MMR, Diversifier, Source
from foretaste.testing import RerankerConformance

from .test_pipeline import make


class TestConformance(RerankerConformance):
    def fitted(self, world: Dataset) -> Any:
        vectors = stream(3).normal(size=(world.n_items, 4)).astype(np.float32)
        vectors[::5] = 0.0
        return MMR(diversity=0.5, pool=7).over(vectors)


def by_the_formula(vectors: np.ndarray, items: ItemList, weight: float, n: int) -> list[int]:
    """Every step looked at item by item."""
    known = vectors.any(axis=1)
    unit = np.where(known[:, None], vectors - vectors[known].mean(axis=0), 0.0)
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    worth = dict(zip(items.rows.tolist(), items.scores.tolist(), strict=True))
    low, high = min(worth.values()), max(worth.values())
    chosen = [max(worth, key=lambda row: worth[row])]
    while len(chosen) < n:
        left = [row for row in items.rows.tolist() if row not in chosen]
        chosen.append(
            max(
                left,
                key=lambda row: (
                    (1 - weight) * (worth[row] - low) / (high - low)
                    - weight * max(float(unit[row] @ unit[one]) for one in chosen)
                ),
            )
        )
    return chosen


@pytest.mark.parametrize("weight", [0.2, 0.5, 0.9, 1.0])
def test_the_list_is_the_one_of_the_formula(weight: float) -> None:
    rng = stream(1)
    vectors = rng.normal(size=(30, 5))
    vectors[4] = 0.0
    scores = np.sort(rng.normal(size=20))[::-1]
    items = ItemList.of(rng.permutation(30)[:20], score=scores, tag=np.arange(20))
    found = MMR(diversity=weight).over(vectors).rerank(Evidence(), items, 8)
    assert found.rows.tolist() == by_the_formula(vectors, items, weight, 8)
    assert found.scores.tolist() == [scores[tag] for tag in found.columns["tag"]]


def test_more_weight_means_less_likeness_and_never_a_better_sum_of_scores() -> None:
    rng = stream(2)
    vectors = rng.normal(size=(200, 6))
    items = ItemList.of(np.arange(200), score=np.sort(rng.random(200))[::-1])
    likeness, sums = [], []
    for weight in (0.0, 0.3, 0.7, 1.0):
        rows = MMR().over(vectors).rerank(Evidence(), items, 10, weight).rows
        unit = vectors[rows] - vectors.mean(axis=0)
        unit /= np.linalg.norm(unit, axis=1, keepdims=True)
        likeness.append(max(a @ b for a, b in itertools.combinations(unit, 2)))
        sums.append(items.scores[rows].sum())
        assert rows[0] == 0, "the first item is the best one"
    assert likeness == sorted(likeness, reverse=True) and sums == sorted(sums, reverse=True)


def test_a_shorter_list_is_the_beginning_of_a_longer_one_and_the_rest_follows_by_score() -> None:
    rng = stream(4)
    items = ItemList.of(np.arange(50), score=np.sort(rng.random(50))[::-1])
    part = MMR(diversity=0.6, pool=20).over(rng.normal(size=(50, 3)))
    whole = part.rerank(Evidence(), items)
    assert part.rerank(Evidence(), items, 7).rows.tolist() == whole.rows[:7].tolist()
    assert whole.rows[20:].tolist() == list(range(20, 50))
    assert sorted(whole.rows[:20].tolist()) == list(range(20))


def shop_vectors() -> np.ndarray:
    """Heat and Thief are twins; the other films are unlike anything."""
    vectors = np.eye(6)
    vectors[1] = vectors[0]
    return vectors


def test_a_query_asks_for_it(shop: Dataset) -> None:
    shop = replace(shop, interactions=shop.interactions.filter(shop.interactions["user_row"] < 4))
    pipeline = make(
        shop,
        Source("popularity", Popularity().fit(shop, rng=stream(0))),
        diversifier=MMR().over(shop_vectors()),
    )
    plain = pipeline.answer(Query(n=3))
    assert set(plain.item_ids) == {"heat-1995", "thief-1981", "gattaca-1997"}
    various = pipeline.answer(Query(n=3, diversity=0.9))
    assert "thief-1981" not in various.item_ids
    assert all(various.reasons) and various.source == "popularity"
    scores = dict(zip(plain.item_ids, plain.scores, strict=True))
    kept = [i for i in various.item_ids if i in scores]
    assert [scores[i] for i in kept] == [various.scores[various.item_ids.index(i)] for i in kept], (
        "scores are what they were"
    )


def test_without_vectors_the_answer_says_so(shop: Dataset) -> None:
    pipeline = make(shop, Source("popularity", Popularity().fit(shop, rng=stream(0))))
    answer = pipeline.answer(Query(n=3, diversity=0.5))
    assert answer.item_ids == pipeline.answer(Query(n=3)).item_ids
    assert "diversity was ignored" in answer.warnings[0]


@pytest.mark.parametrize("diversity", [-0.1, 1.5, float("nan"), "much", None])
def test_what_is_no_share_is_refused(shop: Dataset, diversity: Any) -> None:
    pipeline = make(shop, Source("popularity", Popularity().fit(shop, rng=stream(0))))
    with pytest.raises(InputError, match="diversity"):
        pipeline.answer(Query(diversity=diversity))


def test_one_item_and_equal_scores_are_no_trouble() -> None:
    part = Diversifier(MMR(diversity=0.5), np.eye(3))
    one = ItemList.of([2], score=np.array([1.0]))
    assert part.rerank(Evidence(), one).rows.tolist() == [2]
    equal = ItemList.of([0, 1, 2], score=np.ones(3))
    assert sorted(part.rerank(Evidence(), equal).rows.tolist()) == [0, 1, 2]
