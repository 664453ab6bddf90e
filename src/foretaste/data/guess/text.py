"""Encoding, delimiter and header of a text file, from its bytes."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from foretaste.core.errors import DataError
from foretaste.data.guess.names import known_name

__all__ = ["Shape", "guess_encoding", "guess_shape"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ("\t", "::", ",", ";", "|", " ")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a delimited text file looks like.

    Attributes:
        delimiter: One or two characters.
        header: Whether the first line names the columns.
        columns: The names, or how many columns there are when there is no header.
        quoted: Whether double quotes wrap cells.
    """

    delimiter: str
    header: bool
    columns: tuple[str, ...]
    quoted: bool


def guess_encoding(pieces: Iterable[bytes]) -> str:
    """Guess how text was written.

    UTF-8 is checked over everything. What is not UTF-8 is GB 18030 when bytes above 127
    come in pairs (Chinese), else Windows-1252 or, where that has no such character, Latin-1.

    Args:
        pieces: The bytes, in order.

    Returns:
        A codec name: ``utf-8``, ``utf-8-sig``, ``utf-16``, ``gb18030``, ``cp1252``, ``latin-1``.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    kept: list[bytes] = []
    sound = True
    for number, piece in enumerate(pieces):
        if number == 0:
            for mark, name in _MARKS:
                if piece.startswith(mark):
                    return name
        kept = (kept + [piece])[-1:] if sound else kept + [piece]
        try:
            if sound:
                decoder.decode(piece)
        except UnicodeDecodeError:
            sound = False
        if not sound and len(kept) >= 16:
            break
    return "utf-8" if sound else _eight_bit(b"".join(kept))


def _eight_bit(data: bytes) -> str:
    high = [byte > 127 for byte in data]
    total = sum(high)
    paired = sum(
        1
        for place, flag in enumerate(high)
        if flag and ((place and high[place - 1]) or (place + 1 < len(high) and high[place + 1]))
    )
    if total and paired >= 0.9 * total:
        try:
            # A piece may be cut inside a character.
            codecs.getincrementaldecoder("gb18030")().decode(data)
        except UnicodeDecodeError:
            pass
        else:
            return "gb18030"
    undefined = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    seen = set(data)
    return "cp1252" if seen & set(range(0x80, 0xA0)) and not seen & undefined else "latin-1"


def guess_shape(sample: str, where: str, delimiter: str | None = None) -> Shape:
    """Guess delimiter, quoting and header from the first lines.

    Args:
        sample: The beginning of the text, whole lines.
        where: What to name in an error.
        delimiter: The delimiter if the caller knows it.

    Returns:
        The shape.

    Raises:
        DataError: If no delimiter gives two columns or more.
    """
    lines = [line for line in sample.replace("\r\n", "\n").split("\n") if line.strip()][:200]
    if not lines:
        raise DataError("there is nothing in it", where=where, expected="a table")
    options = (delimiter,) if delimiter else _DELIMITERS
    scored = [(_score(lines, option), -place, option) for place, option in enumerate(options)]
    (score, width), _, best = max(scored)
    if width < 2:
        raise DataError(
            "the lines have one column only"
            + (f" when split at {delimiter!r}" if delimiter else ""),
            where=where,
            expected="columns separated by tab, comma, semicolon, | or ::",
            got=lines[0][:100],
            remedy="Leave delimiter out to have it guessed"
            if delimiter
            else "Give the delimiter if it is another one",
        )
    if score < 0.5:
        raise DataError(
            "the lines have different numbers of columns whatever they are split at",
            where=where,
            expected="one delimiter throughout",
            got=lines[0][:100],
            remedy='Give delimiter="..." or correct the file',
        )
    rows = _split(lines, best)
    header = _has_header(rows)
    columns = rows[0] if header else [f"column_{place + 1}" for place in range(width)]
    return Shape(best, header, tuple(c.strip() for c in columns), _quoted(lines, best))


def _split(lines: list[str], delimiter: str) -> list[list[str]]:
    if len(delimiter) > 1:
        return [line.split(delimiter) for line in lines]
    quoted = _quoted(lines, delimiter)
    csv.field_size_limit(1 << 30)
    if not quoted:
        return list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    return list(csv.reader(lines, delimiter=delimiter))


def _quoted(lines: list[str], delimiter: str) -> bool:
    if delimiter in (",", ";"):
        return True
    cells = [c for line in lines for c in line.split(delimiter) if c.startswith('"')]
    return bool(cells) and all(len(c) > 1 and c.endswith('"') for c in cells)


def _score(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        rows = _split(lines, delimiter)
    except csv.Error:  # a lone carriage return: no text, or not split at this
        return 0.0, 1
    counts = Counter(len(row) for row in rows)
    width, often = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    if width < 2:
        return 0.0, 1
    share = often / len(rows)
    named = sum(known_name(cell) for cell in rows[0]) if len(rows[0]) > 1 else 0
    # A recognised header settles it: a comma inside titles is regular by accident.
    return share + (1.0 if named else 0.0), width


def _has_header(rows: list[list[str]]) -> bool:
    first, rest = rows[0], rows[1:50]
    if any(_number(cell) for cell in first):
        return False
    if any(known_name(cell) for cell in first):
        return True
    if len(set(first)) < len(first) or not all(cell.strip() for cell in first):
        return False
    return (
        any(
            all(_number(row[place]) for row in rest if place < len(row))
            for place in range(len(first))
        )
        if rest
        else False
    )


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
