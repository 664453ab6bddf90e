"""Names of metrics are read in one place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretaste.core.errors import InputError, UnknownNameError
from foretaste.measure import BEYOND, RANKING, RATING, WHOLE, MetricName, parse


@settings(deadline=None)
@given(st.sampled_from((*RANKING, *BEYOND)), st.integers(1, 500))
def test_a_name_survives_the_round_trip(base: str, k: int) -> None:
    assert parse(f"{base}@{k}") == MetricName(base, k)
    assert str(parse(f" {base.upper()}@{k} ")) == f"{base}@{k}"


@pytest.mark.parametrize("base", [*WHOLE, *RATING])
def test_metrics_of_the_whole_take_no_length(base: str) -> None:
    assert parse(base) == MetricName(base)
    with pytest.raises(InputError, match="another form"):
        parse(f"{base}@10")


def test_styles_and_synonyms() -> None:
    assert parse("recall@20:lenskit") == MetricName("recall", 20, "lenskit")
    assert str(parse("recall@20:lenskit")) == "recall@20:lenskit"
    assert parse("hr@10") == parse("hitrate@10") == MetricName("hit", 10)
    assert parse(parse("ndcg@5")) == MetricName("ndcg", 5)


@pytest.mark.parametrize("name", ["ndcg", "ndcg@0", "recall@", "", "ndcg10", "ndgc@10", "@5"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        parse(name)


def test_a_near_miss_is_suggested_and_a_foreign_style_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean 'ndcg@10'"):
        parse("ndgc@10")
    with pytest.raises(UnknownNameError, match="recbole"):
        parse("ndcg@10:surprise")
