"""What somebody likes, as the taste posterior has it: attribute values, words, and how sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.app.recommender import Recommender
from foretaste.core import Dataset, Evidence, FloatArray, top
from foretaste.language import item_texts, read_template
from foretaste.language.words import make_stem, split_words, stop_words
from foretaste.taste import FittedTaste

__all__ = ["Leaning", "Portrait", "portrait"]

_LEAST_ITEMS = 3
_FEW = 10
_LEAST_TEXTS = 8
_MOST_SHARE = 0.5
_MOST_WORDS = 4_000
_MOST_VALUES = 6_000
_TEXTS_READ = 5_000
_DECADE = 10


@dataclass(frozen=True, slots=True)
class Leaning:
    """How much more, or less, somebody likes what carries a value.

    Attributes:
        kind: ``attribute`` or ``word``.
        field: The attribute; ``text`` for a word.
        value: The value or word.
        mean: How much higher items with it score than items without, popularity aside.
        sd: Posterior standard deviation of that.
        items: How many items carry it.
    """

    kind: Literal["attribute", "word"]
    field: str
    value: str
    mean: float
    sd: float
    items: int

    @property
    def name(self) -> str:
        """What to call it: ``Drama``, or ``“robbery”`` for a word."""
        return f"“{self.value}”" if self.kind == "word" else self.value


@dataclass(frozen=True, slots=True)
class Portrait:
    """What is believed of somebody's taste.

    Attributes:
        likes: What speaks to them, the surest and strongest first.
        dislikes: What puts them off, likewise.
        sure: Share of the prior variance of all items' scores that their evidence has removed,
            0 (nothing is known) to 1.
        history_length: Events that were read.
        nearest: Ids of items nearest to their taste, popularity aside, that they have not met.
    """

    likes: tuple[Leaning, ...]
    dislikes: tuple[Leaning, ...]
    sure: float
    history_length: int
    nearest: tuple[str, ...]


def portrait(recommender: Recommender, evidence: Evidence, n: int = 12) -> Portrait:
    """Read somebody's taste off the posterior.

    With ``w ~ N(m, S)`` and ``c`` the mean feature vector of the items that carry a value less
    that of those that do not, the contrast ``c . w`` has mean ``c . m`` and variance ``c' S c``:
    no sampling, no approximation. They are ordered by size less one standard deviation, times
    ``items / (items + 10)``: what is only guessed, or holds for a handful of items, comes last.

    Args:
        recommender: Whose taste model.
        evidence: Whoever it is.
        n: Likes and dislikes at most, each; and nearest items.

    Returns:
        The portrait; empty, with ``sure`` 0, where there is no taste model.
    """
    taste = next((one for one in recommender.parts.values() if isinstance(one, FittedTaste)), None)
    length = len(evidence.history)
    if taste is None or not taste.prior.features.shape[1]:
        return Portrait((), (), 0.0, length, ())
    mean, covariance = taste.posterior(evidence)
    contrasts = _contrasts(recommender, taste)
    means = contrasts.vectors @ mean
    sds = np.sqrt(
        np.maximum(np.einsum("vd,vd->v", contrasts.vectors @ covariance, contrasts.vectors), 0.0)
    )
    sizes = np.array(contrasts.sizes, float)
    order = (np.abs(means) - sds) * (sizes / (sizes + _FEW))
    likes = top(np.where(means > 0, order, -np.inf), n)
    dislikes = top(np.where(means < 0, order, -np.inf), n)
    scores: FloatArray = taste.prior.features @ mean
    scores[evidence.history.rows] = -np.inf
    if recommender.hidden is not None:
        scores[recommender.hidden] = -np.inf
    spread = contrasts.spread
    sure = 1.0 - float(np.sum(covariance * spread)) / max(float(np.trace(spread)), 1e-300)
    return Portrait(
        contrasts.leanings(likes, means, sds),
        contrasts.leanings(dislikes, means, sds),
        min(max(sure, 0.0), 1.0),
        length,
        tuple(recommender.dataset.item_ids.names(top(scores, n).tolist())),
    )


_Carried = tuple[Literal["attribute", "word"], str, str, np.ndarray]
"""Kind, attribute and value, and the rows of the items that carry it."""


class _Contrasts:
    """Mean features with and without each value; a matter of the catalogue alone."""

    def __init__(self, recommender: Recommender, taste: FittedTaste) -> None:
        carried = [*_values(recommender), *_words(recommender)]
        self.names = [(kind, field, value) for kind, field, value, _ in carried]
        self.sizes = [len(rows) for *_, rows in carried]
        features = self.features = taste.prior.features
        count = len(features)
        starts = np.concatenate([[0], np.cumsum(self.sizes, dtype=np.int64)])
        rows = np.concatenate([np.empty(0, np.int64), *(rows for *_, rows in carried)])
        marks = csr_matrix((np.ones(len(rows), np.float32), rows, starts), (len(carried), count))
        sums = np.asarray(marks @ features, np.float64).reshape(len(carried), -1)
        sizes = np.array(self.sizes, float)[:, None]
        whole = features.sum(axis=0, dtype=np.float64)
        self.vectors: FloatArray = sums / np.maximum(sizes, 1) - (whole - sums) / np.maximum(
            count - sizes, 1
        )

    @cached_property
    def spread(self) -> FloatArray:
        """``Phi' Phi``, [D, D]."""
        wide = self.features.astype(np.float64)
        found: FloatArray = wide.T @ wide
        return found

    def leanings(
        self, rows: Iterable[int], means: FloatArray, sds: FloatArray
    ) -> tuple[Leaning, ...]:
        """Some values as they are shown."""
        return tuple(
            Leaning(*self.names[row], float(means[row]), float(sds[row]), self.sizes[row])
            for row in rows
        )


def _values(recommender: Recommender) -> list[_Carried]:
    catalogue = recommender.pipeline.translator.catalogue
    found: list[_Carried] = []
    for name, role in catalogue.roles.items():
        if role in ("category", "categories"):
            cells: Iterable[tuple[str, ...]] = catalogue.values(name)
        elif role == "number" and "year" in name.lower():
            cells = [_decade(one) for one in catalogue.numbers(name).tolist()]
        else:
            continue
        carriers: dict[str, list[int]] = {}
        for row, values in enumerate(cells):
            for value in dict.fromkeys(values):
                carriers.setdefault(value, []).append(row)
        found += [
            ("attribute", name, value, np.array(rows))
            for value, rows in carriers.items()
            if _LEAST_ITEMS <= len(rows) < len(catalogue)
        ]
    found.sort(key=lambda one: -len(one[3]))
    return found[:_MOST_VALUES]


def _words(recommender: Recommender) -> list[_Carried]:
    index = recommender.text
    if index is None or "text" not in index.lexical.counts:
        return []
    counts = index.lexical.counts["text"].tocsc()
    frequency = np.diff(counts.indptr)
    useful = (frequency >= _LEAST_TEXTS) & (frequency <= _MOST_SHARE * counts.shape[0])
    spoken = _spoken(recommender)
    columns = [
        (stem, column)
        for stem, column in index.lexical.terms.items()
        if column < len(useful) and useful[column] and stem in spoken
    ]
    columns.sort(key=lambda one: -int(frequency[one[1]]))
    return [
        ("word", "text", spoken[stem],
         counts.indices[counts.indptr[column] : counts.indptr[column + 1]].astype(np.int64))
        for stem, column in columns[:_MOST_WORDS]
    ]  # fmt: skip


def _spoken(recommender: Recommender) -> dict[str, str]:
    """The commonest word of each stem; without words that say nothing, and without numbers."""
    index, data = recommender.text, recommender.dataset
    assert index is not None
    language = index.settings.lexical.language
    stem, stop = make_stem(language), stop_words(language)
    template = read_template(index.settings.template)
    texts = item_texts(data.items.head(_TEXTS_READ), data.item_roles, template)["text"]
    spoken = Counter(word for text in texts for word in split_words(text))
    found: dict[str, str] = {}
    for word, _ in spoken.most_common():
        if word not in stop and len(word) > 1 and not word.isdigit():
            found.setdefault(stem(word), word)
    return found


_KNOWN: WeakKeyDictionary[Dataset, _Contrasts] = WeakKeyDictionary()
_KNOWN_LOCK = Lock()


def _contrasts(recommender: Recommender, taste: FittedTaste) -> _Contrasts:
    """Made once for each catalogue: a popularity that moves changes nothing here."""
    with _KNOWN_LOCK:
        known = _KNOWN.get(recommender.dataset)
        if known is not None and known.features is taste.prior.features:
            return known
        made = _KNOWN[recommender.dataset] = _Contrasts(recommender, taste)
        return made


def _decade(year: float) -> tuple[str, ...]:
    if not 1000 <= year <= 2999:
        return ()
    return (f"{int(year) // _DECADE * _DECADE}s",)
