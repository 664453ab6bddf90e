"""Nothing is encoded twice: vectors on disk by text digest."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from foretaste.core.digest import digest_of
from foretaste.core.errors import StorageError
from foretaste.core.settings import Settings
from foretaste.core.verbs import Encoder
from foretaste.language.encoders.weights import cache_folder

__all__ = ["CacheSettings", "CachedEncoder", "live_encoder"]

Progress = Callable[[int, int], None]
_ROW_OVERHEAD_BYTES = 40
_QUERY_SIZE = 500


class CacheSettings(Settings):
    """Settings of :class:`CachedEncoder`."""

    folder: str | None = Field(None, description="Where; none: in the system's cache folder")
    max_mb: float = Field(2_000, gt=0, description="Forget the oldest vectors above this size")
    piece: int = Field(512, ge=1, description="Texts encoded between two writes to the disk")


class CachedEncoder:
    """An encoder that remembers on disk what it has encoded.

    One SQLite file per encoder name; a text is known by a 128-bit digest, so the words
    themselves are not kept. Two processes may share the folder. An interrupted run keeps
    what was encoded. A file that cannot be read is put aside, said in :attr:`warnings`,
    and made anew. Meant for catalogues: what people type should go to
    :func:`live_encoder`, which writes nothing.

    Args:
        encoder: What encodes.
        folder: Where; overrides the settings.
        settings: See :class:`CacheSettings`.
        progress: Called with texts done and texts in all, while encoding.
    """

    def __init__(
        self,
        encoder: Encoder,
        folder: Path | str | None = None,
        *,
        settings: CacheSettings | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.encoder = encoder
        self.settings = settings or CacheSettings()
        self.progress = progress
        self._checked = False
        self.warnings: tuple[str, ...] = tuple(getattr(encoder, "warnings", ()))
        place = folder or self.settings.folder
        self.folder = Path(place) if place else cache_folder() / "vectors"
        kind = encoder.name.split(":", 1)[0]
        self.path = self.folder / f"{kind}-{digest_of(encoder.name, encoder.size)}.sqlite"

    @property
    def name(self) -> str:
        """Name of the encoder beneath."""
        return self.encoder.name

    @property
    def size(self) -> int:
        """Length of a vector."""
        return self.encoder.size

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts, those already known from disk.

        Args:
            texts: Any number of texts; equal ones are encoded once.

        Returns:
            Vectors of length one (zeros for empty text), float32 [N, size].

        Raises:
            StorageError: If the folder cannot be written.
        """
        vectors = np.zeros((len(texts), self.size), np.float32)
        rows_of: dict[bytes, list[int]] = {}
        for row, text in enumerate(texts):
            if text.strip():
                key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
                rows_of.setdefault(key, []).append(row)
        if not rows_of:
            return vectors
        for key, vector in self._known(list(rows_of)):
            vectors[rows_of.pop(key)] = vector
        missing = sorted(rows_of, key=lambda key: len(texts[rows_of[key][0]]))
        for start in range(0, len(missing), self.settings.piece):
            keys = missing[start : start + self.settings.piece]
            fresh = self.encoder.encode([texts[rows_of[key][0]] for key in keys])
            for key, vector in zip(keys, fresh, strict=True):
                vectors[rows_of[key]] = vector
            self._keep(keys, fresh)
            if self.progress:
                self.progress(start + len(keys), len(missing))
        return vectors

    def _known(self, keys: list[bytes]) -> Iterator[tuple[bytes, NDArray[np.float32]]]:
        found: list[tuple[bytes, bytes]] = []
        with self._file() as file:
            for start in range(0, len(keys), _QUERY_SIZE):
                some = keys[start : start + _QUERY_SIZE]
                marks = ",".join("?" * len(some))
                sql = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"
                found += file.execute(sql, some).fetchall()
        for key, raw in found:
            if len(raw) == 4 * self.size:
                vector = np.frombuffer(raw, "<f4")
                if np.isfinite(vector).all():
                    yield key, vector

    def _keep(self, keys: list[bytes], vectors: NDArray[np.float32]) -> None:
        raw = vectors.astype("<f4")
        limit = int(self.settings.max_mb * 2**20 / (4 * self.size + _ROW_OVERHEAD_BYTES))
        with self._file() as file, file:
            file.executemany(
                "INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)",
                [(key, row.tobytes()) for key, row in zip(keys, raw, strict=True)],
            )
            (count,) = file.execute("SELECT COUNT(*) FROM vectors").fetchone()
            if count > limit:
                oldest = "SELECT number FROM vectors ORDER BY number LIMIT ?"
                file.execute(f"DELETE FROM vectors WHERE number IN ({oldest})", (count - limit,))

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
                raise self._unwritable(error) from error
            connection = self._renew(error)
        except OSError as error:
            raise self._unwritable(error) from error
        with closing(connection):
            try:
                yield connection
            except sqlite3.Error as error:
                raise self._unwritable(error) from error

    def _open(self) -> sqlite3.Connection:
        self.folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=30)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors "
                "(number INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB UNIQUE, vector BLOB)"
            )
            # A torn file is found here, not half-way; once, for it reads the whole file.
            if not self._checked:
                (health,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                if health != "ok":
                    raise sqlite3.DatabaseError(f"malformed: {health}")
                self._checked = True
        except BaseException:
            connection.close()
            raise
        return connection

    def _renew(self, error: sqlite3.Error) -> sqlite3.Connection:
        broken = self.path.with_suffix(".broken")
        try:
            self.path.replace(broken)
            for tail in ("-wal", "-shm"):
                Path(f"{self.path}{tail}").unlink(missing_ok=True)
            connection = self._open()
        except (OSError, sqlite3.Error) as again:
            raise self._unwritable(again) from again
        self.warnings += (
            f"The cache of text vectors could not be read ({error}); it was put aside as "
            f"{broken.name} and is made anew.",
        )
        return connection

    def _unwritable(self, error: Exception) -> StorageError:
        return StorageError(
            f"the cache of text vectors cannot be used ({error})",
            where=str(self.path),
            remedy="Free some disk, or set FORETASTE_CACHE to another folder",
        )


def live_encoder(encoder: Encoder) -> Encoder:
    """Give the encoder beneath a cache: for texts that people type.

    Args:
        encoder: Any encoder.

    Returns:
        The one that encodes without writing anything down.
    """
    return encoder.encoder if isinstance(encoder, CachedEncoder) else encoder
