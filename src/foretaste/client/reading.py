"""Reading replies of services that may be newer than this client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

__all__ = ["known"]

T = TypeVar("T")


def known(kind: type[T], values: Mapping[str, Any]) -> T:
    """A value of what a reply holds; fields that a newer service adds are left out.

    Args:
        kind: A dataclass.
        values: Fields by name.

    Returns:
        The value.
    """
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in values.items() if name in names})
