"""Quality: what was measured, with intervals, and on what."""

from foretaste.console.pages.quality.page import quality

__all__ = ["quality"]
