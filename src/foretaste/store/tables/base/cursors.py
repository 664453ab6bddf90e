"""Places in a longer list, as opaque text: they name the last row seen, not a number of rows."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from foretaste.core.errors import InputError

__all__ = ["read_cursor", "write_cursor"]


def write_cursor(*place: str | float) -> str:
    """Text that says where the next page begins: rows inserted meanwhile move nothing.

    Args:
        *place: The columns that order the list, of the last row of this page.

    Returns:
        Characters that are safe in a URL.
    """
    text = json.dumps(place, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type) -> list[Any]:
    """What :func:`write_cursor` was given.

    Args:
        cursor: What a page gave, and a stranger may have changed.
        *kinds: What each column is: ``str``, ``int`` or ``float``.

    Returns:
        The columns.

    Raises:
        InputError: If it is none of ours.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(place, list) or len(place) != len(kinds):
            raise ValueError("of another list")
        return [_column(value, kind) for value, kind in zip(place, kinds, strict=True)]
    except (ValueError, AttributeError, TypeError, RecursionError, binascii.Error):
        raise InputError(
            "this cursor is none of ours",
            got=repr(cursor),
            remedy="Use the cursor of the page before, or none for the first page",
        ) from None


def _column(value: object, kind: type) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise ValueError("of another kind")
    if kind is int and not -(2**63) <= value < 2**63:  # type: ignore[operator]
        raise ValueError("no row has that number")
    return value
