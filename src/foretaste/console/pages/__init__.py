"""The console's pages."""

from foretaste.console.pages.register import register

__all__ = ["register"]
