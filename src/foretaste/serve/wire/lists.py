"""Lists that are not about items: categories."""

from __future__ import annotations

from foretaste.serve.wire.base import WireOut

__all__ = ["CategoriesOut"]


class CategoriesOut(WireOut):
    """Categories of the catalogue."""

    categories: dict[str, int]
