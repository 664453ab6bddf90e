"""Items: put, changed, taken away; they reach the answers by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from foretaste.app.service.cases.base import Cases, checked_attributes, checked_batch
from foretaste.core.errors import UnknownIdError
from foretaste.store import ItemRecord, Page, Written

__all__ = ["CatalogueCases"]


class CatalogueCases(Cases):
    """The catalogue. What is put here can be recommended within a second, in every process."""

    def put_items(
        self, items: Iterable[ItemRecord | Mapping[str, Any]], *, actor: str = ""
    ) -> Written:
        """Put items, whole; one that is there is replaced.

        Args:
            items: Records, or mappings with ``item_id``, ``hidden`` if need be, and attributes.
            actor: Who does so, for the audit log.

        Returns:
            How many were new and how many changed.

        Raises:
            InputError: If an id or attribute cannot be kept; then none was.
            LimitError: If there are too many at once.
        """
        inside = self._inside
        records = [_item(one) for one in items]
        checked_batch(records, inside.settings.limits)
        for one in records:
            checked_attributes(one.attributes, inside.settings.limits, one.item_id)
        written = inside.breaker.call(inside.space.items.put, records)
        if actor:
            inside.note(actor, "items.put", "", new=written.new, changed=written.changed)
        return written

    def patch_item(
        self,
        item_id: str,
        changes: Mapping[str, Any],
        *,
        hidden: bool | None = None,
        actor: str = "",
    ) -> ItemRecord:
        """Change some attributes of an item.

        Args:
            item_id: Which.
            changes: New values; ``None`` takes an attribute away.
            hidden: Whether it may not be recommended for now; ``None`` as it was.
            actor: Who does so, for the audit log.

        Returns:
            The item afterwards.

        Raises:
            UnknownIdError: If there is none.
        """
        inside = self._inside
        checked_attributes(changes, inside.settings.limits, item_id)
        found = inside.breaker.call(inside.space.items.patch, item_id, changes, hidden=hidden)
        if actor:
            inside.note(actor, "items.patch", item_id, attributes=sorted(changes))
        return found

    def item(self, item_id: str) -> ItemRecord:
        """One item as it was put.

        Args:
            item_id: Which.

        Returns:
            Its record.

        Raises:
            UnknownIdError: If there is none.
        """
        found = self._inside.breaker.call(self._inside.space.items.get, item_id)
        if found is None:
            raise UnknownIdError(f"no item has the id {item_id!r}")
        return found

    def items(
        self, n: int = 100, cursor: str | None = None, search: str | None = None
    ) -> Page[ItemRecord]:
        """The catalogue, page by page.

        Args:
            n: How many at most.
            cursor: Where the page before ended.
            search: Only those with this text in id or attributes.

        Returns:
            A page, by id.
        """
        return self._inside.breaker.call(self._inside.space.items.page, n, cursor, search)

    def delete_item(self, item_id: str, *, actor: str = "") -> None:
        """Take an item away for good; use ``hidden`` for a while.

        Args:
            item_id: Which.
            actor: Who does so, for the audit log.

        Raises:
            UnknownIdError: If there is none.
        """
        inside = self._inside
        if not inside.breaker.call(inside.space.items.delete, item_id):
            raise UnknownIdError(f"no item has the id {item_id!r}")
        if actor:
            inside.note(actor, "items.delete", item_id)

    def attributes(self) -> dict[str, str]:
        """What the items' attributes are.

        Returns:
            Role by attribute: ``title``, ``text``, ``category``, ``categories``, ``number`` ...
        """
        return dict(self._inside.serving.recommender.dataset.item_roles)


def _item(given: ItemRecord | Mapping[str, Any]) -> ItemRecord:
    if isinstance(given, ItemRecord):
        return given
    values = dict(given)
    item_id = values.pop("item_id", None)
    hidden = bool(values.pop("hidden", False))
    return ItemRecord(item_id, {k: v for k, v in values.items() if v is not None}, hidden)
