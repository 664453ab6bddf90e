"""Gorse's items and users."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from foretaste.core.errors import UnknownIdError
from foretaste.serve.calls import Call, Caller
from foretaste.serve.gorse import mapping
from foretaste.serve.gorse.shapes import (
    ItemIn,
    ItemList,
    ItemOut,
    ItemPage,
    ItemPatch,
    Success,
    UserIn,
    UserList,
    UserOut,
    UserPage,
    UserPatch,
)
from foretaste.serve.ids import Category, ItemId, UserId
from foretaste.serve.replies import reply
from foretaste.serve.routing import Routes

__all__ = ["ROUTES", "Rows", "success"]

ROUTES = Routes("gorse")
Rows = Annotated[int, Query(ge=1, le=10_000, description="Length of the page.")]
Cursor = Annotated[str, Query(max_length=1_000, pattern=r"^[^\x00]*$", description="Next page.")]


def success(rows: int) -> Response:
    """How many rows were touched.

    Args:
        rows: The number.

    Returns:
        The reply.
    """
    return reply({"RowAffected": rows})


async def _put_items(call: Call, rows: list[ItemIn]) -> Response:
    records = [mapping.item_record(row) for row in rows]
    if records:
        await call.work(call.workspace.put_items, records, actor=call.actor)
    return success(len(records))


@ROUTES.add("POST", "/api/item", "write", Success, problems=(409,))
async def gorse_insert_item(call: Caller, item: ItemIn) -> Response:
    """Insert an item."""
    return await _put_items(call, [item])


@ROUTES.add("POST", "/api/items", "write", Success, problems=(409,))
async def gorse_insert_items(call: Caller, items: ItemList) -> Response:
    """Insert items."""
    return await _put_items(call, items.root)


@ROUTES.add("GET", "/api/items", "read", ItemPage, problems=(404, 422))
async def gorse_list_items(
    call: Caller,
    n: Rows = 10,
    cursor: Cursor = "",
    q: Annotated[
        str, Query(max_length=200, pattern=r"^[^\x00]*$", description="Search for this.")
    ] = "",
) -> Response:
    """List items, or search them."""
    page = await call.page(call.workspace.items, cursor, n, search=q or None)
    items = [mapping.item_out(one).dump() for one in page.items]
    return reply({"Cursor": page.cursor or "", "Items": items})


@ROUTES.add("GET", "/api/item/{item_id}", "read", ItemOut, problems=(404, 422))
async def gorse_get_item(call: Caller, item_id: ItemId) -> Response:
    """Get an item."""
    return reply(mapping.item_out(await call.work(call.workspace.item, item_id)).dump())


@ROUTES.add("PATCH", "/api/item/{item_id}", "write", Success, problems=(404, 409))
async def gorse_update_item(call: Caller, item_id: ItemId, changes: ItemPatch) -> Response:
    """Change an item."""
    await call.work(
        call.workspace.patch_item,
        item_id,
        mapping.item_changes(changes),
        hidden=changes.is_hidden,
        actor=call.actor,
    )
    return success(1)


@ROUTES.add("DELETE", "/api/item/{item_id}", "write", Success, problems=(422,))
async def gorse_delete_item(call: Caller, item_id: ItemId) -> Response:
    """Delete an item."""
    try:
        await call.work(call.workspace.delete_item, item_id, actor=call.actor)
    except UnknownIdError:
        return success(0)
    return success(1)


async def _categories(call: Call, item_id: str, name: str, there: bool) -> Response:
    record = await call.work(call.workspace.item, item_id)
    before = mapping.item_out(record).categories
    after = [one for one in before if one != name] + ([name] if there else [])
    wanted = {"categories": after}
    await call.work(call.workspace.patch_item, item_id, wanted, actor=call.actor)
    return success(1)


@ROUTES.add("PUT", "/api/item/{item_id}/category/{category}", "write", Success, problems=(404, 409))
async def gorse_add_category(call: Caller, item_id: ItemId, category: Category) -> Response:
    """Put an item into a category."""
    return await _categories(call, item_id, category, True)


@ROUTES.add(
    "DELETE", "/api/item/{item_id}/category/{category}", "write", Success, problems=(404, 409, 422)
)
async def gorse_delete_category(call: Caller, item_id: ItemId, category: Category) -> Response:
    """Take an item out of a category."""
    return await _categories(call, item_id, category, False)


async def _put_users(call: Call, rows: list[UserIn]) -> Response:
    records = [mapping.person_record(row) for row in rows]
    if records:
        await call.work(call.workspace.put_people, records, actor=call.actor)
    return success(len(records))


@ROUTES.add("POST", "/api/user", "write", Success, problems=(409,))
async def gorse_insert_user(call: Caller, user: UserIn) -> Response:
    """Insert a user."""
    return await _put_users(call, [user])


@ROUTES.add("POST", "/api/users", "write", Success, problems=(409,))
async def gorse_insert_users(call: Caller, users: UserList) -> Response:
    """Insert users."""
    return await _put_users(call, users.root)


@ROUTES.add("GET", "/api/users", "read", UserPage, problems=(404, 422))
async def gorse_list_users(call: Caller, n: Rows = 10, cursor: Cursor = "") -> Response:
    """List users."""
    page = await call.page(call.workspace.people, cursor, n)
    users = [mapping.user_out(one).dump() for one in page.items]
    return reply({"Cursor": page.cursor or "", "Users": users})


@ROUTES.add("GET", "/api/user/{user_id}", "read", UserOut, problems=(404, 422))
async def gorse_get_user(call: Caller, user_id: UserId) -> Response:
    """Get a user."""
    return reply(mapping.user_out(await call.work(call.workspace.person, user_id)).dump())


@ROUTES.add("PATCH", "/api/user/{user_id}", "write", Success, problems=(404, 409))
async def gorse_update_user(call: Caller, user_id: UserId, changes: UserPatch) -> Response:
    """Change a user."""
    wanted = mapping.person_changes(changes)
    await call.work(call.workspace.patch_person, user_id, wanted, actor=call.actor)
    return success(1)


@ROUTES.add("DELETE", "/api/user/{user_id}", "write", Success, problems=(422,))
async def gorse_delete_user(call: Caller, user_id: UserId) -> Response:
    """Delete a user's record."""
    try:
        await call.work(call.workspace.delete_person, user_id, actor=call.actor)
    except UnknownIdError:
        return success(0)
    return success(1)
