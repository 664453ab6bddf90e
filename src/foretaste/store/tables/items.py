"""The catalogue: items with their attributes."""

from __future__ import annotations

from typing import Any

from foretaste.core.errors import InputError
from foretaste.store.records import ItemRecord
from foretaste.store.schema import items
from foretaste.store.tables.base import RecordTable

__all__ = ["ItemTable"]


class ItemTable(RecordTable[ItemRecord]):
    """Items of one workspace; see :class:`RecordTable` for what it can do."""

    _table = items
    _counter = "items"
    _id = "item_id"
    _what = "item"

    def _record(self, row: Any) -> ItemRecord:
        return ItemRecord(
            row.item_id, row.attributes, row.hidden, row.revision, row.updated_s, row.deleted
        )

    def _columns(self, record: ItemRecord) -> dict[str, Any]:
        if not isinstance(record.hidden, bool):
            raise InputError("hidden is true or false", got=record.hidden, where=record.item_id)
        return {"item_id": record.item_id, "hidden": record.hidden}
