"""Lists that are the same for everybody: latest, trending, popular, by category."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from fastapi import Path, Query, Response

from foretaste.serve.calls import Caller
from foretaste.serve.problems import Fault
from foretaste.serve.replies import reply
from foretaste.serve.routes.answering import count_listing
from foretaste.serve.routing import Routes
from foretaste.serve.wire.answers import ListingOut
from foretaste.serve.wire.base import Id
from foretaste.serve.wire.lists import CategoriesOut

__all__ = ["ROUTES", "offset_of", "token_of"]

ROUTES = Routes("lists")
_FARTHEST = 100_000


@ROUTES.add("GET", "/v1/lists/{kind}", "lists", ListingOut, problems=(404, 422))
async def list_items(
    call: Caller,
    kind: Annotated[
        Literal["latest", "trending", "popular"], Path(description="Which of the lists.")
    ],
    category: Annotated[
        Id | None,
        Query(description='A value of any category, such as "Drama", or `column=value`.'),
    ] = None,
    n: Annotated[int, Query(ge=1, le=1_000, description="Length of the page.")] = 10,
    cursor: Annotated[Id | None, Query(description="From the page before.")] = None,
) -> Response:
    """The newest items, those that gain most now, or those that most people like."""
    workspace = call.workspace
    offset = 0 if cursor is None else offset_of(cursor)
    make = {
        "latest": workspace.latest,
        "trending": workspace.trending,
        "popular": workspace.popular,
    }[kind]
    found = await call.work(make, n, category=category, offset=offset)
    more = token_of(offset + n) if len(found.items) == n else None
    return count_listing(call, found, offset, more)


@ROUTES.add("GET", "/v1/categories", "lists", CategoriesOut)
async def list_categories(call: Caller) -> Response:
    """Categories of the catalogue, and how many items are in each."""
    return reply({"categories": await call.work(call.workspace.categories)})


def token_of(offset: int) -> str:
    """A cursor that stands for a place in a list.

    Args:
        offset: Places before it.

    Returns:
        The cursor.
    """
    return base64.urlsafe_b64encode(f"at:{offset}".encode()).decode().rstrip("=")


def offset_of(cursor: str) -> int:
    """The place that a cursor stands for.

    Args:
        cursor: From :func:`token_of`.

    Returns:
        Places before it.

    Raises:
        Fault: 404 if it is no such cursor.
    """
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        name, _, number = text.partition(":")
        if name == "at" and number.isdigit() and int(number) <= _FARTHEST:
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise Fault(404, "There is no page of this list there.", where="cursor", got=cursor[:100])
