"""A live past, a chooser and a named source in place of what the bundle would do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from foretaste.core import Dataset, Evidence, History, ItemList, Query, Scorer, stream
from foretaste.core.errors import UnknownNameError
from foretaste.models import Ease, Popularity
from foretaste.recommend import Past, Pipeline, Select, Selection, Source

from .test_pipeline import Broken, make


@pytest.fixture(scope="module")
def pipeline(shop: Dataset) -> Pipeline:
    return make(
        shop,
        Source("ease", Ease(ridge=1.0).fit(shop, rng=stream(0))),
        Source("popularity", Popularity().fit(shop, rng=stream(0))),
    )


class Backwards:
    """Shows the pool's worst items, and says so."""

    def pool(self, n: int) -> int:
        return 3 * n

    def __call__(self, evidence: Evidence, items: ItemList, scorer: Scorer, n: int) -> Selection:
        self.given = (evidence, items, scorer, n)
        shown = items.take(slice(None, None, -1)).take(slice(0, n))
        return Selection(shown, (0.25,) * len(shown), (True,) * len(shown))


def test_the_past_replaces_the_record(pipeline: Pipeline) -> None:
    recorded = pipeline.answer(Query("ann"))
    empty = pipeline.answer(Query("ann"), past=Past())
    assert empty.source == "popularity" and "heat-1995" in empty.item_ids
    same = pipeline.answer(Query("ann"), past=Past(History.of([0, 1])))
    assert same.item_ids == recorded.item_ids and same.scores == recorded.scores
    more = pipeline.answer(Query("ann"), past=Past(History.of([0, 1, 2])))
    assert "gattaca-1997" not in more.item_ids, "what was met follows from the past"
    joined = pipeline.answer(Query("ann", history=("gattaca-1997",)), past=Past(History.of([0, 1])))
    assert joined.item_ids == more.item_ids and joined.scores == more.scores


def test_a_person_only_the_service_knows_is_nobody_new(pipeline: Pipeline) -> None:
    assert pipeline.answer(Query("zoe"), past=Past(History.of([0]))).warnings == ()
    evidence, _ = pipeline.translator.evidence(
        Query("zoe", profile={"age": 7}), Past(profile={"age": 5, "town": "Ulm"})
    )
    assert evidence.profile == {"age": 7, "town": "Ulm"}


def test_a_chooser_gets_the_ranked_pool_and_its_word_is_kept(pipeline: Pipeline) -> None:
    select = Backwards()
    assert isinstance(select, Select)
    plain = pipeline.answer(Query(n=6, filter_seen=False))
    answer = pipeline.answer(Query(n=2, seed=9, filter_seen=False), select=select)
    evidence, items, scorer, n = select.given
    assert len(items) == min(6, len(plain)) and n == 2 and evidence.seed == 9
    assert scorer is pipeline.sources[1].scorer, "whoever ranked, here the fallback"
    ids = pipeline.translator.catalogue.item_ids.names(items.rows.tolist())
    assert tuple(ids) == plain.item_ids
    assert answer.item_ids == plain.item_ids[::-1][:2]
    assert answer.propensities == (0.25, 0.25) and answer.explored == (True, True)
    assert all(answer.reasons) and len(answer.scores) == 2
    assert plain.propensities is None and plain.explored == ()


def test_where_several_rank_together_the_chooser_gets_no_single_scorer(shop: Dataset) -> None:
    fused = make(
        shop,
        Source("ease", Ease(ridge=1.0).fit(shop, rng=stream(0))),
        Source("popularity", Popularity().fit(shop, rng=stream(0))),
    )
    select = Backwards()
    answer = fused.answer(Query("ann", n=1), select=select, source="fusion")
    assert answer.source == "fusion"
    assert not hasattr(select.given[2], "uncertainty")


def test_a_named_source_ranks_and_the_others_stay_its_fallback(
    pipeline: Pipeline, shop: Dataset
) -> None:
    assert pipeline.answer(Query("ann")).source == "ease"
    assert pipeline.answer(Query("ann"), source="popularity").source == "popularity"
    assert pipeline.answer(Query(), source="ease").source == "popularity", "ease has no say"
    with pytest.raises(UnknownNameError, match="popularity"):
        pipeline.answer(Query(), source="popularit")
    broken = make(
        shop,
        Source("popularity", Popularity().fit(shop, rng=stream(0))),
        Source("taste", Broken()),
    )
    answer = broken.answer(Query(), source="taste")
    assert answer.source == "popularity" and "taste could not score" in answer.warnings[0]


def test_the_source_that_would_answer_explains(pipeline: Pipeline) -> None:
    def source(query: Query, **more: Any) -> str:
        return pipeline.explain(query, ["gattaca-1997"], **more)[0][0].source

    assert source(Query("ann")) == pipeline.answer(Query("ann")).source == "ease"
    assert source(Query()) == pipeline.answer(Query()).source == "popularity"
    assert source(Query("ann"), past=Past()) == "popularity"
    assert source(Query("ann"), source="popularity") == "popularity"


def test_an_explanation_has_the_numbers_of_the_answer(pipeline: Pipeline) -> None:
    answer = pipeline.answer(Query("ann"))
    told = pipeline.explain(Query("ann"), answer.item_ids)
    for said, again in zip(answer.reasons, told, strict=True):
        assert [r.text for r in said] == [r.text for r in again]
        assert np.allclose([r.weight for r in said], [r.weight for r in again])
