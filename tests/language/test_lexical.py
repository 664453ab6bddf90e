"""BM25 over fields: against a peer, against itself, in Chinese."""

from __future__ import annotations

import numpy as np
import pytest

from foretaste.language.lexical import LexicalIndex, LexicalSettings
from foretaste.language.words import make_stem, split_words

TEXTS = [
    "a detective hunts a thief in the rain",
    "the thief steals a painting, then another painting",
    "two lovers meet in the rain in Paris",
    "一个小偷在巴黎偷了一幅画",
    "",
]


def test_one_field_equals_bm25s() -> None:
    import bm25s

    stem = make_stem("english")
    index = LexicalIndex.build({"text": TEXTS})
    peer = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    # The peer counts empty texts in the mean length, we do not: leave them out here.
    tokens = [[stem(word) for word in split_words(text)] for text in TEXTS[:4]]
    peer.index(tokens, show_progress=False)
    ours = LexicalIndex.build({"text": TEXTS[:4]})
    for wish in ("thief", "painting rain", "lovers Paris", "小偷"):
        stems = list(dict.fromkeys(stem(word) for word in split_words(wish)))
        expected = peer.get_scores([word for word in stems if word in peer.vocab_dict])
        np.testing.assert_allclose(ours.score(wish), expected, rtol=1e-5)
    assert index.score("thief")[4] == 0


def test_fields_weigh() -> None:
    fields = {"title": ["rain", "sun"], "text": ["a sun", "a rain"]}
    heavy = LexicalIndex.build(fields, {"title": 3.0})
    light = LexicalIndex.build(fields, {"title": 0.1})
    assert np.argmax(heavy.score("rain")) == 0
    assert np.argmax(light.score("rain")) == 1


def test_adding_equals_building() -> None:
    at_once = LexicalIndex.build({"a": TEXTS, "b": TEXTS[::-1]})
    later = LexicalIndex.build({"a": TEXTS[:2], "b": TEXTS[::-1][:2]})
    before = later.score("thief").copy()
    both = later.add({"a": TEXTS[2:], "b": TEXTS[::-1][2:]})
    np.testing.assert_array_equal(both.score("thief rain 巴黎"), at_once.score("thief rain 巴黎"))
    np.testing.assert_array_equal(later.score("thief"), before)


def test_saved_and_loaded_it_scores_the_same() -> None:
    index = LexicalIndex.build({"a": TEXTS, "b": TEXTS[::-1]}, {"b": 2.0})
    again = LexicalIndex.from_state(index.state())
    np.testing.assert_array_equal(
        index.score("thief in the rain 画"), again.score("thief in the rain 画")
    )
    assert again.matches("thief", 0) == index.matches("thief", 0)


def test_stop_words_alone_are_meant_as_they_stand() -> None:
    index = LexicalIndex.build({"title": ["It", "Heat"]})
    assert np.argmax(index.score("it")) == 0
    assert index.score("it")[0] > 0
    assert index.score("it heat")[0] == 0
    plain = LexicalIndex.build(
        {"title": ["It", "Heat"]}, settings=LexicalSettings(stop_words=False)
    )
    assert plain.score("it heat")[0] > 0


def test_matches_name_the_words_that_count_and_where() -> None:
    index = LexicalIndex.build(
        {"title": ["Rain", "Sun", "Sea"], "text": ["a thief in Paris", "a cook", "a cat"]}
    )
    found = index.matches("the thief who loved rain in Paris", 0)
    assert {match.word for match in found} == {"thief", "rain", "paris"}
    assert {match.word: match.field for match in found}["rain"] == "title"
    assert [match.weight for match in found] == sorted((m.weight for m in found), reverse=True)
    assert index.matches("zebra", 0) == []
    assert index.matches("", 0) == []


def test_chinese_matches_name_the_longer_words() -> None:
    index = LexicalIndex.build({"text": TEXTS})
    words = [match.word for match in index.matches("我想看巴黎的小偷", 3)]
    assert set(words) == {"巴黎", "小偷"}


def test_coverage_is_a_share() -> None:
    index = LexicalIndex.build({"text": TEXTS})
    some = index.coverage("thief zebra")
    assert 0 < some[0] < index.coverage("thief")[0] < 1
    assert not index.coverage("").any()


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_an_empty_catalogue_answers_zeros(texts: list[str]) -> None:
    index = LexicalIndex.build({"text": texts})
    assert index.score("anything").shape == (len(texts),)
    assert not index.score("anything").any()
    assert len(LexicalIndex.from_state(index.state())) == len(texts)
