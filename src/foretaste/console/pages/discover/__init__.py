"""Discover: ask in words, for somebody, after a few clicks; see why; react; compare."""

from foretaste.console.pages.discover.page import discover

__all__ = ["discover"]
