"""From an item's text and attributes to its place among tastes."""

from foretaste.taste.content.coding import ContentCoder, attribute_features
from foretaste.taste.content.mapping import ContentMap

__all__ = ["ContentCoder", "ContentMap", "attribute_features"]
