"""Recommendations, explanations, similar items, search: what the service is for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from foretaste.serve.calls import Call, Caller
from foretaste.serve.ids import ItemId
from foretaste.serve.replies import reply
from foretaste.serve.routing import Routes
from foretaste.serve.wire.answers import (
    AnswerOut,
    AudienceOut,
    ExplainedOut,
    ListingOut,
    answer_payload,
    reason_payload,
)
from foretaste.serve.wire.asking import MAX_N, Asking, Explaining, Filter, Searching, Wish
from foretaste.serve.wire.base import Id

__all__ = ["ROUTES", "answer", "count_listing", "listing_payload"]

ROUTES = Routes("answers")
_Count = Annotated[int, Query(ge=1, le=MAX_N, description="Length of the list.")]


@ROUTES.add("POST", "/v1/recommendations", "recommend", AnswerOut, problems=(404,))
async def recommend(call: Caller, asked: Asking) -> Response:
    """Recommend items, with reasons.

    Everything may be left out. A person, a history, a wish in words and a profile add up;
    `candidates` ranks only those. The answer's id in later feedback attributes the feedback.
    """
    return await answer(call, asked)


@ROUTES.add("GET", "/v1/recommendations", "recommend", AnswerOut, problems=(404, 422))
async def recommend_simply(
    call: Caller,
    user_id: Annotated[Id | None, Query(description="A person, or nobody.")] = None,
    session_id: Annotated[Id | None, Query(description="An anonymous session.")] = None,
    history: Annotated[
        list[Id] | None, Query(max_length=100, description="Items liked, oldest first.")
    ] = None,
    wish: Annotated[Wish | None, Query(description="In plain words.")] = None,
    n: _Count = 10,
    filter: Annotated[Filter | None, Query(description="An expression over attributes.")] = None,
    diversity: Annotated[float, Query(ge=0, le=1, description="0 none to 1.")] = 0.0,
    reasons: Annotated[bool, Query(description="Say why.")] = True,
) -> Response:
    """Recommend items: the short form, for an address bar or a shell."""
    asked = Asking.model_construct(
        user_id=user_id,
        session_id=session_id,
        history=list(history or []),
        wish=wish,
        n=n,
        filter=filter,
        diversity=diversity,
        reasons=reasons,
    )
    return await answer(call, asked)


async def answer(call: Call, asked: Asking) -> Response:
    """Answer a question and count the answer.

    Args:
        call: The request.
        asked: The question.

    Returns:
        The reply.
    """
    call.check_named(asked.user_id)
    workspace = call.workspace
    more: dict[str, Any] = {
        "reasons": asked.reasons,
        "explore": asked.explore,
        "record": asked.record,
        "session_id": asked.session_id,
    }
    # Thinking takes half a millisecond; handing it to a thread would cost a good part of that
    # again. Words have to be read by an encoder first, which takes longer: not on the loop.
    if call.inline and asked.wish is None and "text" not in asked.profile:
        found = workspace.recommend(asked.query(), **more)
    else:
        found = await call.work(workspace.recommend, asked.query(), **more)
    call.metrics.answer(found.source, bool(found.warnings) and _degraded(found.warnings))
    payload = answer_payload(found, asked.user_id, asked.reasons)
    payload["timings_ms"]["service"] = call.took_ms()
    return reply(payload)


def _degraded(warnings: tuple[str, ...]) -> bool:
    return any(warning.startswith("degraded") for warning in warnings)


@ROUTES.add("POST", "/v1/explain", "explain", ExplainedOut, problems=(404,))
async def explain(call: Caller, asked: Explaining) -> Response:
    """Say why given items score as they do, recommended or not."""
    workspace = call.workspace
    found = await call.work(
        workspace.explain, asked.query(), asked.item_ids, session_id=asked.session_id
    )
    return reply(
        {
            "answer_id": "",
            "bundle_digest": workspace.digest,
            "source": "taste",
            "timings_ms": {"service": call.took_ms()},
            "warnings": [],
            "user_id": asked.user_id,
            "items": [
                {"item_id": item_id, "reasons": [reason_payload(why) for why in reasons]}
                for item_id, reasons in zip(asked.item_ids, found, strict=True)
            ],
        }
    )


@ROUTES.add("GET", "/v1/items/{item_id}/similar", "lists", ListingOut, problems=(404, 422))
async def similar_items(
    call: Caller,
    item_id: ItemId,
    n: _Count = 10,
    filter: Annotated[Filter | None, Query(description="An expression over attributes.")] = None,
) -> Response:
    """Items that liking this one speaks for."""
    found = await call.work(call.workspace.similar, item_id, n, filter=filter)
    return count_listing(call, found)


@ROUTES.add("GET", "/v1/search", "search", ListingOut, problems=(422,))
async def search(
    call: Caller,
    text: Annotated[Wish, Query(description="Words to look for.")],
    n: _Count = 10,
    filter: Annotated[Filter | None, Query(description="An expression over attributes.")] = None,
) -> Response:
    """Search the catalogue by meaning and by word."""
    return count_listing(call, await call.work(call.workspace.search, text, n, filter=filter))


@ROUTES.add("POST", "/v1/search", "search", ListingOut)
async def search_by_body(call: Caller, asked: Searching) -> Response:
    """Search the catalogue: for words too long for an address."""
    found = await call.work(call.workspace.search, asked.text, asked.n, filter=asked.filter)
    return count_listing(call, found)


@ROUTES.add("GET", "/v1/items/{item_id}/audience", "explain", AudienceOut, problems=(404, 422))
async def audience(call: Caller, item_id: ItemId, n: _Count = 10) -> Response:
    """The people who would like an item most, also one that nobody has met."""
    workspace = call.workspace
    found = await call.work(workspace.audience, item_id, n)
    return reply(
        {
            "answer_id": "",
            "bundle_digest": workspace.digest,
            "source": "taste",
            "timings_ms": {"service": call.took_ms()},
            "warnings": [],
            "item_id": item_id,
            "people": [{"user_id": user_id, "score": score} for user_id, score in found],
        }
    )


def count_listing(call: Call, found: Any, offset: int = 0, cursor: str | None = None) -> Response:
    """Count a list that is the same for everybody, and reply with it.

    Args:
        call: The request.
        found: The list.
        offset: Places before its first.
        cursor: Where the next page begins.

    Returns:
        The reply.
    """
    call.metrics.answer(found.source, _degraded(found.warnings))
    payload = listing_payload(found, offset)
    payload["cursor"] = cursor
    payload["timings_ms"] = {"service": call.took_ms()}
    return reply(payload)


def listing_payload(found: Any, offset: int = 0) -> dict[str, Any]:
    """A list as plain values.

    Args:
        found: The list.
        offset: Places before its first.

    Returns:
        The fields of :class:`~foretaste.serve.wire.answers.ListingOut` but the timings.
    """
    return {
        "answer_id": found.answer_id,
        "bundle_digest": found.bundle_digest,
        "source": found.source,
        "warnings": found.warnings,
        "items": [
            {
                "item_id": one.item_id,
                "title": one.title,
                "rank": offset + row,
                "score": one.score,
                "attributes": one.attributes,
            }
            for row, one in enumerate(found.items, 1)
        ],
    }
