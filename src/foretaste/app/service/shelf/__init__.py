"""Bundles: the first one, the shelf they lie on, and how new ones come about."""
