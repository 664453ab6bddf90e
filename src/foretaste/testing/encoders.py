# ruff: noqa: D102 - the name of a test is its sentence
"""What every encoder promises."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from foretaste.core import Encoder

__all__ = ["EncoderConformance"]

_TEXTS = (
    "A slow, melancholy film about memory",
    "东京物语：一对老夫妇去东京看望他们的孩子",
    "Фильм о памяти и времени",
    "فيلم عن الذاكرة",
    "स्मृति के बारे में एक फिल्म",
    "기억에 관한 느린 영화",
    "Amélie — l'été, où naïve façade",
    "🎬🍿 great!!! 10/10",
    "line one\nline two\ttab \x00 nul",
    "word " * 2_000,
)


class EncoderConformance(ABC):
    """The suite of :class:`foretaste.core.Encoder`.

    Attributes:
        tolerance: How far a vector may differ between one batch and another.
        texts: Texts it can read (the default has any script); an encoder with a fixed
            vocabulary gives its own, at least three different ones.
    """

    tolerance: float = 1e-5
    texts: tuple[str, ...] = _TEXTS

    @abstractmethod
    def make(self) -> Encoder:
        """The encoder under test."""

    def test_vectors_have_length_one(self) -> None:
        encoder = self.make()
        vectors = encoder.encode(self.texts)
        assert vectors.shape == (len(self.texts), encoder.size)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)

    def test_empty_text_is_zeros(self) -> None:
        vectors = self.make().encode(["", "   \n", self.texts[0]])
        assert not vectors[:2].any(), "an empty text has a direction"
        assert vectors[2].any()

    def test_no_texts_give_no_vectors(self) -> None:
        encoder = self.make()
        assert encoder.encode([]).shape == (0, encoder.size)

    def test_a_batch_equals_one_by_one_in_any_order(self) -> None:
        encoder = self.make()
        together = encoder.encode(self.texts)
        alone = np.concatenate([encoder.encode([text]) for text in self.texts])
        np.testing.assert_allclose(together, alone, atol=self.tolerance)
        backwards = encoder.encode(self.texts[::-1])[::-1]
        np.testing.assert_allclose(together, backwards, atol=self.tolerance)

    def test_the_same_text_gives_the_same_vector_from_a_fresh_encoder(self) -> None:
        first, second = self.make(), self.make()
        assert first.name == second.name and first.name
        np.testing.assert_allclose(
            first.encode(self.texts), second.encode(self.texts), atol=self.tolerance
        )

    def test_different_texts_differ(self) -> None:
        vectors = self.make().encode(self.texts)
        near = vectors @ vectors.T - np.eye(len(vectors), dtype=np.float32)
        assert near.max() < 1.0 - 1e-4, "two different texts have the same vector"
