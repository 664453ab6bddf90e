"""The catalogue: items one by one, in bulk, in pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from foretaste.app.service import ItemRecord, Written
from foretaste.serve.calls import Caller
from foretaste.serve.ids import ItemId
from foretaste.serve.replies import reply
from foretaste.serve.routing import Routes
from foretaste.serve.wire.base import Id, Text
from foretaste.serve.wire.records import (
    ItemIn,
    ItemPage,
    ItemPatch,
    ItemPut,
    ItemRecordOut,
    ItemsIn,
    WrittenOut,
)

__all__ = ["ROUTES"]

ROUTES = Routes("items")


def _out(record: ItemRecord) -> ItemRecordOut:
    return ItemRecordOut(
        item_id=record.item_id,
        attributes=dict(record.attributes),
        hidden=record.hidden,
        revision=record.revision,
        updated_s=record.updated_s,
    )


def _written(found: Written) -> WrittenOut:
    return WrittenOut(new=found.new, changed=found.changed, revision=found.revision)


@ROUTES.add("GET", "/v1/items", "read", ItemPage, problems=(404, 422))
async def list_catalogue(
    call: Caller,
    search: Annotated[
        Text | None, Query(min_length=1, max_length=200, description="In ids and titles.")
    ] = None,
    n: Annotated[int, Query(ge=1, le=1_000, description="Length of the page.")] = 100,
    cursor: Annotated[Id | None, Query(description="From the page before.")] = None,
) -> Response:
    """Items of the catalogue, in order of their ids."""
    page = await call.page(call.workspace.items, cursor, n, search=search)
    return reply(ItemPage(items=[_out(one) for one in page.items], cursor=page.cursor))


@ROUTES.add("POST", "/v1/items", "write", WrittenOut, problems=(409,))
async def put_item(call: Caller, item: ItemIn) -> Response:
    """Add an item or replace it; recommendable within a second, from its text."""
    found = await call.work(call.workspace.put_items, [item.record()], actor=call.actor)
    return reply(_written(found))


@ROUTES.add("POST", "/v1/bulk/items", "write", WrittenOut, problems=(409,))
async def put_items(call: Caller, items: ItemsIn) -> Response:
    """Add or replace many items: all, or none."""
    records = [one.record() for one in items.items]
    return reply(_written(await call.work(call.workspace.put_items, records, actor=call.actor)))


@ROUTES.add("GET", "/v1/items/{item_id}", "read", ItemRecordOut, problems=(404, 422))
async def read_item(call: Caller, item_id: ItemId) -> Response:
    """One item as kept."""
    return reply(_out(await call.work(call.workspace.item, item_id)))


@ROUTES.add("PUT", "/v1/items/{item_id}", "write", WrittenOut, problems=(409,))
async def replace_item(call: Caller, item_id: ItemId, item: ItemPut) -> Response:
    """Add an item under this id, or replace it whole."""
    record = ItemRecord(item_id, item.attributes, item.hidden)
    return reply(_written(await call.work(call.workspace.put_items, [record], actor=call.actor)))


@ROUTES.add("PATCH", "/v1/items/{item_id}", "write", ItemRecordOut, problems=(404, 409))
async def change_item(call: Caller, item_id: ItemId, changes: ItemPatch) -> Response:
    """Change some attributes of an item; a null takes one away."""
    found = await call.work(
        call.workspace.patch_item,
        item_id,
        changes.attributes,
        hidden=changes.hidden,
        actor=call.actor,
    )
    return reply(_out(found))


@ROUTES.add("DELETE", "/v1/items/{item_id}", "write", None, status=204, problems=(404, 422))
async def delete_item(call: Caller, item_id: ItemId) -> Response:
    """Take an item out of the catalogue and out of every list; its events stay in the log."""
    await call.work(call.workspace.delete_item, item_id, actor=call.actor)
    return Response(status_code=204)
