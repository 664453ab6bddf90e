"""Who gets in, with how much, and what strangers are told."""

from __future__ import annotations

import itertools
import json
import logging
import re
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import Response

from foretaste.app.service import Service
from foretaste.app.service.access import RIGHTS, ROLES
from foretaste.serve import make_app
from foretaste.serve.gorse import GORSE
from foretaste.serve.guard import PUBLIC, RIGHT_FIELD, GuardedRoute
from foretaste.serve.middleware import RateLimit
from foretaste.serve.routes import METRICS, OPEN_METRICS, ROUTES
from foretaste.serve.routing import Routes
from foretaste.serve.watching.logs import configure_logs, without_secrets

from .shop import Caller, client_of, settings_for

ALL = [one for group in (*ROUTES, METRICS, *GORSE) for one in group.declared]
OPEN_PATHS = {"/health/live", "/health/ready", "/api/health/live", "/api/health/ready"}


def _address(path: str) -> str:
    return re.sub(r"\{kind\}", "latest", re.sub(r"\{(?!kind)\w+\}", "x", path))


def test_every_route_declares_a_right_that_exists() -> None:
    for one in ALL:
        right = one["openapi_extra"][RIGHT_FIELD]
        assert right in RIGHTS or (right == PUBLIC and one["path"] in OPEN_PATHS), one["path"]
    assert [one["path"] for one in OPEN_METRICS.declared] == ["/metrics"]


def test_the_application_has_no_route_of_ours_without_a_guard(app: Any) -> None:
    shown = {"/", "/openapi.json", "/docs", "/static/docs.css", "/static/docs.js"}
    for route in app.router.routes:
        assert isinstance(route, GuardedRoute), route
        if route.right == PUBLIC:
            assert route.path in OPEN_PATHS | shown | {"/static/foretaste.js"}, route.path


def test_a_route_without_a_right_cannot_even_be_made() -> None:
    async def open_door() -> Response:
        return Response()

    with pytest.raises(ValueError, match="no right"):
        GuardedRoute("/v1/open", open_door, methods=["GET"])
    routes = Routes("x")
    routes.add("GET", "/v1/open", "", None)(open_door)
    with pytest.raises(ValueError, match="no right"):
        GuardedRoute(**routes.declared[0])


def test_nobody_gets_in_without_a_key_or_with_a_wrong_one(call: Caller) -> None:
    wrong = "ft_" + "0" * 16 + "_" + "A" * 43
    for one in ALL:
        if one["openapi_extra"][RIGHT_FIELD] == PUBLIC:
            continue
        method, path = one["methods"][0], _address(one["path"])
        for headers in ({}, {"X-API-Key": wrong}, {"Authorization": "Basic " + "x" * 9}):
            reply = call.client.request(method, path, headers=headers, content=b"{}")
            assert reply.status_code == 401, (method, path)
            assert reply.headers["content-type"] == "application/problem+json"
            assert "www-authenticate" in reply.headers


def test_each_role_may_do_what_its_rights_say_and_nothing_more(call: Caller) -> None:
    for one, role in itertools.product(ALL, ROLES):
        right = one["openapi_extra"][RIGHT_FIELD]
        if right == PUBLIC:
            continue
        allowed = ROLES.index(role) >= ROLES.index(RIGHTS[right])
        if allowed:
            continue  # what the allowed get is what the other tests are about
        reply = call(one["methods"][0], _address(one["path"]), role=role, content=b"{}")
        assert reply.status_code == 403, (one["path"], role, reply.status_code)


def test_a_bearer_token_is_as_good_as_the_header(call: Caller) -> None:
    key = call.keys["reader"]
    reply = call.client.get("/v1/me", headers={"Authorization": f"Bearer {key}"})
    assert reply.json()["role"] == "reader"


def test_a_revoked_key_ends(service: Service, call: Caller) -> None:
    made = call.post("/v1/keys", {"name": "short", "role": "reader"}).json()
    headers = {"X-API-Key": made["key"]}
    assert call.client.get("/v1/me", headers=headers).status_code == 200
    assert call("DELETE", f"/v1/keys/{made['key_id']}").status_code == 204
    assert call.client.get("/v1/me", headers=headers).status_code == 401
    listed = call.get("/v1/keys").json()["keys"]
    assert made["key_id"] in {one["key_id"] for one in listed}
    secret = made["key"].split("_", 2)[2]
    assert secret not in json.dumps(listed)


def test_a_key_opens_its_own_workspace_and_no_other(service: Service, call: Caller) -> None:
    made = call.post("/v1/workspaces", {"name": "other"})
    assert made.status_code == 201, made.text
    headers = {"X-API-Key": made.json()["key"]["key"]}
    client = call.client
    assert client.get("/v1/me", headers=headers).json()["workspace"] == "other"
    call.post("/v1/feedback", {"user_id": "secret-ann", "item_id": "item-1", "kind": "like"})
    found = client.get("/v1/feedback?user_id=secret-ann", headers=headers)
    assert found.json()["events"] == []
    ours = {one["key_id"] for one in call.get("/v1/keys").json()["keys"]}
    theirs = {one["key_id"] for one in client.get("/v1/keys", headers=headers).json()["keys"]}
    assert not ours & theirs
    some = next(iter(ours))
    assert client.delete(f"/v1/keys/{some}", headers=headers).status_code == 404
    assert client.get("/v1/workspaces", headers=headers).status_code == 403
    assert client.post("/v1/workspaces", headers=headers, json={"name": "x"}).status_code == 403
    assert "secret-ann" not in client.get("/metrics", headers=headers).text


def test_bodies_are_bounded_whatever_their_header_says(call: Caller) -> None:
    most = call.service.settings.limits.body_bytes
    big = b'{"user_id": "' + b"x" * most + b'"}'
    headers = {"content-type": "application/json"}
    assert call.post("/v1/recommendations", None, headers=headers).status_code == 200
    reply = call("POST", "/v1/recommendations", content=big, headers=headers)
    assert reply.status_code == 413
    chunks = (big[i : i + 65536] for i in range(0, len(big), 65536))
    reply = call("POST", "/v1/recommendations", content=chunks, headers=headers)
    assert reply.status_code == 413, "a body without a length is counted as it comes"


def test_addresses_headers_and_nests_are_bounded(call: Caller) -> None:
    assert call.get("/v1/search?text=" + "x" * 9000).status_code == 414
    assert call.get("/v1/me", headers={"x-much": "y" * 20_000}).status_code == 431
    nest = b'{"context": ' + b"[" * 50 + b"]" * 50 + b"}"
    headers = {"content-type": "application/json"}
    reply = call("POST", "/v1/recommendations", content=nest, headers=headers)
    assert reply.status_code == 400 and "deeper" in reply.json()["detail"]
    deep = b"[" * 100_000
    assert call("POST", "/v1/items", content=deep, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b"{", "application/json", 400),
        (b'{"n": NaN}', "application/json", 400),
        (b'{"user_id": "\xff"}', "application/json", 400),
        (b'{"user_id": "\\ud800"}', "application/json", 400),
        (b'{"n": "10"}', "application/json", 422),
        (b'{"n": 0}', "application/json", 422),
        (b'{"user_id": ""}', "application/json", 422),
        (b'{"user_id": "a\\u0000b"}', "application/json", 422),
        (b'{"unknown": 1}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b'{"filter": "__import__(1)"}', "application/json", 422),
        (b'{"filter": "nonsense == 3"}', "application/json", 422),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_problem(
    call: Caller, content: bytes, media: str, status: int
) -> None:
    headers = {"content-type": media} if media else {}
    reply = call("POST", "/v1/recommendations", content=content, headers=headers)
    assert reply.status_code == status, reply.text
    problem = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status and problem["title"] and problem["detail"]
    assert problem["type"].startswith("/docs#problem-")
    assert reply.headers["x-request-id"] in problem["instance"]


def test_compressed_bodies_are_refused(call: Caller) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert call("POST", "/v1/recommendations", content=b"x", headers=headers).status_code == 415


def test_wrong_addresses_and_methods_have_problems_too(call: Caller) -> None:
    assert call.get("/v1/nothing").json()["status"] == 404
    reply = call("PUT", "/v1/recommendations", json={})
    assert reply.status_code == 405 and reply.headers["allow"] == "GET, POST"
    assert call("TRACE", "/v1/me").status_code == 405
    assert call.get("/v1/items/%zz").status_code == 400
    assert call.get("/v1/items/%ff").status_code == 400
    assert call.get("/v1/items/%00").status_code == 422
    assert call.get("/v1/items//similar").status_code == 404


def test_answers_carry_safe_headers_and_no_origin_is_let_in(call: Caller) -> None:
    reply = call.get("/v1/me", headers={"Origin": "https://evil.example"})
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "access-control-allow-origin" not in reply.headers
    assert "server" not in reply.headers


def test_origins_that_are_named_are_let_in(shop_bundle: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, shop_bundle, http__origins=["https://shop.example"])
    with Service.open(settings) as service, client_of(make_app(service)) as client:
        good, bad = {"Origin": "https://shop.example"}, {"Origin": "https://evil.example"}
        asks = {"Access-Control-Request-Method": "POST"}
        preflight = client.options("/v1/recommendations", headers={**good, **asks})
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == "https://shop.example"
        assert "x-api-key" in preflight.headers["access-control-allow-headers"]
        answer = client.get("/v1/me", headers=good)  # refused for want of a key, yet readable
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert "access-control-allow-origin" not in client.get("/v1/me", headers=bad).headers


def test_a_bucket_fills_again_and_tells_how_long() -> None:
    now = [0.0]
    bucket = RateLimit(2.0, 3, now=lambda: now[0])
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert bucket.take("b") == 0
    now[0] = 1.0
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 1]
    slow = RateLimit(0.1, 1, now=lambda: now[0])
    assert [slow.take("a"), slow.take("a")] == [0, 10]
    assert all(RateLimit(0.0, 1).take("a") == 0 for _ in range(100))


def test_buckets_that_are_kept_are_bounded() -> None:
    bucket = RateLimit(1.0, 1, size=10, now=lambda: 0.0)
    for name in range(1_000):
        bucket.take(str(name))
    assert len(bucket._buckets) == 10


def test_who_asks_too_often_is_told_when_to_come_back(shop_bundle: Path, tmp_path: Path) -> None:
    more = {"limits__requests_per_s": 0.5, "limits__requests_burst": 3}
    settings = settings_for(tmp_path, shop_bundle, **more)
    with Service.open(settings) as service, client_of(make_app(service)) as client:
        call = Caller(service, client)
        codes = [call.get("/v1/me").status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        reply = call.get("/v1/me")
        assert reply.headers["retry-after"] == "2"
        assert call.get("/v1/me", role="reader").status_code == 200, "each key has its own"


def test_request_ids_are_kept_when_sane_and_made_when_not(call: Caller) -> None:
    assert call.get("/v1/me", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    for bad in ("a b", "x" * 200, "<script>"):
        got = call.get("/v1/me", headers={"X-Request-ID": bad}).headers["x-request-id"]
        assert got != bad and len(got) == 24


def test_unexpected_errors_tell_the_log_and_nobody_else(
    call: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(type(call.service.workspace()), "categories", broken)
    with caplog.at_level(logging.ERROR):
        reply = call.get("/v1/categories")
    assert reply.status_code == 500 and "hunter2" not in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_no_secret_is_written_down() -> None:
    key = "ft_0123456789abcdef_" + "S" * 43
    line = without_secrets(
        None,
        "info",
        {
            "event": f"key {key} of postgresql://ann:hunter2@host/db",
            "password": "hunter2",
            "api_key": key,
            "login_token": "hunter2",
            "key_id": "0123456789abcdef",
        },
    )
    text = json.dumps(line)
    assert "hunter2" not in text and "S" * 43 not in text
    assert line["key_id"] == "0123456789abcdef" and "ann" in text


def test_the_log_is_json_without_the_key(
    shop_bundle: Path, tmp_path: Path, restored_logging: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    configure_logs("info", "json")
    settings = settings_for(tmp_path, shop_bundle, log__requests=True)
    with Service.open(settings) as service, client_of(make_app(service)) as client:
        call = Caller(service, client)
        call.get("/v1/items/%C3%A9-secret-id", headers={"X-Request-ID": "known"})
        logging.getLogger("some.library").warning("hello %s", "you")
    lines = [orjson.loads(line) for line in stream.getvalue().splitlines()]
    (ours,) = [line for line in lines if line.get("request_id") == "known"]
    assert ours["route"] == "/v1/items/{item_id}" and ours["status"] == 404
    assert ours["key_id"] and ours["took_ms"] > 0 and ours["workspace"] == "default"
    assert any(line["event"] == "hello you" for line in lines)
    assert not any(key in stream.getvalue() for key in call.keys.values())
