"""Vectors without any weights: hashed words and character n-grams."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from foretaste.core.settings import Settings
from foretaste.language.words import split_words

__all__ = ["HashedEncoder", "HashedSettings"]


class HashedSettings(Settings):
    """Settings of :class:`HashedEncoder`."""

    kind: Literal["hashed"] = "hashed"
    vector_size: int = Field(384, ge=8, le=8192, description="Length of a vector")
    shortest: int = Field(3, ge=1, le=8, description="Fewest characters of an n-gram")
    longest: int = Field(5, ge=1, le=12, description="Most characters of an n-gram")
    gram_weight: float = Field(
        0.5, ge=0, le=4, description="Weight of all n-grams of a word against the word itself"
    )


class HashedEncoder:
    """The honest fallback: says which words two texts share, knows nothing of meaning.

    Each word and each of its character n-grams (as in fastText, Bojanowski et al. 2017)
    is a pseudo-random unit direction; a text is the sum with weight 1/sqrt(count), scaled
    to length one (random indexing, Kanerva 2000). Cosine so estimates shared vocabulary,
    within about 1/sqrt(size). Deterministic on every machine. Use :class:`OnnxMiniLM`
    wherever its weights can be had.

    Args:
        settings: See :class:`HashedSettings`.
    """

    def __init__(self, settings: HashedSettings | None = None) -> None:
        self.settings = settings or HashedSettings()
        self.warnings: tuple[str, ...] = ()
        self._word = lru_cache(maxsize=50_000)(self._word_vector)

    @property
    def name(self) -> str:
        """Settings by digest."""
        return f"hashed-1:{self.settings.digest()}"

    @property
    def size(self) -> int:
        """Length of a vector."""
        return self.settings.vector_size

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts.

        Args:
            texts: Any number of texts in any script; texts without a word give zeros.

        Returns:
            Vectors of length one, float32 [N, size].
        """
        vectors = np.zeros((len(texts), self.size), np.float32)
        for row, text in enumerate(texts):
            counts: dict[str, int] = {}
            for word in split_words(text):
                counts[word] = counts.get(word, 0) + 1
            for word, count in counts.items():
                vectors[row] += count**0.5 * self._word(word)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=vectors, where=lengths > 0)

    def _word_vector(self, word: str) -> NDArray[np.float32]:
        vector = self._direction(word)
        plain = unicodedata.normalize("NFKD", word)
        marked = "<" + "".join(c for c in plain if not unicodedata.combining(c)) + ">"
        spans = range(self.settings.shortest, self.settings.longest + 1)
        grams = {marked[i : i + n] for n in spans for i in range(len(marked) - n + 1)}
        grams.discard(marked)
        if grams and len(word) > 1:
            total = np.sum([self._direction("#" + gram) for gram in sorted(grams)], axis=0)
            vector = vector + self.settings.gram_weight * total / np.sqrt(len(grams))
        return vector.astype(np.float32)

    def _direction(self, key: str) -> NDArray[np.float32]:
        # Signs straight from the hash: the same on every machine and NumPy version.
        size = self.size
        blocks = (size + 511) // 512
        raw = b"".join(blake2b(f"{n}:{key}".encode()).digest() for n in range(blocks))
        bits = np.unpackbits(np.frombuffer(raw, np.uint8))[:size]
        return (bits.astype(np.float32) * 2 - 1) / np.float32(size**0.5)
