"""Answers: filters hold, reasons are true, somebody always answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from foretaste.core import Dataset, Event, Evidence, FloatArray, Query, stream
from foretaste.core.errors import InputError, LimitError
from foretaste.models import Ease, Popularity
from foretaste.recommend import Pipeline, Source
from foretaste.recommend.catalogue import Catalogue
from foretaste.recommend.fusion import ReciprocalRankFusion
from foretaste.recommend.reasons import ReasonSettings, ReasonWriter
from foretaste.recommend.translate import Translator


def make(shop: Dataset, *sources: Source, **more: Any) -> Pipeline:
    catalogue = Catalogue.of(shop)
    translator = Translator(
        catalogue,
        shop.user_ids,
        shop.histories,
        (),
        shop.kinds,
        lambda kind, value: -1.0 if kind == "dislike" else 1.0,
    )
    likes = np.asarray(shop.liked.sum(axis=0)).ravel()
    writer = ReasonWriter(ReasonSettings(), catalogue, shop.kinds, likes, shop.n_users)
    return Pipeline(translator, sources, writer, digest="test", **more)


@pytest.fixture(scope="module")
def pipeline(shop: Dataset) -> Pipeline:
    rng = stream(0)
    return make(
        shop,
        Source("ease", Ease(ridge=1.0).fit(shop, rng=rng)),
        Source("popularity", Popularity().fit(shop, rng=rng)),
    )


class Broken:
    def score(self, evidence: Evidence, rows: Any = None) -> FloatArray:
        raise FloatingPointError("boom")

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        raise FloatingPointError("boom")


def test_seen_items_and_items_not_yet_available_are_left_out(pipeline: Pipeline) -> None:
    answer = pipeline.answer(Query("ann"))
    assert answer.source == "ease"
    assert answer.item_ids[0] == "gattaca-1997"
    assert not set(answer.item_ids) & {"heat-1995", "thief-1981", "new-2030"}
    later = pipeline.answer(Query("ann", time_s=4.1e9, filter_seen=False))
    assert set(later.item_ids) == set(pipeline.translator.catalogue.item_ids.ids)


def test_reasons_name_past_items_and_their_weights_are_the_scorers(
    pipeline: Pipeline, shop: Dataset
) -> None:
    answer = pipeline.answer(Query("ann", n=1))
    scorer = pipeline.sources[0].scorer
    weights = {"heat-1995": 0, "thief-1981": 1}
    for reason in answer.reasons[0]:
        assert reason.kind == "past"
        assert reason.text.startswith("You liked ")
        row = weights[reason.evidence[0]]
        assert reason.weight == pytest.approx(float(scorer.weights[row, 2]))  # type: ignore[attr-defined]
    assert {r.evidence[0] for r in answer.reasons[0]} <= set(weights)


def test_nobody_in_particular_is_answered_by_popularity_which_says_so(pipeline: Pipeline) -> None:
    answer = pipeline.answer(Query(n=2))
    assert answer.source == "popularity"
    assert answer.item_ids == ("heat-1995", "gattaca-1997")
    assert answer.reasons[0][0].text == "Liked by 4 of 5 people."


def test_unknown_people_and_items_are_warned_about(pipeline: Pipeline) -> None:
    assert "no person has the id 'zoe'" in pipeline.answer(Query("zoe")).warnings[0]
    answer = pipeline.answer(Query(history=("heat-1995", "heat-1996")))
    assert answer.warnings == ("history: no item has the id 'heat-1996'",)
    assert "heat-1995" not in answer.item_ids and answer.source == "ease"


def test_given_history_adds_to_the_record_and_keeps_its_signals(pipeline: Pipeline) -> None:
    query = Query("ann", history=(Event("gattaca-1997", kind="dislike", time_s=9.0),))
    evidence, _ = pipeline.translator.evidence(query)
    assert evidence.history.rows.tolist() == [0, 1, 2]
    assert evidence.history.signals.tolist() == [1, 1, -1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(candidates=("thief-1981", "gattaca-1997")), ["gattaca-1997", "thief-1981"]),
        (Query(allow=("thief-1981",)), ["thief-1981"]),
        (Query(deny=("heat-1995",), n=1), ["gattaca-1997"]),
        (Query(filter='"Crime" in genres', deny=("heat-1995",)), ["thief-1981"]),
        (Query(filter="year > 3000"), []),
    ],
)
def test_filters_hold(pipeline: Pipeline, query: Query, expected: list[str]) -> None:
    assert list(pipeline.answer(query).item_ids) == expected


def test_an_empty_answer_says_why(pipeline: Pipeline) -> None:
    assert "nothing is left" in pipeline.answer(Query(filter="year > 3000")).warnings[-1]


def test_a_broken_scorer_is_reported_and_the_next_answers(shop: Dataset) -> None:
    rng = stream(0)
    both = make(
        shop, Source("taste", Broken()), Source("popularity", Popularity().fit(shop, rng=rng))
    )
    answer = both.answer(Query("ann", n=1))
    assert answer.source == "popularity"
    assert answer.warnings == ("taste could not score (FloatingPointError): fell back",)
    alone = make(shop, Source("taste", Broken())).answer(Query("ann", n=2))
    assert alone.source == "catalogue order" and len(alone) == 2


def test_fusion_is_labelled_and_reasons_name_their_source(shop: Dataset) -> None:
    rng = stream(0)
    fused = make(
        shop,
        Source("ease", Ease(ridge=1.0).fit(shop, rng=rng)),
        Source("popularity", Popularity().fit(shop, rng=rng)),
        fusion=ReciprocalRankFusion(),
    )
    answer = fused.answer(Query("ann", n=2))
    assert answer.source == "fusion"
    assert answer.scores[0] == pytest.approx(2 / 61)
    assert {reason.source for reason in answer.reasons[0]} == {"ease", "popularity"}


def test_many_at_once_equals_one_by_one(pipeline: Pipeline, shop: Dataset) -> None:
    for row, items in pipeline.rank_many(range(shop.n_users), 3, chunk=2):
        single = pipeline.answer(Query(shop.user_ids.ids[row], n=3), reasons=False)
        if single.source == "ease":
            assert pipeline.translator.catalogue.item_ids.names(items.rows) == list(single.item_ids)


@pytest.mark.parametrize(
    ("query", "error"),
    [(Query(n=0), InputError), (Query(n=10**6), LimitError), (Query(wish="x" * 5000), LimitError)],
)
def test_limits(pipeline: Pipeline, query: Query, error: type[Exception]) -> None:
    with pytest.raises(error):
        pipeline.answer(query)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_id", 123),
        ("user_id", ["ann"]),
        ("wish", 123),
        ("wish", b"words"),
        ("filter", 5),
        ("n", "10"),
        ("n", 1.5),
        ("n", None),
        ("history", [1, 2]),
        ("history", [None]),
        ("history", "heat-1995"),
        ("candidates", "heat-1995"),
        ("allow", 5),
        ("profile", None),
        ("context", 5),
        ("filter_seen", "no"),
        ("time_s", float("nan")),
        ("time_s", "now"),
    ],
)
def test_a_field_of_another_type_is_named(pipeline: Pipeline, field: str, value: object) -> None:
    with pytest.raises(InputError, match=field):
        pipeline.answer(Query(**{field: value}))  # type: ignore[arg-type]


def test_the_frame_has_the_promised_columns(pipeline: Pipeline) -> None:
    frame = pipeline.answer(Query("ann", n=2)).to_frame()
    assert list(frame) == ["user_id", "item_id", "title", "score", "rank", "reason", "source"]
    assert frame["rank"].tolist() == [1, 2]
