"""Splitting any script into words, and words into stems: the ground of lexical matching."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from foretaste.core.errors import UnknownNameError

__all__ = ["Stem", "fold", "is_unspaced", "make_stem", "split_words", "stop_words"]

Stem = Callable[[str], str]
"""Maps a folded word to its stem."""

# Scripts written without spaces between words: Han with its extensions, kana, Thai and
# Lao, Burmese, Khmer. (Hangul has spaces.)
_UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\U00020000-\U0003ffff"
)
_POSSESSIVE = re.compile(r"(?<=\w)['\u2019]s\b")
_LATIN_MARKS = re.compile("[\u0300-\u036f]+")


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # `\w` leaves out the vowel signs of Indic scripts, which would cut words in pieces.
    marks = [chr(c) for c in range(0x300, 0xFFFF) if unicodedata.category(chr(c)) in ("Mn", "Mc")]
    word = f"[^\\W_](?:[^\\W_]|[{''.join(marks)}])*"
    return re.compile(word), re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")


def fold(text: str) -> str:
    """Make spellings equal: compatibility forms (NFKC) and case.

    Args:
        text: Any text.

    Returns:
        Folded text.
    """
    return unicodedata.normalize("NFKC", text).casefold()


def is_unspaced(text: str) -> bool:
    """Whether a text begins in a script written without spaces (Chinese, Japanese, Thai).

    Args:
        text: A word.

    Returns:
        True if so.
    """
    return bool(re.match(f"[{_UNSPACED}]", text))


def split_words(text: str) -> list[str]:
    """Split folded text into words; unspaced scripts give single characters and pairs.

    Character pairs with single characters match Chinese about as well as a dictionary
    segmenter does (Nie, Gao, Zhang & Zhou 2000), and need no dictionary.

    Args:
        text: Any text in any script.

    Returns:
        Words in order, lower case, accents kept.
    """
    word, runs = _patterns()
    words: list[str] = []
    for token in word.findall(_POSSESSIVE.sub("", fold(text))):
        if token.isascii():
            words.append(token)
            continue
        for run in runs.findall(token):
            if is_unspaced(run):
                words += list(run)
                words += [run[i : i + 2] for i in range(len(run) - 1)]
            else:
                words.append(run)
    return words


def make_stem(language: str | None) -> Stem:
    """Give the stemmer of a language; words of unspaced scripts pass through it unharmed.

    Snowball (Porter 2001); afterwards accents of Latin, Greek and Cyrillic letters fall, so
    that *Amélie* and *amelie* meet.

    Args:
        language: A Snowball language (``"english"``, ``"french"`` ...); ``None`` only folds
            accents.

    Returns:
        A function from word to stem, remembering up to 200,000 words.

    Raises:
        UnknownNameError: If Snowball has no such language.
    """
    stem: Stem = str
    if language is not None:
        import Stemmer

        known = Stemmer.algorithms()
        if language not in known:
            raise UnknownNameError("stemmer language", language, known)
        stem = Stemmer.Stemmer(language).stemWord

    @lru_cache(maxsize=200_000)
    def stemmed(word: str) -> str:
        root: str = stem(word)
        if root.isascii():
            return root
        bare = _LATIN_MARKS.sub("", unicodedata.normalize("NFD", root))
        return unicodedata.normalize("NFC", bare)

    return stemmed


_SOMETHING = ("someone", "somebody", "something", "anyone", "anybody", "anything", "everything",
              "everyone", "everybody", "nothing", "nobody")  # fmt: skip
"""What English wishes begin with ("something lighter"), and no list of ``bm25s`` holds."""


@lru_cache(maxsize=32)
def stop_words(language: str | None) -> frozenset[str]:
    """Words that say nothing by themselves, as listed in ``bm25s``; always the Chinese too.

    Args:
        language: A Snowball language; one without a list has no stop words.

    Returns:
        Folded words.
    """
    from bm25s import stopwords

    names = [f"STOPWORDS_{(language or '').upper()}", "STOPWORDS_CHINESE"]
    if language == "english":
        names.append("STOPWORDS_EN_PLUS")
    listed = [fold(word) for name in names for word in getattr(stopwords, name, ())]
    if language == "english":
        listed += _SOMETHING
    # "aren't" is split as any text is; a Chinese word is not, for its characters alone may
    # well say something.
    whole = {word for word in listed if is_unspaced(word)}
    return frozenset(part for word in listed if word not in whole for part in split_words(word)) | {
        word for word in whole if len(word) <= 2
    }
