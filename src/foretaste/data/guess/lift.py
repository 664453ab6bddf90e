"""Attributes of items that were written beside every event."""

from __future__ import annotations

import polars as pl

from foretaste.data.guess.names import plain
from foretaste.data.guess.roles import attribute_like
from foretaste.data.report import Origin, ReportBuilder

__all__ = ["lift_attributes"]


def lift_attributes(
    events: pl.DataFrame, item: str, origin: Origin, report: ReportBuilder
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Take titles, genres and the like out of a table of events.

    Only columns that are named like an attribute of items and have one value per item.

    Args:
        events: The events.
        item: The column of the item.
        origin: Where they came from.
        report: Told what was taken.

    Returns:
        The events without these columns, and one row per item with them, or ``None``.
    """
    named = [name for name in events.columns if name != item and attribute_like(plain(name))]
    if not named or len(events) == 0:
        return events, None
    per_item = events.group_by(item, maintain_order=True).agg(
        *(pl.col(name).drop_nulls().first() for name in named),
        *(pl.col(name).drop_nulls().n_unique().alias(f"{name} values") for name in named),
    )
    fixed = [name for name in named if (per_item[f"{name} values"] <= 1).all()]
    if not fixed:
        return events, None
    report.guess(
        "attributes in events",
        f"{', '.join(fixed)} belong to the item, not to the event",
        where=origin.name,
        value=fixed,
        remedy="Give a table items.* of its own if that is wrong",
    )
    return events.drop(fixed), per_item.select(item, *fixed).drop_nulls(item)
