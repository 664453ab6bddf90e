"""Nothing is encoded twice, whatever happens to the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from foretaste.core.errors import StorageError
from foretaste.language import CachedEncoder, CacheSettings, HashedEncoder, live_encoder
from foretaste.testing import EncoderConformance


class Counting(HashedEncoder):
    """Counts the texts it was really asked."""

    asked = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += len(texts)
        return super().encode(texts)


TEXTS = ["a slow film", "", "东京物语", "a slow film", "memory"]


class TestCached(EncoderConformance):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self) -> CachedEncoder:
        return CachedEncoder(HashedEncoder(), self.folder)


def test_each_text_is_encoded_once(tmp_path: Path) -> None:
    inner = Counting()
    first = CachedEncoder(inner, tmp_path).encode(TEXTS)
    assert inner.asked == 3
    again = CachedEncoder(inner, tmp_path).encode([*TEXTS, "new"])
    assert inner.asked == 4
    np.testing.assert_array_equal(first, again[:5])
    np.testing.assert_array_equal(first, HashedEncoder().encode(TEXTS))


def test_encoders_do_not_share_vectors(tmp_path: Path) -> None:
    from foretaste.language import HashedSettings

    one = CachedEncoder(HashedEncoder(), tmp_path)
    other = CachedEncoder(HashedEncoder(HashedSettings(gram_weight=0)), tmp_path)
    assert one.path != other.path
    assert not np.allclose(one.encode(["running"]), other.encode(["running"]))


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    encoder = CachedEncoder(
        HashedEncoder(),
        tmp_path,
        settings=CacheSettings(piece=2),
        progress=lambda done, of: told.append((done, of)),
    )
    encoder.encode(["a", "b", "c", "d", "e"])
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_an_interrupted_run_keeps_what_it_had(tmp_path: Path) -> None:
    def interrupt(done: int, of: int) -> None:
        raise KeyboardInterrupt

    inner = Counting()
    settings = CacheSettings(piece=2)
    with pytest.raises(KeyboardInterrupt):
        CachedEncoder(inner, tmp_path, settings=settings, progress=interrupt).encode(list("abcd"))
    CachedEncoder(inner, tmp_path, settings=settings).encode(list("abcd"))
    assert inner.asked == 4


@pytest.mark.parametrize("damage", ["foreign", "cut", "scribbled"])
def test_a_broken_file_is_put_aside_and_said(tmp_path: Path, damage: str) -> None:
    encoder = CachedEncoder(HashedEncoder(), tmp_path)
    expected = encoder.encode([f"text {n}" for n in range(50)])
    raw = bytearray(encoder.path.read_bytes())
    for tail in ("-wal", "-shm"):
        Path(f"{encoder.path}{tail}").unlink(missing_ok=True)
    if damage == "foreign":
        raw = bytearray(b"this is not a database, but quite long a text" * 100)
    elif damage == "cut":
        raw = raw[: len(raw) // 2]
    else:
        raw[4096:12000] = b"\xff" * 7904
    encoder.path.write_bytes(raw)
    again = CachedEncoder(HashedEncoder(), tmp_path)
    np.testing.assert_array_equal(again.encode([f"text {n}" for n in range(50)]), expected)
    assert "made anew" in again.warnings[0]
    assert encoder.path.with_suffix(".broken").exists()


def test_a_vector_of_the_wrong_length_is_encoded_anew(tmp_path: Path) -> None:
    encoder = CachedEncoder(HashedEncoder(), tmp_path)
    expected = encoder.encode(["a film"])
    with sqlite3.connect(encoder.path) as file:
        file.execute("UPDATE vectors SET vector = ?", (b"\x00" * 8,))
    file.close()
    np.testing.assert_array_equal(encoder.encode(["a film"]), expected)


def test_the_oldest_are_forgotten_above_the_limit(tmp_path: Path) -> None:
    inner = Counting()
    settings = CacheSettings(max_mb=0.015)  # about ten vectors of 384 numbers
    encoder = CachedEncoder(inner, tmp_path, settings=settings)
    texts = [f"text {n:02d}" for n in range(30)]
    for text in texts:
        encoder.encode([text])
    inner.asked = 0
    encoder.encode(texts[-5:])
    assert inner.asked == 0
    encoder.encode(texts[:5])
    assert inner.asked == 5


def _work(folder: str, start: int) -> float:
    texts = [f"shared text {n}" for n in range(start, start + 40)]
    encoder = CachedEncoder(HashedEncoder(), folder, settings=CacheSettings(piece=3))
    return float(np.abs(encoder.encode(texts) - HashedEncoder().encode(texts)).max())


def test_two_processes_may_share_it(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        wrong = list(pool.map(_work, [str(tmp_path)] * 4, [0, 10, 20, 30]))
    assert wrong == [0.0] * 4


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="FORETASTE_CACHE"):
        CachedEncoder(HashedEncoder(), tmp_path / "file" / "below").encode(["a"])


def test_the_words_themselves_are_not_kept(tmp_path: Path) -> None:
    encoder = CachedEncoder(HashedEncoder(), tmp_path)
    encoder.encode(["unmistakable"])
    assert all(b"unmistakable" not in file.read_bytes() for file in tmp_path.iterdir())
    assert live_encoder(encoder) is encoder.encoder
    assert live_encoder(encoder.encoder) is encoder.encoder
