"""The client against a service in this process, and against one that misbehaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from foretaste.app.service import Service
from foretaste.client import AsyncClient, Client, Item, Person
from foretaste.core import Event
from foretaste.core.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    InputError,
    NetworkError,
    UnauthenticatedError,
    UnknownIdError,
)
from foretaste.serve import make_app

from ..serve.shop import live, make_bundle, settings_for


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    bundle = make_bundle(tmp_path_factory.mktemp("client") / "bundle")
    with Service.open(settings_for(tmp_path_factory.mktemp("home"), bundle)) as service:
        yield service


@pytest.fixture(scope="module")
def app(service: Service) -> Any:
    return make_app(service)


@pytest.fixture(scope="module")
def address(app: Any) -> Iterator[str]:
    with live(app) as url:
        yield url


@pytest.fixture(scope="module")
def key(service: Service) -> str:
    return service.access.create_key("default", "operator", "client").key


@pytest.fixture
def client(address: str, key: str) -> Iterator[Client]:
    with Client(address, key) as client:
        yield client


def test_it_recommends_explains_and_lists(client: Client) -> None:
    answer = client.recommend("p1", 4, wish="silent ship", filter="year > 1960")
    assert len(answer.items) == 4 and answer.items[0].reasons[0].text
    assert answer.item_ids[0] == answer.items[0].item_id and answer.answer_id
    assert client.recommend(history=["item-0", Event("item-3", "like")], n=2).items
    (why,) = client.explain("p1", ["item-5"])
    assert why.item_id == "item-5" and why.reasons
    assert len(client.similar_items("a/b", 3).items) == 3
    assert len(client.search("detective night", 3).items) == 3
    first = client.items_of("popular", 5)
    second = client.items_of("popular", 5, cursor=first.cursor)
    assert [one.rank for one in second.items] == [6, 7, 8, 9, 10]
    assert client.ready()
    assert client.get("/v1/stats")["items"] == 36


def test_it_records_in_batches_that_count_once(client: Client) -> None:
    events = [Event(f"item-{n % 9}", "view", None, float(n), "c-ann") for n in range(25)]
    assert client.record(events, batch=10).accepted == 25
    assert client.record(events, batch=10, durable=False).duplicates == 0, "another request"
    assert client.record(Event("item-1", "like", user_id="c-one")).accepted == 1


def test_sessions_consent_and_forgetting(client: Client) -> None:
    session = client.start_session()
    client.record(Event("item-2", "like"), session_id=session.session_id)
    assert client.join_session(session.session_id, "c-joined") == 1
    assert client.consent("c-joined").train is True
    assert client.consent("c-joined", train=False).train is False
    assert client.forget("c-joined").user_id == "c-joined"


@pytest.mark.parametrize("odd", ["a/b c", "..", ".", "~", "%2F", "☃?#"])
def test_ids_of_any_characters_survive(client: Client, odd: str) -> None:
    assert client.put_items([Item(odd, {"title": "Odd"})]).new in (0, 1)
    assert client.item(odd).item_id == odd
    client.put_people([Person(odd, {"age": "old"})])
    assert client.person(odd).attributes == {"age": "old"}


def test_problems_become_the_errors_of_the_library(
    client: Client, address: str, service: Any
) -> None:
    with pytest.raises(UnknownIdError, match="no item"):
        client.item("nothing")
    with pytest.raises(InputError, match="filter"):
        client.recommend(filter="no(")
    with pytest.raises(UnauthenticatedError):
        Client(address, "wrong").recommend()
    weak = service.access.create_key("default", "page", "page").key
    with pytest.raises(ForbiddenError):
        Client(address, weak).forget("p1")
    session = client.start_session()
    client.join_session(session.session_id, "one")
    with pytest.raises(ConflictError):
        client.join_session(session.session_id, "two")


class _Script(httpx.BaseTransport):
    """Answers by a script and remembers what it was asked."""

    def __init__(self, *steps: Callable[[httpx.Request], httpx.Response]) -> None:
        self.steps = list(steps)
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return self.steps.pop(0)(request)


def _says(status: int, body: Any = None, **headers: str) -> Callable[..., httpx.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, json=body or {}, headers=named)


def _breaks(error: type[httpx.TransportError]) -> Callable[..., httpx.Response]:
    def raise_it(_: httpx.Request) -> httpx.Response:
        raise error("gone")

    return raise_it


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr("random.uniform", lambda low, high: 0.0)
    return slept


GOOD = {"accepted": 1, "duplicates": 0, "ignored": 0, "spooled": False, "position": 1}


def test_it_waits_as_long_as_it_is_told_and_sends_the_same_name(pauses: list[float]) -> None:
    script = _Script(
        _says(503, retry_after="2"), _breaks(httpx.ReadTimeout), _says(429), _says(200, GOOD)
    )
    client = Client("http://x", "k", transport=script)
    assert client.record(Event("a", "view", user_id="u")).accepted == 1
    assert pauses == [2.0, 0.0, 0.0]
    assert len({one.headers["idempotency-key"] for one in script.seen}) == 1
    assert len({one.content for one in script.seen}) == 1


def test_it_gives_up_in_the_end_and_says_when_to_come_back(pauses: list[float]) -> None:
    busy = {"detail": "the spool is full."}
    client = Client(
        "http://x", transport=_Script(*[_says(503, busy, retry_after="3")] * 3), retries=2
    )
    with pytest.raises(BusyError, match="the spool is full") as caught:
        client.recommend()
    assert caught.value.retry_after_s == 3 and pauses == [3.0, 3.0]
    long = Client("http://x", transport=_Script(_says(503, busy, retry_after="600")))
    with pytest.raises(BusyError):
        long.recommend()


def test_what_must_not_happen_twice_is_not_sent_twice(pauses: list[float]) -> None:
    script = _Script(_breaks(httpx.ReadTimeout))
    with pytest.raises(NetworkError, match="does not answer"):
        Client("http://x", transport=script).start_job("refresh")
    unborn = _Script(
        _breaks(httpx.ConnectError),
        _says(202, {"job_id": "j", "kind": "refresh", "status": "queued", "new": 1}),
    )
    assert Client("http://x", transport=unborn).start_job("refresh").job_id == "j"


def test_errors_that_are_no_problem_details_are_told_too(pauses: list[float]) -> None:
    plain = lambda _: httpx.Response(500, text="<html>oops")  # noqa: E731
    with pytest.raises(NetworkError, match="500"):
        Client("http://x", transport=_Script(plain)).recommend()


def test_the_async_client_does_the_same(address: str, key: str) -> None:
    async def all_of_it() -> None:
        async with AsyncClient(address, key) as client:
            answer = await client.recommend("p1", 3)
            assert len(answer.items) == 3
            assert (await client.explain("p1", ["item-5"]))[0].reasons
            assert (await client.similar_items("item-1", 2)).items
            assert (await client.search("detective", 2)).items
            assert (await client.items_of("latest", 2)).items
            assert (await client.record(Event("item-1", "view", user_id="c-as"))).accepted == 1
            session = await client.start_session()
            await client.record([Event("item-1", "like")], session_id=session.session_id)
            assert await client.join_session(session.session_id, "c-as2") == 1
            assert (await client.put_items([Item("c-new", {"title": "New"})])).new == 1
            assert (await client.consent("c-as", train=False)).train is False
            assert (await client.forget("c-as")).user_id == "c-as"
            with pytest.raises(InputError):
                await client.recommend(filter="no(")

    asyncio.run(all_of_it())


def test_the_async_client_waits_without_sleeping(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(pause_s: float) -> None:
        slept.append(pause_s)

    monkeypatch.setattr("foretaste.client.async_client.asyncio.sleep", sleep)
    steps = [_says(503, retry_after="1"), _says(200, GOOD)]

    async def handle(request: httpx.Request) -> httpx.Response:
        return steps.pop(0)(request)

    async def once() -> None:
        async with AsyncClient("http://x", transport=httpx.MockTransport(handle)) as client:
            assert (await client.record(Event("a", "view", user_id="u"))).accepted == 1

    asyncio.run(once())
    assert slept and slept[0] >= 1


def test_fields_of_a_newer_service_are_no_trouble() -> None:
    body = {**json.loads(json.dumps(GOOD)), "something": "new"}
    client = Client("http://x", transport=_Script(_says(200, body)))
    assert client.record(Event("a", "view", user_id="u")).position == 1
