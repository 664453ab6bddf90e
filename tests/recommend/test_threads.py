"""Several threads may answer at once: what is kept between calls belongs to nobody else."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from foretaste.core import Answer, Dataset, Query, stream
from foretaste.recommend import (
    Catalogue,
    Pipeline,
    ReasonSettings,
    ReasonWriter,
    Source,
    Translator,
)
from foretaste.taste import FittedTaste, TasteModel
from foretaste.testing import two_clans


@pytest.fixture(scope="module")
def world() -> Dataset:
    return two_clans(n_people=60, n_items=24)


@pytest.fixture(scope="module")
def pipeline(world: Dataset) -> Pipeline:
    taste = TasteModel(learn=False).fit(world, rng=stream(0))
    catalogue = Catalogue.of(world)
    likes = np.asarray(world.liked.sum(axis=0)).ravel()
    writer = ReasonWriter(ReasonSettings(), catalogue, world.kinds, likes, world.n_users)
    translator = Translator(
        catalogue, world.user_ids, world.histories, (), world.kinds, lambda kind, value: 1.0
    )
    return Pipeline(translator, (Source("taste", taste),), writer)


def said(answer: Answer) -> tuple[object, ...]:
    return (answer.item_ids, answer.scores, answer.uncertainty, answer.reasons, answer.warnings)


def test_answers_of_many_threads_are_those_of_one(world: Dataset, pipeline: Pipeline) -> None:
    ids, items = world.user_ids.ids, world.item_ids.ids
    queries = [Query(user_id, n=5, filter_seen=False) for user_id in ids]
    queries += [Query(history=items[k : k + 1 + k % 7], n=5) for k in range(20)]
    alone = [said(pipeline.answer(query)) for query in queries]
    rng = stream(1)
    order = rng.permutation(np.tile(np.arange(len(queries)), 4)).tolist()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # as many switches between threads as there can be
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda k: said(pipeline.answer(queries[k])), order))
    finally:
        sys.setswitchinterval(before)
    for k, found in zip(order, together, strict=True):
        assert found == alone[k]


def test_each_thread_keeps_its_own_reading_of_whoever_asks(pipeline: Pipeline) -> None:
    taste = pipeline.sources[0].scorer
    assert isinstance(taste, FittedTaste)
    mine, theirs = pipeline.stored_evidence(0), pipeline.stored_evidence(1)
    first = taste._read(mine)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(taste._read, theirs).result()
    assert taste._read(mine) is first and other.evidence is theirs
    assert taste._read(theirs) is not other
