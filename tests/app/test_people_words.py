"""What people say of themselves counts when they are answered."""

from __future__ import annotations

import pytest

import foretaste as ft
from foretaste.app import Recommender
from foretaste.core import EMPTY_HISTORY, Query
from foretaste.recommend import Past

from .film_world import KINDS, CountingEncoder, build_films

ABOUT_SPACE = {"about": f"I love {KINDS['space'][1]}"}


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return ft.fit(build_films(), encoder=CountingEncoder(), models__taste__learn=False)


def share_of_space(recommender: Recommender, query: Query, past: Past | None = None) -> float:
    items = recommender.pipeline.answer(query, past=past).item_ids
    return sum(one.startswith("space") for one in items) / len(items)


def test_words_about_oneself_move_the_list(recommender: Recommender) -> None:
    plain = share_of_space(recommender, Query("zoe", n=12), Past())
    told = share_of_space(recommender, Query("zoe", n=12), Past(EMPTY_HISTORY, ABOUT_SPACE))
    assert told > plain
    asked = share_of_space(recommender, Query(n=12, profile={"text": ABOUT_SPACE["about"]}))
    assert asked > plain


def test_what_is_stored_is_read_and_each_text_once(recommender: Recommender) -> None:
    encoder = recommender.encoder
    assert isinstance(encoder, CountingEncoder)
    pipeline = recommender.pipeline
    stored = str(recommender.dataset.people["about"][4])
    before = encoder.asked.count(stored)
    first, _ = pipeline.translator.evidence(Query("p4"))
    assert first.profile_vector is not None and first.profile_vector.any()
    for _ in range(3):
        recommender.answer(Query("p4"))
    assert encoder.asked.count(stored) == before + 1
    again = pipeline.stored_evidence(4)
    assert again.profile_vector is first.profile_vector
    nobody, _ = pipeline.translator.evidence(Query("p1"))
    assert nobody.profile_vector is None, "p1 has said nothing"


def test_lists_for_many_are_those_of_one(recommender: Recommender) -> None:
    for row, items in recommender.pipeline.rank_many(range(6), 5):
        user_id = recommender.dataset.user_ids.ids[row]
        ids = recommender.dataset.item_ids.names(items.rows.tolist())
        assert tuple(ids) == recommender.answer(Query(user_id, n=5)).item_ids
