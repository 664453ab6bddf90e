"""Lists for many people at once are the lists each of them gets alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from foretaste.core import Dataset, Query, stream
from foretaste.models import Ease, Popularity
from foretaste.recommend import (
    Catalogue,
    Pipeline,
    ReasonSettings,
    ReasonWriter,
    ReciprocalRankFusion,
    Source,
    Translator,
)


def make(shop: Dataset, **more: Any) -> Pipeline:
    rng = stream(0)
    sources = (
        Source("ease", Ease(ridge=1.0).fit(shop, rng=rng)),
        Source("popularity", Popularity().fit(shop, rng=rng)),
    )
    catalogue = Catalogue.of(shop)
    translator = Translator(
        catalogue, shop.user_ids, shop.histories, (), shop.kinds, lambda kind, value: 1.0
    )
    writer = ReasonWriter(ReasonSettings(), catalogue, shop.kinds, np.ones(6), shop.n_users)
    return Pipeline(translator, sources, writer, **more)


@pytest.fixture
def newcomer(shop: Dataset) -> Dataset:
    """The same shop where nothing of eve's is on record."""
    return replace(shop, interactions=shop.interactions.filter(shop.interactions["user_row"] != 4))


@pytest.mark.parametrize("fusion", [None, ReciprocalRankFusion()])
@pytest.mark.parametrize("filter_seen", [True, False])
@pytest.mark.parametrize("n", [1, 3, 10])
def test_the_same_lists(
    newcomer: Dataset, fusion: ReciprocalRankFusion | None, filter_seen: bool, n: int
) -> None:
    pipeline = make(newcomer, fusion=fusion)
    lists = dict(pipeline.rank_many(range(5), n, filter_seen=filter_seen, chunk=2))
    for row, user_id in enumerate(newcomer.user_ids.ids):
        alone = pipeline.answer(Query(user_id, n=n, filter_seen=filter_seen))
        assert newcomer.item_ids.names(lists[row].rows.tolist()) == list(alone.item_ids)
        assert lists[row].scores.tolist() == pytest.approx(alone.scores)
    assert newcomer.item_ids.names(lists[4].rows[:1].tolist()) == ["heat-1995"]  # popularity


def test_only_what_the_mask_shows(shop: Dataset) -> None:
    mask = np.array([0, 0, 1, 0, 1, 0], bool)
    for _, items in make(shop).rank_many(range(5), 6, mask=mask, filter_seen=False):
        assert sorted(items.rows.tolist()) == [2, 4]
