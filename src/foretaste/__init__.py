"""Foretaste: a recommender that understands words. A lazy facade over :mod:`foretaste.app`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Event": "foretaste.core",
    "ForetasteError": "foretaste.core.errors",
    "Query": "foretaste.core",
    "Recommender": "foretaste.app",
    "fit": "foretaste.app",
    "load": "foretaste.app",
    "read": "foretaste.app",
    "sample": "foretaste.app",
}

if TYPE_CHECKING:
    from foretaste.app import Recommender, fit, load, read, sample
    from foretaste.core import Event, Query
    from foretaste.core.errors import ForetasteError

__all__ = [
    "Event",
    "ForetasteError",
    "Query",
    "Recommender",
    "__version__",
    "fit",
    "load",
    "read",
    "sample",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'foretaste' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
