"""What may be kept: ids, names and JSON values are checked once, before anything is written."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from foretaste.core.errors import InputError, LimitError
from foretaste.store.text import from_json, to_json

__all__ = [
    "JSON_BYTES",
    "LARGEST_ID",
    "LARGEST_PAGE",
    "canonical",
    "checked_id",
    "checked_json",
    "checked_n",
    "checked_text",
    "checked_time",
]

LARGEST_ID = 1_000
"""Characters of the longest id."""
JSON_BYTES = 64 * 1024
"""Size of the largest JSON value of one row, in bytes, where nothing else is said."""
LARGEST_PAGE = 10_000
"""Rows of the longest page."""

_DEEPEST = 64
_SMALLEST_INTEGER, _LARGEST_INTEGER = -(2**63), 2**64 - 1
_NO_TEXT = re.compile("[\ud800-\udfff]")
_NO_ID = re.compile("[\x00\ud800-\udfff]")


def checked_id(value: object, what: str) -> str:
    """An id as it came, if it can be one: any characters but NUL and halves of characters.

    Args:
        value: What was given.
        what: What it names, for messages: ``item id``.

    Returns:
        The id.

    Raises:
        InputError: If it is empty, no string, or holds what is no character.
        LimitError: If it is longer than 1,000 characters.
    """
    if not isinstance(value, str) or not value:
        raise InputError(f"an {what} is a string that is not empty", got=repr(value))
    if len(value) > LARGEST_ID:
        raise LimitError(
            f"an {what} has at most {LARGEST_ID:,} characters", got=f"{len(value):,} characters"
        )
    found = _NO_ID.search(value)
    if found is not None:
        raise InputError(
            f"an {what} may hold any character except NUL and lone surrogates",
            got=repr(value),
            where=f"character {found.start() + 1}",
        )
    return value


def checked_text(value: object, what: str, longest: int) -> str:
    """Text as it came, if it can be kept; it may be empty.

    Args:
        value: What was given.
        what: What it is, for messages.
        longest: Most characters.

    Returns:
        The text.

    Raises:
        InputError: If it is no string or holds what is no character.
        LimitError: If it is too long.
    """
    if not isinstance(value, str):
        raise InputError(f"the {what} is no string", got=repr(value))
    if len(value) > longest:
        raise LimitError(
            f"the {what} has at most {longest:,} characters", got=f"{len(value):,} characters"
        )
    if _NO_ID.search(value) is not None:
        raise InputError(f"the {what} may not hold NUL or lone surrogates", got=repr(value))
    return value


def checked_json(value: object, what: str, largest_bytes: int = JSON_BYTES) -> Any:
    """A value as JSON gives it back, if JSON can hold it whole.

    Args:
        value: What JSON can write, with mappings, tuples, sets and NumPy arrays.
        what: What it is, for messages.
        largest_bytes: Size limit of its JSON.

    Returns:
        The value with plain dictionaries and lists.

    Raises:
        InputError: If a number is not finite or beyond 64 bits, a key is no string, text is no
            text, something cannot be written, or it is nested too deeply.
        LimitError: If it is too large.
    """
    _look_through(value, what, what, 0)
    text = to_json(value, what)
    size_bytes = len(text.encode())
    if size_bytes > largest_bytes:
        raise LimitError(
            f"the {what} is too large",
            expected=f"at most {largest_bytes:,} bytes of JSON",
            got=f"{size_bytes:,} bytes",
        )
    return from_json(text)


def canonical(value: Any) -> str:
    """JSON that is equal for equal values, whatever the order of their keys.

    Args:
        value: A plain JSON value.

    Returns:
        JSON; 1 and 1.0 and true differ, as they do to whoever reads them.
    """
    return json.dumps(value, sort_keys=True)


def checked_n(n: object) -> int:
    """The length of a page, if it can be one.

    Args:
        n: What was asked for.

    Returns:
        The same.

    Raises:
        InputError: If it is no whole number from 1.
        LimitError: If it is more than 10,000.
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise InputError("a page has at least one row", got=repr(n), where="n")
    if n > LARGEST_PAGE:
        raise LimitError(f"a page has at most {LARGEST_PAGE:,} rows", got=n, where="n")
    return n


def checked_time(value: object, what: str) -> float:
    """Seconds since 1970, if finite.

    Args:
        value: What was given.
        what: What it is, for messages.

    Returns:
        The time.

    Raises:
        InputError: If it is no finite number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"the {what} is no finite number of seconds", got=repr(value))
    return float(value)


def _look_through(value: object, what: str, where: str, depth: int) -> None:
    """Refuse what JSON, or whoever reads it, would silently make something else of."""
    if depth > _DEEPEST:
        raise InputError(f"the {what} is nested more than {_DEEPEST} deep")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if _NO_TEXT.search(value) is not None:
            raise InputError("a lone surrogate is no character", got=repr(value), where=where)
    elif isinstance(value, int):
        if not _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER:
            raise InputError("a whole number has at most 64 bits", got=value, where=where)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise InputError(
                "a number must be finite", got=value, where=where, remedy="Leave it out, or null"
            )
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if not isinstance(name, str):
                raise InputError("a key must be a string", got=repr(name), where=where)
            _look_through(name, what, where, depth)
            _look_through(part, what, f"{where}.{name}"[:200], depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            _look_through(part, what, where, depth + 1)
    elif hasattr(value, "tolist"):  # NumPy
        _look_through(value.tolist(), what, where, depth)
    else:
        raise InputError(
            f"the {what} holds something that JSON cannot write",
            got=type(value).__name__,
            where=where,
        )
