"""Encoders that need no network and no trained weights."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foretaste.core.errors import DataError
from foretaste.language import (
    HashedEncoder,
    HashedSettings,
    MiniLMSettings,
    OnnxMiniLM,
    OpenAISettings,
    WordVectors,
    WordVectorsSettings,
    make_encoder,
)
from foretaste.testing import EncoderConformance

GLOVE = "cat 1 0 0\ndog 0.9 0.1 0\nquantum 0 0 1\nphysics 0 0.1 0.9\n猫 1 0 0.1\n"


class TestHashed(EncoderConformance):
    def make(self) -> HashedEncoder:
        return HashedEncoder()


def test_hashed_vectors_see_shared_words_and_forms_only() -> None:
    cat, cats, other = HashedEncoder().encode(["the cat sat", "the cats sat", "quantum physics"])
    assert cat @ cats > 0.6
    assert abs(cat @ other) < 0.2


def test_hashed_vectors_are_the_same_on_every_machine() -> None:
    vector = HashedEncoder(HashedSettings(vector_size=8)).encode(["memory 記憶"])[0]
    known = [0.1287, 0.3216, 0.0772, 0.1667, 0.2697, 0.5655, -0.2701, -0.617]
    np.testing.assert_allclose(vector, known, atol=1e-3)


@pytest.fixture
def glove(tmp_path: Path) -> Path:
    path = tmp_path / "glove.txt"
    path.write_text(GLOVE, "utf-8")
    return path


def test_word_vectors_average_what_they_know(glove: Path) -> None:
    encoder = WordVectors(WordVectorsSettings(path=str(glove)))
    cat, dog, physics, none = encoder.encode(["The cat", "dog!", "quantum physics", "xyzzy"])
    assert encoder.size == 3
    assert cat @ dog > 0.9 > cat @ physics
    assert not none.any()
    assert encoder.encode(["猫"])[0] @ cat > 0.9


def test_word2vec_header_and_gzip(tmp_path: Path, glove: Path) -> None:
    path = tmp_path / "vectors.vec.gz"
    path.write_bytes(gzip.compress(f"5 3\n{GLOVE}".encode()))
    one, other = (WordVectors(WordVectorsSettings(path=str(p))) for p in (glove, path))
    np.testing.assert_array_equal(one.encode(["cat"]), other.encode(["cat"]))
    assert one.name != other.name


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "no word vectors"),
        ("cat 1 2 3\ndog 1 2\n", "line 2"),
        ("cat 1 2 3\ndog 1 2 x\n", "line 2"),
        ("cat 1 2 nan\n", "line 1"),
        ("<html><body>not found</body></html>\n", "line 1"),
    ],
)
def test_broken_word_vectors_are_refused_with_their_line(
    tmp_path: Path, text: str, where: str
) -> None:
    path = tmp_path / "broken.txt"
    path.write_text(text)
    with pytest.raises(DataError, match=where):
        WordVectors(WordVectorsSettings(path=str(path))).encode(["cat"])


def test_word_vectors_keep_to_their_limits(tmp_path: Path, glove: Path) -> None:
    few = WordVectors(WordVectorsSettings(path=str(glove), max_words=2))
    assert not few.encode(["quantum"]).any()
    wide = tmp_path / "wide.txt"
    line = " ".join(["0.5"] * 3000)
    wide.write_text("".join(f"w{n} {line}\n" for n in range(200)))
    with pytest.raises(DataError, match="more than 1 MB"):
        WordVectors(WordVectorsSettings(path=str(wide), max_mb=1)).encode(["w1"])
    with pytest.raises(DataError, match="no such file"):
        WordVectors(WordVectorsSettings(path="nowhere.txt"))


@pytest.mark.parametrize(
    ("settings", "name"),
    [(HashedSettings(vector_size=16), "hashed-1:"), (OpenAISettings(), "openai:")],
)
def test_settings_name_their_encoder(settings: Any, name: str) -> None:
    encoder = make_encoder(settings)
    assert encoder.name.startswith(name)
    assert encoder.size == settings.vector_size


def test_without_weights_it_says_what_it_fell_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foretaste.language.encoders.minilm.find_minilm", lambda: None)
    encoder = make_encoder()
    assert encoder.name.startswith("hashed")
    (warning,) = encoder.warnings  # type: ignore[attr-defined]
    assert "not by meaning" in warning
    assert "foretaste download minilm" in warning


def test_what_was_ordered_is_not_fallen_back_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foretaste.language.encoders.minilm.find_minilm", lambda: None)
    with pytest.raises(DataError, match="no weights"):
        make_encoder(MiniLMSettings())
    with pytest.raises(DataError, match="nowhere/at-all"):
        OnnxMiniLM(MiniLMSettings(model="nowhere/at-all"))
    with pytest.raises(TypeError, match="str"):
        make_encoder("minilm")  # type: ignore[arg-type]
