"""Matching by words: BM25 over weighted fields, in any script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import csc_matrix, csr_matrix, vstack

from foretaste.core.arrays import FloatArray
from foretaste.core.settings import Settings
from foretaste.core.verbs import State
from foretaste.language.words import Stem, make_stem, split_words, stop_words

__all__ = ["LexicalIndex", "LexicalSettings", "Match"]


class LexicalSettings(Settings):
    """Settings of :class:`LexicalIndex`."""

    language: str | None = Field(
        "english", description="Snowball language of the texts; none: words as they are"
    )
    stop_words: bool = Field(
        True, description="Leave the words of a wish out that say nothing (the, with, 的)"
    )
    k1: float = Field(1.2, gt=0, le=10, description="How soon repeating a word stops to count")
    b: float = Field(0.75, ge=0, le=1, description="How much long texts are held back")


@dataclass(frozen=True, slots=True)
class Match:
    """One word of a wish that an item's text has too.

    Attributes:
        word: As it stands in the wish.
        field: The field of the item with the largest share of the match.
        weight: Its share of the item's BM25 score.
    """

    word: str
    field: str
    weight: float


@dataclass(frozen=True, eq=False)
class LexicalIndex:
    """BM25F: words count by field, rare words count more, long fields less.

    Robertson, Zaragoza & Taylor 2004::

        tf~(t, i)  = sum_f w_f tf_f(t, i) / (1 - b + b len_f(i) / mean len_f)
        score(q,i) = sum_{t in q} ln(1 + (I - df + .5)/(df + .5)) tf~ / (k1 + tf~)

    With one field this is Lucene's BM25 (checked against ``bm25s``). A word said twice in
    the wish counts once. Counts are kept, so adding items gives exactly the index that
    building from all would have given.

    Attributes:
        settings: See :class:`LexicalSettings`.
        weights: Weight of each field; its order is the order of the fields.
        terms: Column of each stem.
        counts: For each field how often each stem comes, sparse [I, terms].
    """

    settings: LexicalSettings
    weights: Mapping[str, float]
    terms: Mapping[str, int]
    counts: Mapping[str, csr_matrix] = field(repr=False)

    @classmethod
    def build(
        cls,
        fields: Mapping[str, Sequence[str]],
        weights: Mapping[str, float] | None = None,
        settings: LexicalSettings | None = None,
    ) -> Self:
        """Index texts.

        Args:
            fields: For each field the texts of all items, in row order.
            weights: Weight of each field, 1 where left out.
            settings: See :class:`LexicalSettings`.

        Returns:
            The index.
        """
        given = dict(weights or {})
        empty = cls(
            settings or LexicalSettings(),
            {name: float(given.get(name, 1.0)) for name in fields},
            {},
            {name: csr_matrix((0, 0), dtype=np.float32) for name in fields},
        )
        return empty.add(fields)

    def add(self, fields: Mapping[str, Sequence[str]]) -> Self:
        """Index further items after the present ones.

        Args:
            fields: As in :meth:`build`; a field left out is empty.

        Returns:
            A new index; this one stays as it was.
        """
        terms = dict(self.terms)
        added = max((len(texts) for texts in fields.values()), default=0)
        fresh = {
            name: _count(fields.get(name, [""] * added), self._stem, terms) for name in self.weights
        }
        width = len(terms)
        joined = {}
        for name, matrix in fresh.items():
            old = self.counts[name].copy()
            old.resize(old.shape[0], width)
            matrix.resize(matrix.shape[0], width)
            joined[name] = csr_matrix(vstack([old, matrix], format="csr", dtype=np.float32))
        return type(self)(self.settings, self.weights, terms, joined)

    def __len__(self) -> int:
        return next((matrix.shape[0] for matrix in self.counts.values()), 0)

    def score(self, wish: str) -> FloatArray:
        """How well the words of each item answer a wish.

        Args:
            wish: Any text.

        Returns:
            BM25F scores, float32 [I]; 0 where no word is shared.
        """
        return self._sum(self._columns(wish))

    def coverage(self, wish: str) -> FloatArray:
        """Share of the wish's information that each item's words cover.

        Args:
            wish: Any text.

        Returns:
            :meth:`score` divided by the sum of the inverse document frequencies of the
            wish's words (a word in no item counts as if in none), float32 [I] in [0, 1).
        """
        stems = set(self._read(wish))
        if not stems:
            return np.zeros(len(self), np.float32)
        columns = [self.terms[stem] for stem in stems if stem in self.terms]
        unknown = len(stems) - len(columns)
        whole = float(self._idf[columns].sum()) + unknown * float(np.log(2 * len(self) + 2))
        return self._sum(columns) / np.float32(max(whole, 1e-9))

    def matches(self, wish: str, row: int, least: float = 0.5) -> list[Match]:
        """The words of a wish that an item's text has, the most telling first.

        Args:
            wish: Any text.
            row: Item row.
            least: Leave out words with an inverse document frequency below this times the
                mean over the wish, so that words of every text are not named.

        Returns:
            Matches by falling weight.
        """
        read = self._read(wish)
        said = {self.terms[stem]: word for stem, word in read.items() if stem in self.terms}
        if not said:
            return []
        floor = least * float(self._idf[list(said)].mean())
        found = []
        for column, word in said.items():
            parts = {name: float(part[row, column]) for name, part in self._weighted.items()}
            total = sum(parts.values())
            if total > 0 and self._idf[column] >= floor:
                weight = float(self._idf[column]) * total / (self.settings.k1 + total)
                found.append(Match(word, max(parts, key=parts.__getitem__), weight))
        found.sort(key=lambda match: -match.weight)
        # Of a character and the pair it is in, the pair says more.
        return [m for m in found if not any(m.word in o.word for o in found if o is not m)]

    def _columns(self, wish: str) -> list[int]:
        return sorted(self.terms[stem] for stem in self._read(wish) if stem in self.terms)

    def _read(self, wish: str) -> dict[str, str]:
        """The stems of a wish, each with the word as it first stands there."""
        words = dict.fromkeys(split_words(wish))
        stop = stop_words(self.settings.language) if self.settings.stop_words else frozenset()
        # A wish of nothing but such words is meant as it stands: the title "It".
        told = [word for word in words if word not in stop] or list(words)
        stems: dict[str, str] = {}
        for word in told:
            stems.setdefault(self._stem(word), word)
        return stems

    def _sum(self, columns: list[int]) -> FloatArray:
        impacts = self._impacts
        starts = impacts.indptr
        spans = [slice(starts[c], starts[c + 1]) for c in columns]
        if not spans:
            return np.zeros(len(self), np.float32)
        rows = np.concatenate([impacts.indices[span] for span in spans])
        values = np.concatenate([impacts.data[span] for span in spans])
        return np.bincount(rows, values, minlength=len(self)).astype(np.float32)

    @cached_property
    def _stem(self) -> Stem:
        return make_stem(self.settings.language)

    @cached_property
    def _weighted(self) -> dict[str, csr_matrix]:
        """Per field the weighted, length-normalised counts, [I, terms]."""
        b = self.settings.b
        weighted = {}
        for name, counts in self.counts.items():
            lengths = np.asarray(counts.sum(axis=1)).ravel()
            filled = lengths[lengths > 0]
            mean = float(filled.mean()) if len(filled) else 1.0
            held = self.weights[name] / (1 - b + b * lengths / mean)
            scaled = counts.copy()
            scaled.data = counts.data * np.repeat(held, np.diff(counts.indptr)).astype(np.float32)
            weighted[name] = scaled
        return weighted

    @cached_property
    def _idf(self) -> NDArray[np.float64]:
        present = sum(matrix.astype(bool).astype(np.int32) for matrix in self.counts.values())
        frequency = np.bincount(csr_matrix(present).indices, minlength=len(self.terms))
        idf: NDArray[np.float64] = np.log1p((len(self) - frequency + 0.5) / (frequency + 0.5))
        return idf

    @cached_property
    def _impacts(self) -> csc_matrix:
        total = csc_matrix(sum(self._weighted.values()))
        idf = np.repeat(self._idf, np.diff(total.indptr))
        total.data = (idf * total.data / (self.settings.k1 + total.data)).astype(np.float32)
        return total

    def state(self) -> State:
        """All that is needed to answer as now.

        Returns:
            Counts, vocabulary and settings.
        """
        arrays: dict[str, NDArray[np.generic]] = {
            "terms": np.frombuffer("\n".join(self.terms).encode(), np.uint8)
        }
        for number, counts in enumerate(self.counts.values()):
            arrays[f"{number}.starts"] = counts.indptr.astype(np.int64)
            arrays[f"{number}.columns"] = counts.indices.astype(np.int32)
            arrays[f"{number}.counts"] = counts.data.astype(np.uint16)
        settings = self.settings.model_dump(mode="json")
        weights = [[name, weight] for name, weight in self.weights.items()]
        return State(arrays, {"settings": settings, "weights": weights})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """The index that :meth:`state` wrote down.

        Args:
            state: Of this class.

        Returns:
            The same index.
        """
        words = bytes(state.arrays["terms"]).decode()
        terms = {word: column for column, word in enumerate(words.split("\n") if words else [])}
        counts = {}
        for number, (name, _) in enumerate(state.meta["weights"]):
            starts = state.arrays[f"{number}.starts"]
            parts = (
                state.arrays[f"{number}.counts"].astype(np.float32),
                state.arrays[f"{number}.columns"],
                starts,
            )
            counts[name] = csr_matrix(parts, shape=(len(starts) - 1, len(terms)))
        settings = LexicalSettings.of(dict(state.meta["settings"]))
        return cls(settings, dict(state.meta["weights"]), terms, counts)


def _count(texts: Iterable[str], stem: Stem, terms: dict[str, int]) -> csr_matrix:
    starts, columns, counts = [0], [], []
    for text in texts:
        for root, count in Counter(stem(word) for word in split_words(text)).items():
            columns.append(terms.setdefault(root, len(terms)))
            counts.append(min(count, 65_535))
        starts.append(len(columns))
    shape = (len(starts) - 1, len(terms))
    return csr_matrix((np.array(counts, np.float32), columns, starts), shape=shape)
