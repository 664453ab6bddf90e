"""Word vectors from word2vec or GloVe text files."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from foretaste.core.digest import file_sha256
from foretaste.core.errors import DataError
from foretaste.core.settings import Settings
from foretaste.language.words import split_words

__all__ = ["WordVectors", "WordVectorsSettings"]

_LONGEST_LINE = 1 << 20


class WordVectorsSettings(Settings):
    """Settings of :class:`WordVectors`."""

    kind: Literal["word-vectors"] = "word-vectors"
    path: str = Field(description="Text file: a word and its numbers per line; may be .gz")
    max_words: int = Field(400_000, ge=1, description="Read this many lines (most frequent first)")
    max_mb: int = Field(2_000, ge=1, description="Refuse more memory than this")


class WordVectors:
    """The mean of the vectors of a text's words, length one.

    Reads word2vec's text format (Mikolov et al. 2013; first line ``count size``) and
    GloVe's (Pennington et al. 2014; no first line). The mean vector of the vocabulary is
    taken off every word, for otherwise all texts look alike (Mu & Viswanath 2018).

    Args:
        settings: See :class:`WordVectorsSettings`.

    Raises:
        DataError: If the file is not there.
    """

    def __init__(self, settings: WordVectorsSettings) -> None:
        self.settings = settings
        self.warnings: tuple[str, ...] = ()
        self._path = Path(settings.path).expanduser()
        if not self._path.is_file():
            raise DataError("no such file of word vectors", where=str(self._path))

    @cached_property
    def name(self) -> str:
        """The file by digest, and how much of it is read."""
        return f"words:{file_sha256(self._path)[:12]}:{self.settings.max_words}"

    @property
    def size(self) -> int:
        """Length of a vector."""
        return int(self._table[1].shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts.

        Args:
            texts: Any number of texts; those without a known word give zeros.

        Returns:
            Vectors of length one, float32 [N, size].
        """
        places, table = self._table
        vectors = np.zeros((len(texts), table.shape[1]), np.float32)
        for row, text in enumerate(texts):
            known = [places[word] for word in split_words(text) if word in places]
            if known:
                vectors[row] = table[known].mean(axis=0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=vectors, where=lengths > 1e-12)

    @cached_property
    def _table(self) -> tuple[dict[str, int], NDArray[np.float32]]:
        opener = gzip.open if self._path.suffix == ".gz" else open
        places: dict[str, int] = {}
        rows: list[NDArray[np.float32]] = []
        try:
            with opener(self._path, "rt", encoding="utf-8", errors="replace", newline="\n") as file:
                self._read(file, places, rows)
        except (OSError, EOFError) as error:
            raise DataError(f"cannot be read ({error})", where=str(self._path)) from error
        if not rows:
            raise DataError("no word vectors in this file", where=str(self._path))
        table = np.stack(rows)
        return places, table - table.mean(axis=0)

    def _read(self, file: IO[str], places: dict[str, int], rows: list[NDArray[np.float32]]) -> None:
        size = 0
        number = 0
        while len(rows) < self.settings.max_words:
            line = file.readline(_LONGEST_LINE)
            number += 1
            if not line:
                return
            parts = line.rstrip().split(" ")
            if number == 1 and len(parts) == 2 and parts[0].isdecimal():
                continue  # word2vec's "count size"
            size = size or len(parts) - 1
            vector = self._vector(parts, size, number)
            if len(rows) * size * 4 > self.settings.max_mb << 20:
                raise DataError(
                    f"needs more than {self.settings.max_mb} MB",
                    where=str(self._path),
                    remedy="Lower max_words or raise max_mb",
                )
            # A word may hold spaces in GloVe's largest files; the first spelling wins.
            word = " ".join(parts[:-size]).casefold()
            if word not in places:
                places[word] = len(rows)
                rows.append(vector)

    def _vector(self, parts: list[str], size: int, number: int) -> NDArray[np.float32]:
        try:
            vector = np.array(parts[-size:], np.float32) if size else np.empty(0, np.float32)
        except ValueError:
            vector = np.empty(0, np.float32)
        if size < 2 or len(parts) <= size or len(vector) != size or not np.isfinite(vector).all():
            raise DataError(
                "a line is not a word and its numbers",
                expected=f"a word and {size or 'some'} finite numbers, separated by spaces",
                got=" ".join(parts)[:60],
                where=f"{self._path}, line {number}",
            )
        return vector
