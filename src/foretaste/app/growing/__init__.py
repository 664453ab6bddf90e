"""Between two fits: new items, changed items, moving popularity."""

from foretaste.app.growing.grower import Grower

__all__ = ["Grower"]
