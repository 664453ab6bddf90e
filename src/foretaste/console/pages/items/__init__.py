"""Items: the catalogue, one item, and a new one with its audience."""

from foretaste.console.pages.items.catalogue import items

__all__ = ["items"]
