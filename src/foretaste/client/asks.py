"""Requests as values: what to send and how to read the reply. Both clients send the same."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from foretaste.client.answers import Answer, Explained, Listing, whys
from foretaste.client.reading import known
from foretaste.client.records import Consent, Item, Job, Person, Receipt, Recorded, Session, Written
from foretaste.core import Event

__all__ = ["Ask", "batches"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One request.

    Attributes:
        method: Its method.
        path: Its address, percent-encoded.
        read: Makes a value of the reply.
        json: Its body.
        params: Its query parameters; ``None`` values are left out.
        headers: Further headers.
        again: Whether it may be sent again when nobody knows what became of it.
    """

    method: str
    path: str
    read: Callable[[Any], T]
    json: Any = None
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    again: bool = True


def _at(collection: str, name: str, one: str, rest: str = "") -> tuple[str, dict[str, Any]]:
    """An id in an address; the few that no path can hold go into the query."""
    if one in (".", "..", "~"):
        return f"/v1/{collection}/~{rest}", {name: one}
    return f"/v1/{collection}/{quote(one, safe='')}{rest}", {}


def _nothing(_: Any) -> None:
    return None


def _past(one: str | Event) -> Any:
    if isinstance(one, str):
        return one
    return {"item_id": one.item_id, "kind": one.kind, "value": one.value, "time_s": one.time_s}


def recommend(
    user_id: str | None, n: int, history: Iterable[str | Event], more: Any
) -> Ask[Answer]:
    """Ask for a recommendation."""
    body = {"user_id": user_id, "n": n, "history": [_past(one) for one in history], **more}
    return Ask("POST", "/v1/recommendations", Answer.of, body)


def explain(
    user_id: str | None, item_ids: Sequence[str], more: Mapping[str, Any]
) -> Ask[tuple[Explained, ...]]:
    """Ask why items score as they do."""
    body = {"user_id": user_id, "item_ids": list(item_ids), **more}

    def read(values: Any) -> tuple[Explained, ...]:
        return tuple(Explained(one["item_id"], whys(one["reasons"])) for one in values["items"])

    return Ask("POST", "/v1/explain", read, body)


def similar(item_id: str, n: int, filter: str | None) -> Ask[Listing]:
    """Ask for items like one."""
    path, params = _at("items", "item_id", item_id, "/similar")
    return Ask("GET", path, Listing.of, params={**params, "n": n, "filter": filter})


def search(text: str, n: int, filter: str | None) -> Ask[Listing]:
    """Search the catalogue."""
    return Ask("POST", "/v1/search", Listing.of, {"text": text, "n": n, "filter": filter})


def items_of(kind: str, n: int, category: str | None, cursor: str | None) -> Ask[Listing]:
    """Ask for a list that is the same for everybody."""
    params = {"n": n, "category": category, "cursor": cursor}
    return Ask("GET", f"/v1/lists/{quote(kind, safe='')}", Listing.of, params=params)


def _event(event: Event, session_id: str | None) -> dict[str, Any]:
    found = {
        "user_id": event.user_id,
        "session_id": session_id if event.user_id is None else None,
        "item_id": event.item_id or None,
        "kind": event.kind,
        "value": event.value,
        "time_s": event.time_s,
        "words": event.words,
        "context": dict(event.context),
        "answer_id": event.answer_id,
        "idempotency_key": event.idempotency_key,
    }
    return {name: value for name, value in found.items() if value is not None}


def record(events: Sequence[Event], durable: bool | None, session_id: str | None) -> Ask[Recorded]:
    """Hand in events; the request has a name of its own, so that sent twice it counts once."""
    body: dict[str, Any] = {"events": [_event(one, session_id) for one in events]}
    if durable is not None:
        body["durability"] = "durable" if durable else "fast"
    headers = {"Idempotency-Key": secrets.token_hex(12)}
    return Ask("POST", "/v1/feedback/batch", _reader(Recorded), body, headers=headers)


def _reader(kind: type[T]) -> Callable[[Any], T]:
    return lambda values: known(kind, values)


def put_items(items: Sequence[Item]) -> Ask[Written]:
    """Add or replace items."""
    rows = [
        {"item_id": one.item_id, "attributes": dict(one.attributes), "hidden": one.hidden}
        for one in items
    ]
    return Ask("POST", "/v1/bulk/items", _reader(Written), {"items": rows})


def item(item_id: str) -> Ask[Item]:
    """Read an item."""
    path, params = _at("items", "item_id", item_id)
    return Ask("GET", path, _reader(Item), params=params)


def delete_item(item_id: str) -> Ask[None]:
    """Delete an item."""
    path, params = _at("items", "item_id", item_id)
    return Ask("DELETE", path, _nothing, params=params)


def put_people(people: Sequence[Person]) -> Ask[Written]:
    """Add or replace people's records."""
    rows = [{"user_id": one.user_id, "attributes": dict(one.attributes)} for one in people]
    return Ask("POST", "/v1/bulk/people", _reader(Written), {"people": rows})


def person(user_id: str) -> Ask[Person]:
    """Read a person's record."""
    path, params = _at("people", "user_id", user_id)
    return Ask("GET", path, _reader(Person), params=params)


def consent(user_id: str) -> Ask[Consent]:
    """Read what a person allows."""
    path, params = _at("people", "user_id", user_id, "/consent")
    return Ask("GET", path, _reader(Consent), params=params)


def set_consent(user_id: str, said: Mapping[str, bool | None]) -> Ask[Consent]:
    """Say what a person allows."""
    path, params = _at("people", "user_id", user_id, "/consent")
    return Ask("PUT", path, _reader(Consent), dict(said), params=params)


def forget(user_id: str) -> Ask[Receipt]:
    """Forget a person."""
    path, params = _at("people", "user_id", user_id, "/forget")
    return Ask("POST", path, _reader(Receipt), params=params)


def start_session() -> Ask[Session]:
    """Start an anonymous session."""
    return Ask("POST", "/v1/sessions", _reader(Session))


def join_session(session_id: str, user_id: str) -> Ask[int]:
    """Join a session to an account."""
    path, params = _at("sessions", "session_id", session_id, "/join")
    return Ask("POST", path, lambda said: int(said["moved"]), {"user_id": user_id}, params=params)


def start_job(kind: str, arguments: Mapping[str, Any]) -> Ask[Job]:
    """Start long work; it is never sent twice, or it might be done twice."""
    body = {"kind": kind, "arguments": dict(arguments)}
    return Ask("POST", "/v1/jobs", _reader(Job), body, again=False)


def job(job_id: str) -> Ask[Job]:
    """Read how far a job is."""
    path, params = _at("jobs", "job_id", job_id)
    return Ask("GET", path, _reader(Job), params=params)


def ready() -> Ask[bool]:
    """Ask whether it can answer."""
    return Ask("GET", "/health/ready", lambda said: said["status"] in ("ok", "degraded"))


def batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a long row into pieces.

    Args:
        things: Any number of them.
        size: Of a piece.

    Yields:
        Pieces, none empty.
    """
    source = iter(things)
    while piece := list(islice(source, size)):
        yield piece
