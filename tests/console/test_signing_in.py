"""Who gets in, how it ends, and what no other site can do."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from foretaste.app.service import Principal
from foretaste.console.pages.login import safe_next
from foretaste.console.sessions import Sessions

from .conftest import Running


def new_client(running: Running) -> httpx.Client:
    return httpx.Client(base_url=running.address, follow_redirects=False)


def test_pages_lead_to_signing_in_and_back(running: Running) -> None:
    with new_client(running) as client:
        answer = client.get("/console/people?id=a%2Fb")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/console/login?next=%2Fpeople%3Fid%3Da%252Fb"
        token = running.service.access.login_token()
        answer = client.get(f"/console/enter?token={token}&next=%2Fpeople%3Fid%3Da%252Fb")
        assert answer.headers["location"] == "/console/people?id=a%2Fb"


def test_the_address_without_a_slash_works_too(running: Running) -> None:
    assert running.visitor().get("/console").status_code == 200


def test_a_link_opens_once(running: Running) -> None:
    link = running.link()
    with new_client(running) as first, new_client(running) as second:
        assert first.get(link).headers["location"] == "/console/"
        assert "problem=link" in second.get(link).headers["location"]
        assert second.get("/console/").status_code == 303


def test_a_key_opens_and_a_wrong_one_does_not(running: Running) -> None:
    made = running.service.access.create_key("default", "reader", "test")
    own = {"origin": running.address}
    with new_client(running) as client:
        wrong = client.post("/console/enter", data={"key": "ft_nothing"}, headers=own)
        assert "problem=key" in wrong.headers["location"]
        right = client.post("/console/enter", data={"key": made.key}, headers=own)
        assert right.headers["location"] == "/console/"
        assert client.get("/console/").status_code == 200
        cookie = right.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie
        assert made.key not in right.headers["set-cookie"]


def test_a_revoked_key_ends_its_session(running: Running) -> None:
    access = running.service.access
    made = access.create_key("default", "reader", "soon gone")
    with new_client(running) as client:
        client.post("/console/enter", data={"key": made.key}, headers={"origin": running.address})
        assert client.get("/console/").status_code == 200
        access.revoke(made.key_id)
        for _ in range(60):  # keys are remembered for a few seconds
            if client.get("/console/").status_code == 303:
                break
            time.sleep(0.1)
        else:
            pytest.fail("a revoked key still opens the console")


def test_signing_out_ends_copies_of_the_cookie_too(running: Running) -> None:
    client = running.visitor()
    copy = dict(client.cookies)
    out = client.post("/console/leave", headers={"origin": running.address}, follow_redirects=False)
    assert out.status_code == 303
    with httpx.Client(base_url=running.address, cookies=copy) as thief:
        assert thief.get("/console/").status_code == 303


def test_a_cookie_that_was_changed_is_worth_nothing(running: Running) -> None:
    client = running.visitor("reader")
    name, value = next(iter(client.cookies.items()))
    head, rest = value.split(".", 1)
    swapped = ("A" if head[4] != "A" else "B").join((head[:4], head[5:]))
    with httpx.Client(base_url=running.address, cookies={name: f"{swapped}.{rest}"}) as forger:
        assert forger.get("/console/").status_code == 303


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_other_sites_cannot_post_or_connect(running: Running, origin: str) -> None:
    client = running.visitor()
    assert client.post("/console/leave", headers={"origin": origin}).status_code == 403
    polling = "/console/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert client.post(polling, headers={"origin": origin}, content="40").status_code == 403
    upgrade = {
        "origin": origin, "connection": "upgrade", "upgrade": "websocket",
        "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip
    socket = "/console/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    assert client.get(socket, headers=upgrade).status_code == 403
    assert client.get("/console/").status_code == 200, "it is still signed in"


def test_posts_from_a_browser_without_origin_are_judged_by_fetch_site(running: Running) -> None:
    client = running.visitor()
    refused = client.post("/console/leave", headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403


def test_every_answer_says_what_may_be_loaded(running: Running) -> None:
    answer = running.visitor().get("/console/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_large_bodies_are_refused(running: Running) -> None:
    answer = running.visitor().post(
        "/console/leave", content=b"x" * (1 << 20 | 1), headers={"origin": running.address}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", None, "people",
             "/a\nb", "/leave", "/enter?token=x"],
)  # fmt: skip
def test_after_signing_in_nobody_is_sent_elsewhere(path: str | None) -> None:
    assert safe_next(path) == "/"


def test_pages_shown_follow_the_rights(running: Running) -> None:
    places = {
        "page": {"Discover"},
        "reader": {"Discover", "People", "Items"},
        "operator": {"Discover", "People", "Items", "Quality", "Experiments", "Operations"},
    }
    for role, seen in places.items():
        html = running.visitor(role).get("/console/").text
        for name in places["operator"]:
            assert (f'"text":"{name}"' in html) == (name in seen), (role, name)


@pytest.mark.parametrize("path", ["people", "items", "quality", "experiments", "operations"])
def test_pages_without_the_right_show_no_data(running: Running, path: str) -> None:
    html = running.visitor("page").get(f"/console/{path}?id=ann").text
    assert "This page is not for your key" in html
    assert "What they did" not in html


def test_an_operator_sees_no_keys(running: Running) -> None:
    html = running.visitor("operator").get("/console/operations?tab=keys").text
    assert "Make a key" not in html and "Jobs and health" in html


def test_workspaces_are_apart(running: Running) -> None:
    service = running.service
    if "other" not in service.workspaces():
        service.create_workspace("other", source=service.settings.bundle)
    service.workspace("default").put_people([{"user_id": "only-in-default"}])
    with httpx.Client(base_url=running.address, follow_redirects=True) as client:
        client.get(running.link("admin", "other"))
        assert "only-in-default" not in client.get("/console/people").text
        assert "There is no" in client.get("/console/people?id=only-in-default").text or (
            "no person has the id" in client.get("/console/people?id=only-in-default").text
        )
    assert "only-in-default" in running.visitor().get("/console/people?id=only-in-default").text


def test_styles_are_kept_for_good_and_their_address_changes_with_them(running: Running) -> None:
    client = running.visitor()
    html = client.get("/console/").text
    address = html.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = client.get(address)
    assert answer.status_code == 200 and "--paper" in answer.text
    assert "max-age=31536000" in answer.headers["cache-control"]


def test_unknown_addresses_say_so(running: Running) -> None:
    answer = running.visitor().get("/console/nowhere")
    assert answer.status_code == 404 and "There is no such page" in answer.text


def test_a_page_key_learns_nothing_of_a_named_person(running: Running) -> None:
    assert "For ann" in running.visitor("reader").get("/console/?user=ann").text
    html = running.visitor("page").get("/console/?user=ann").text
    assert "For ann" not in html and "For nobody in particular" in html


def test_where_no_keys_are_asked_for_nobody_signs_in(running: Running, tmp_path: Path) -> None:
    http = running.service.settings.http.model_copy(update={"keys": False})
    settings = running.service.settings.model_copy(update={"http": http, "home": str(tmp_path)})
    anybody = Principal("default", "admin", "", "anybody")
    access = SimpleNamespace(authenticate=lambda key: anybody)
    sessions = Sessions(SimpleNamespace(settings=settings, access=access))  # type: ignore[arg-type]
    visitor = sessions.visitor({})
    assert visitor is not None and visitor.principal == anybody
    sessions.check(visitor)


def test_the_secret_is_kept_and_is_for_its_owner_alone(running: Running, tmp_path: Path) -> None:
    settings = running.service.settings.model_copy(update={"home": str(tmp_path)})
    service = SimpleNamespace(settings=settings)
    first, second = (Sessions(service) for _ in range(2))  # type: ignore[arg-type]
    assert first.secret == second.secret and len(first.secret) >= 40
    assert (tmp_path / "console" / "secret").stat().st_mode & 0o077 == 0
