"""Words of any script, stems, passages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretaste.core.errors import UnknownNameError
from foretaste.language.passages import split_passages
from foretaste.language.words import fold, make_stem, split_words, stop_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Boy's 2nd day", ["the", "boy", "2nd", "day"]),
        ("Ｃａｓｅ ﬁlm", ["case", "film"]),
        ("花樣年華", ["花", "樣", "年", "華", "花樣", "樣年", "年華"]),
        ("iPhone手機", ["iphone", "手", "機", "手機"]),
        ("फ़िल्म हिन्दी", [fold("फ़िल्म"), "हिन्दी"]),
        ("기억에 관한", ["기억에", "관한"]),
        ("snake_case", ["snake", "case"]),
        ("…!? 🎬", []),
    ],
)
def test_words_of_any_script(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_folding_twice_changes_nothing(text: str) -> None:
    words = split_words(text)
    assert all(words)
    assert split_words(fold(text)) == words


def test_stems_meet_across_forms_and_accents() -> None:
    stem = make_stem("english")
    assert stem("running") == stem("runs")
    assert stem("amélie") == stem("amelie")
    assert make_stem("french")("chevaux") == make_stem("french")("cheval")
    assert stem("東京") == "東京"
    assert stem("が") == "が", "a voiced kana is a letter, not a letter with an accent"
    assert make_stem(None)("running") == "running"


def test_an_unknown_language_is_said_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'english'"):
        make_stem("englsh")


def test_stop_words_of_the_language_and_of_chinese() -> None:
    words = stop_words("english")
    assert {"the", "about", "的"} <= words
    assert "memory" not in words
    assert "况" not in words, "a character of a listed word is not itself listed"
    assert "und" in stop_words("german")
    assert "the" not in stop_words("finnish")


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("", []),
        ("  \n ", []),
        (
            "A thing happens here. Then another one does! ",
            ["A thing happens here.", "Then another one does!"],
        ),
        ("Dr. Strange heals the sick.", ["Dr. Strange heals the sick."]),
        ("一对老夫妇去东京。孩子们太忙了。", ["一对老夫妇去东京。", "孩子们太忙了。"]),
        ("He left for good. So?", ["He left for good. So?"]),
    ],
)
def test_passages(text: str, passages: list[str]) -> None:
    assert split_passages(text) == passages


def test_many_sentences_are_joined_not_lost() -> None:
    text = " ".join(f"This is sentence number {n}." for n in range(50))
    passages = split_passages(text, most=12)
    assert len(passages) <= 12
    assert " ".join(passages) == text
