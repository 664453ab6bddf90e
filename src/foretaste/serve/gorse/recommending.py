"""Gorse's recommendations, neighbours and lists."""

from __future__ import annotations

import re
from time import time
from typing import Annotated, Any

from fastapi import Header, Query, Request, Response

from foretaste.core import Event
from foretaste.core import Query as Question
from foretaste.core.errors import UnknownNameError
from foretaste.serve.calls import Call, Caller
from foretaste.serve.gorse import events as events_
from foretaste.serve.gorse.shapes import FeedbackList, HealthOut, IdsOrScores, Scores
from foretaste.serve.guard import PUBLIC, Gate
from foretaste.serve.ids import Category, ItemId, ListName, UserId
from foretaste.serve.problems import Fault
from foretaste.serve.replies import reply
from foretaste.serve.routes.feedback import keep
from foretaste.serve.routing import Routes

__all__ = ["ROUTES", "delay_of"]

ROUTES = Routes("gorse")
_Text = r"^[^\x00]*$"
Count = Annotated[int, Query(ge=1, le=1_000, description="Length of the list.")]
Offset = Annotated[int, Query(ge=0, le=10_000, description="Places to leave out before it.")]
OneCategory = Annotated[
    str, Query(max_length=512, pattern=_Text, description="Of this category only.")
]
WriteType = Annotated[
    str | None,
    Query(
        alias="write-back-type",
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00]+$",
        description="Record what is recommended as feedback of this type.",
    ),
]
WriteDelay = Annotated[
    str | None,
    Query(
        alias="write-back-delay",
        max_length=40,
        pattern=r"^(\d{1,9}(\.\d{1,9})?(ms|s|m|h)?)*$",
        description="How much later it counts, as `1h30m`.",
    ),
]
Version = Annotated[str | None, Header(alias="X-API-Version", description="`2` for scores.")]
_PIECE = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 60.0}


def delay_of(text: str | None) -> float:
    """Seconds of a duration as Go writes it; a bare number is minutes, as with old clients.

    Args:
        text: For example ``1h30m``.

    Returns:
        The seconds.
    """
    return sum(float(number) * _UNIT_S[unit] for number, unit in _PIECE.findall(text or ""))


def _filter(call: Call, category: str) -> str | None:
    """An expression that keeps one category, whichever column says so."""
    if not category:
        return None
    roles = call.workspace.attributes()
    columns = [
        name
        for name, role in roles.items()
        if role in ("category", "categories") and name.isidentifier()
    ]
    if not columns:
        raise UnknownNameError("category", category, ())
    # repr is a literal of Python, which is what the grammar of filters reads: nothing escapes.
    return " or ".join(f"{category!r} in {name}" for name in columns)


def _recommend(call: Call, query: Question, category: str, offset: int) -> list[tuple[str, float]]:
    longest = call.service.settings.limits.list_length
    if offset >= longest:
        return []  # a list has an end
    wanted = Question(
        user_id=query.user_id,
        history=query.history,
        n=min(query.n + offset, longest),
        filter=_filter(call, category),
    )
    found = call.workspace.recommend(wanted, reasons=False)
    call.metrics.answer(found.source, any(one.startswith("degraded") for one in found.warnings))
    return list(zip(found.item_ids, found.scores, strict=True))[offset:]


async def _answer(
    call: Call,
    user_id: str,
    category: str,
    n: int,
    offset: int,
    write_type: str | None,
    write_delay: str | None,
    version: str | None,
) -> Response:
    call.check_named(user_id)
    rows = await call.work(_recommend, call, Question(user_id, n=n), category, offset)
    if write_type is not None and rows:
        when_s = time() + delay_of(write_delay)
        kind, context = events_.kind_of(write_type), {events_.TYPE: write_type}
        events = [
            Event(item_id, kind, None, when_s, user_id, context=context) for item_id, _ in rows
        ]
        await keep(call, events, None, None)
    if version == "2":
        return _scores(rows)
    return reply([item_id for item_id, _ in rows])


def _scores(rows: list[tuple[str, float]]) -> Response:
    return reply([{"Id": one, "Score": score} for one, score in rows])


@ROUTES.add("GET", "/api/recommend/{user_id}", "recommend", IdsOrScores, problems=(404, 422))
async def gorse_recommend(
    call: Caller,
    user_id: UserId,
    category: OneCategory = "",
    n: Count = 10,
    offset: Offset = 0,
    write_type: WriteType = None,
    write_delay: WriteDelay = None,
    version: Version = None,
) -> Response:
    """Recommend items to a user."""
    return await _answer(call, user_id, category, n, offset, write_type, write_delay, version)


@ROUTES.add("GET", "/api/recommend/{user_id}/", "recommend", IdsOrScores, hidden=True)
async def gorse_recommend_slash(
    call: Caller,
    user_id: UserId,
    category: OneCategory = "",
    n: Count = 10,
    offset: Offset = 0,
    write_type: WriteType = None,
    write_delay: WriteDelay = None,
    version: Version = None,
) -> Response:
    """The same, as clients ask that name an empty category."""
    return await _answer(call, user_id, category, n, offset, write_type, write_delay, version)


@ROUTES.add(
    "GET", "/api/recommend/{user_id}/{category}", "recommend", IdsOrScores, problems=(404, 422)
)
async def gorse_recommend_category(
    call: Caller,
    user_id: UserId,
    category: Category,
    n: Count = 10,
    offset: Offset = 0,
    write_type: WriteType = None,
    write_delay: WriteDelay = None,
    version: Version = None,
) -> Response:
    """Recommend items of one category to a user."""
    return await _answer(call, user_id, category, n, offset, write_type, write_delay, version)


@ROUTES.add("POST", "/api/session/recommend", "recommend", Scores, problems=(404,))
async def gorse_recommend_session(
    call: Caller,
    feedback: FeedbackList,
    n: Count = 10,
    offset: Offset = 0,
    category: OneCategory = "",
) -> Response:
    """Recommend items after feedback that comes with the question and is not kept."""
    history = tuple(
        Event(event.item_id, event.kind, event.value, event.time_s)
        for event in map(events_.event_of, feedback.root)
    )
    question = Question(history=history, n=n)
    return _scores(await call.work(_recommend, call, question, category, offset))


def _page(found: Any) -> list[tuple[str, float]]:
    return [(one.item_id, one.score) for one in found.items]


async def _neighbours(
    call: Call, item_id: str, n: int, offset: int, category: str = ""
) -> Response:
    chosen = await call.work(_filter, call, category)
    found = await call.work(call.workspace.similar, item_id, n, filter=chosen, offset=offset)
    return _scores(_page(found))


@ROUTES.add("GET", "/api/item/{item_id}/neighbors", "lists", Scores, problems=(404, 422))
async def gorse_neighbors(
    call: Caller, item_id: ItemId, n: Count = 10, offset: Offset = 0
) -> Response:
    """Items like this one."""
    return await _neighbours(call, item_id, n, offset)


@ROUTES.add("GET", "/api/item/{item_id}/neighbors/{category}", "lists", Scores, problems=(404, 422))
async def gorse_neighbors_of_category(
    call: Caller, item_id: ItemId, category: Category, n: Count = 10, offset: Offset = 0
) -> Response:
    """Items of one category like this one."""
    return await _neighbours(call, item_id, n, offset, category)


@ROUTES.add("GET", "/api/item-to-item/{name}/{item_id}", "lists", Scores, problems=(404, 422))
async def gorse_item_to_item(
    call: Caller,
    name: ListName,
    item_id: ItemId,
    n: Count = 10,
    offset: Offset = 0,
    category: OneCategory = "",
) -> Response:
    """Items like this one; there is one way here, whatever its name."""
    return await _neighbours(call, item_id, n, offset, category)


async def _list(call: Call, name: str, n: int, offset: int, category: str) -> Response:
    workspace = call.workspace
    make = {
        "latest": workspace.latest,
        "trending": workspace.trending,
        "popular": workspace.popular,
        "most_popular": workspace.popular,
    }.get(name)
    if make is None:
        raise Fault(404, "There is no such list.", expected="latest, popular or trending", got=name)
    return _scores(_page(await call.work(make, n, category=category or None, offset=offset)))


@ROUTES.add("GET", "/api/non-personalized/{name}", "lists", Scores, problems=(404, 422))
async def gorse_non_personalized(
    call: Caller, name: ListName, n: Count = 10, offset: Offset = 0, category: OneCategory = ""
) -> Response:
    """A list for everybody: `latest`, `popular` or `trending`."""
    return await _list(call, name, n, offset, category)


@ROUTES.add("GET", "/api/latest", "lists", Scores, problems=(404, 422))
async def gorse_latest(
    call: Caller, n: Count = 10, offset: Offset = 0, category: OneCategory = ""
) -> Response:
    """The newest items."""
    return await _list(call, "latest", n, offset, category)


@ROUTES.add("GET", "/api/popular", "lists", Scores, problems=(404, 422))
async def gorse_popular(
    call: Caller, n: Count = 10, offset: Offset = 0, category: OneCategory = ""
) -> Response:
    """The items that most people like."""
    return await _list(call, "popular", n, offset, category)


@ROUTES.add("GET", "/api/health/live", PUBLIC, HealthOut)
async def gorse_live(request: Request) -> Response:
    """Does the process work?"""
    return _health(request, False)


@ROUTES.add("GET", "/api/health/ready", PUBLIC, HealthOut)
async def gorse_ready(request: Request) -> Response:
    """Can it answer?"""
    return _health(request, True)


def _health(request: Request, ready: bool) -> Response:
    gate: Gate = request.app.state.gate
    found = gate.service.health()
    stored = gate.service.store_ok
    body = {
        "Ready": found.ready,
        "DataStoreConnected": stored,
        "CacheStoreConnected": True,
        "DataStoreError": None if stored else "the database does not answer",
        "CacheStoreError": None,
    }
    fine = (found.ready if ready else found.live) and not request.app.state.draining
    return reply(body, 200 if fine else 503, {} if fine else {"Retry-After": "1"})
