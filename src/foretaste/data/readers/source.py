"""Opening a file: size, compression and encoding settled before anybody parses it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from foretaste.core import Role, Settings
from foretaste.core.errors import DataError, LimitError, StorageError
from foretaste.data.guess import guess_encoding
from foretaste.data.report import ReportBuilder

__all__ = ["ReadLimits", "ReadOptions", "Source", "open_source"]

_PIECE = 1 << 22
_SAME_AS_UTF8 = ("utf-8", "utf-8-sig")


class ReadLimits(Settings):
    """How much a file may hold before it is refused."""

    cell_bytes: int = Field(
        1_000_000, gt=0, description="bytes of text in one cell; longer is most likely a mistake"
    )
    file_bytes: int = Field(
        16 << 30, gt=0, description="bytes of one file after decompression (stops zip bombs)"
    )


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the caller states instead of having it guessed.

    Attributes:
        columns: Part to column (``{"user_id": "who"}``).
        delimiter: Between columns of text files.
        encoding: Of text files, a Python codec name.
        roles: Role of attributes, by column.
        limits: What is refused.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    limits: ReadLimits = field(default_factory=ReadLimits)


@dataclass(frozen=True, slots=True)
class Source:
    """A file ready to parse: text is UTF-8 now, whatever it was.

    Attributes:
        path: Where it lies.
        data: Its content if it had to be decompressed or recoded, else ``None``.
    """

    path: Path
    data: bytes | None = None

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    @property
    def stem(self) -> str:
        """The name without endings, lower case: ``reviews`` of ``reviews.json.gz``."""
        return self.path.name.split(".")[0].lower()

    def head(self, size: int = 1 << 18) -> bytes:
        """The first bytes.

        Args:
            size: How many.

        Returns:
            At most that many.
        """
        if self.data is not None:
            return self.data[:size]
        with self.path.open("rb") as file:
            return file.read(size)

    def sample(self, size: int = 1 << 18) -> str:
        """The first lines as text.

        Args:
            size: About how many bytes.

        Returns:
            Whole lines (a cut last line is left out).
        """
        head = self.head(size)
        if len(head) == size and b"\n" in head:
            head = head[: head.rindex(b"\n")]
        return head.decode("utf-8", errors="replace").lstrip("\ufeff")

    def text(self) -> str:
        """The whole text."""
        data = self.path.read_bytes() if self.data is None else self.data
        return data.decode("utf-8").lstrip("\ufeff")

    def lines(self) -> Iterator[str]:
        """The lines, without their ends, blank ones too."""
        if self.data is not None:
            yield from self.text().split("\n")
            return
        with self.path.open(encoding="utf-8-sig") as file:
            for line in file:
                yield line.rstrip("\n")


def open_source(path: Path, options: ReadOptions, report: ReportBuilder) -> Source:
    """Open a file: refuse what is empty or too large, decompress, recode to UTF-8.

    Args:
        path: The file.
        options: Encoding and limits.
        report: Told the encoding if it was not UTF-8.

    Returns:
        The source.

    Raises:
        DataError: If it is missing, empty, broken, or not in the stated encoding.
        LimitError: If it is larger than allowed.
        StorageError: If it may not be read.
    """
    magic = _checked(path, options.limits)
    data = _unzipped(path, options.limits) if magic[:2] == b"\x1f\x8b" else None
    if data is not None and not data.strip():
        raise DataError("the file is empty once decompressed", where=path.name)
    if (data[:4] if data else magic) == b"PAR1":
        return Source(path, data)
    encoding = options.encoding or guess_encoding(_pieces(path, data))
    if encoding in _SAME_AS_UTF8:
        return Source(path, data)
    raw = path.read_bytes() if data is None else data
    try:
        text = raw.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise DataError(
            f"the text is not {encoding} ({error})",
            where=path.name,
            remedy="Leave encoding out to have it guessed",
        ) from None
    if options.encoding is None:
        report.guess(
            "encoding",
            f"not UTF-8; read as {encoding}",
            where=path.name,
            value=encoding,
            remedy='Override with encoding="..."',
        )
    return Source(path, text.encode("utf-8"))


def _checked(path: Path, limits: ReadLimits) -> bytes:
    """The first bytes of a file that is there, readable, and neither empty nor too large."""
    if not path.is_file():
        raise DataError("there is no such file", where=str(path), remedy="Check the path")
    size = path.stat().st_size
    if size == 0:
        raise DataError(
            "the file is empty",
            where=path.name,
            expected="a table",
            remedy="Check how it was written or downloaded",
        )
    if size > limits.file_bytes:
        raise _too_large(path, limits)
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise StorageError(
            "the file cannot be read",
            where=str(path),
            got=error.strerror,
            remedy="Check its rights",
        ) from error
    return magic


def _unzipped(path: Path, limits: ReadLimits) -> bytes:
    pieces, total = [], 0
    try:
        with gzip.open(path) as file:
            while piece := file.read(_PIECE):
                total += len(piece)
                if total > limits.file_bytes:
                    raise _too_large(path, limits)
                pieces.append(piece)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"the compressed file is broken ({error})",
            where=path.name,
            remedy="Download or write it again",
        ) from None
    return b"".join(pieces)


def _too_large(path: Path, limits: ReadLimits) -> LimitError:
    return LimitError(
        "the file is too large",
        where=path.name,
        expected=f"at most {limits.file_bytes:,} bytes (decompressed)",
        remedy="Raise file_bytes in ReadLimits if it is meant to be so",
    )


def _pieces(path: Path, data: bytes | None) -> Iterator[bytes]:
    if data is not None:
        for start in range(0, len(data), _PIECE):
            yield data[start : start + _PIECE]
        return
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
