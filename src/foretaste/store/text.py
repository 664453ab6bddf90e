"""Any string and any JSON value, in databases that cannot hold every character.

PostgreSQL has no NUL in text, UTF-8 has no lone surrogates, and SQLite's functions stop at a NUL.
Ids may contain any character, so these few are written as a SUB character (U+001A) and a letter;
everything else, which is nearly everything, is kept as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from foretaste.core.errors import InputError

__all__ = ["from_db", "from_json", "is_utf8", "to_db", "to_json"]

_TROUBLE = re.compile("[\x00\x1a\ud800-\udfff]")
_WRITTEN = re.compile("\x1a(0|s|u[0-9a-f]{4})")
_ORJSON = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


def to_db(text: str) -> str:
    """A string as the database can hold it.

    Args:
        text: Any string.

    Returns:
        The same, or with its few impossible characters written out.
    """
    if _TROUBLE.search(text) is None:
        return text
    return _TROUBLE.sub(lambda found: _write(found.group()), text)


def from_db(text: str) -> str:
    """What :func:`to_db` was given.

    Args:
        text: A string out of the database.

    Returns:
        The original.
    """
    if "\x1a" not in text:
        return text
    return _WRITTEN.sub(lambda found: _read(found.group(1)), text)


def is_utf8(text: str) -> bool:
    """Whether a string can be written as UTF-8.

    Args:
        text: Any string.

    Returns:
        False when it holds a lone surrogate.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def to_json(value: Any, what: str = "value") -> str:
    """A JSON value as text that any database can hold.

    Args:
        value: What JSON can write, with mappings, tuples and NumPy arrays; a number that is not
            finite becomes null.
        what: Its name, for messages.

    Returns:
        JSON.

    Raises:
        InputError: If JSON cannot write it.
    """
    try:
        return orjson.dumps(value, default=_plain, option=_ORJSON).decode()
    except TypeError as error:  # very large integers, lone surrogates, or no JSON at all
        try:
            return json.dumps(value, default=_plain, allow_nan=False)
        except (TypeError, ValueError):
            raise InputError(
                f"the {what} holds something that JSON cannot write", got=str(error)
            ) from None


def from_json(text: str | bytes) -> Any:
    """What :func:`to_json` was given, with lists for tuples and dictionaries for mappings.

    Args:
        text: JSON out of the database.

    Returns:
        The value.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # a lone surrogate, which only the standard library reads
        return json.loads(text)


def _write(character: str) -> str:
    if character == "\x00":
        return "\x1a0"
    return "\x1as" if character == "\x1a" else f"\x1au{ord(character):04x}"


def _read(code: str) -> str:
    if code == "0":
        return "\x00"
    return "\x1a" if code == "s" else chr(int(code[1:], 16))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "tolist"):  # a NumPy array that orjson does not know, or a scalar
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON value")
