"""Between Gorse's rows of items and users, and our records.

An item's ``Comment`` is its title, ``Categories`` its attribute ``categories``; ``Labels`` that
are a list are the attribute ``labels``, those that are an object are attributes by their own
names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from foretaste.app.service import ItemRecord, PersonRecord
from foretaste.serve.gorse.events import seconds_of, time_of
from foretaste.serve.gorse.shapes import ItemIn, ItemOut, ItemPatch, UserIn, UserOut, UserPatch

__all__ = [
    "item_changes",
    "item_out",
    "item_record",
    "person_changes",
    "person_record",
    "user_out",
]

_OWN_ITEM = ("title", "categories", "labels", "timestamp")
_OWN_USER = ("comment", "subscribe", "labels")


def _with_labels(labels: Any, own: tuple[str, ...]) -> dict[str, Any]:
    if labels is None:
        return {}
    if isinstance(labels, list):
        return {"labels": labels}
    return {name: value for name, value in labels.items() if name not in own}


def _labels_of(attributes: Mapping[str, Any], own: tuple[str, ...]) -> Any:
    if "labels" in attributes:
        return attributes["labels"]
    rest = {name: value for name, value in attributes.items() if name not in own}
    return rest or None


def item_changes(row: ItemIn | ItemPatch) -> dict[str, Any]:
    """Attributes that a row of an item says something about.

    Args:
        row: As it was sent.

    Returns:
        Attributes by name.
    """
    found = _with_labels(row.labels, _OWN_ITEM)
    if row.comment is not None:
        found["title"] = row.comment
    if row.categories is not None:
        found["categories"] = row.categories
    seconds = seconds_of(row.timestamp)
    if seconds is not None:
        found["timestamp"] = seconds
    return found


def item_record(row: ItemIn) -> ItemRecord:
    """The record of an item's row.

    Args:
        row: As it was sent.

    Returns:
        A record.
    """
    return ItemRecord(row.item_id, item_changes(row), bool(row.is_hidden))


def item_out(record: ItemRecord) -> ItemOut:
    """The row of an item's record.

    Args:
        record: As kept.

    Returns:
        A row in Gorse's shape.
    """
    given = record.attributes
    categories = given.get("categories") or []
    if isinstance(categories, str):
        categories = categories.split("|")
    seconds = given.get("timestamp")
    return ItemOut(
        item_id=record.item_id,
        is_hidden=record.hidden,
        categories=[str(one) for one in categories],
        timestamp=time_of(seconds if isinstance(seconds, int | float) else record.updated_s),
        labels=_labels_of(given, _OWN_ITEM),
        comment=str(given.get("title") or ""),
    )


def person_changes(row: UserIn | UserPatch) -> dict[str, Any]:
    """Attributes that a row of a user says something about.

    Args:
        row: As it was sent.

    Returns:
        Attributes by name.
    """
    found = _with_labels(row.labels, _OWN_USER)
    if row.comment is not None:
        found["comment"] = row.comment
    if row.subscribe is not None:
        found["subscribe"] = row.subscribe
    return found


def person_record(row: UserIn) -> PersonRecord:
    """The record of a user's row.

    Args:
        row: As it was sent.

    Returns:
        A record.
    """
    return PersonRecord(row.user_id, person_changes(row))


def user_out(record: PersonRecord) -> UserOut:
    """The row of a person's record.

    Args:
        record: As kept.

    Returns:
        A row in Gorse's shape.
    """
    given = record.attributes
    return UserOut(
        user_id=record.user_id,
        labels=_labels_of(given, _OWN_USER),
        subscribe=given.get("subscribe"),
        comment=str(given.get("comment") or ""),
    )
