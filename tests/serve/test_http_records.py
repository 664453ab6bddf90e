"""Items, people, consent, forgetting over HTTP."""

from __future__ import annotations

from typing import Any

from foretaste.serve.wire.records import (
    ConsentOut,
    ItemPage,
    ItemRecordOut,
    PeoplePage,
    PersonOut,
    ReceiptOut,
    WrittenOut,
)

from .shop import ODD_IDS, Caller, encoded, until


def items_shown(call: Caller, **ask: Any) -> list[str]:
    found = call.post("/v1/recommendations", {"n": 100, "record": False, **ask}).json()
    return [one["item_id"] for one in found["items"]]


def test_a_new_item_is_recommended_within_a_second_from_its_words(call: Caller) -> None:
    item = {
        "item_id": "brand new/ü",
        "attributes": {
            "title": "Night Gang",
            "overview": "detective robbers city night gang chase",
            "genres": ["Crime"],
            "year": 2024,
        },
    }
    written = WrittenOut.model_validate(call.post("/v1/items", item).json())
    assert (written.new, written.changed) == (1, 0)
    until(lambda: "brand new/ü" in items_shown(call), 5)
    place = items_shown(call, wish="detective robbers city night gang").index("brand new/ü")
    assert place < 12
    address = f"/v1/items/{encoded('brand new/ü')}"
    got = ItemRecordOut.model_validate(call.get(address).json())
    assert got.attributes["title"] == "Night Gang" and not got.hidden
    changed = call("PATCH", address, json={"attributes": {"year": None}, "hidden": True}).json()
    assert changed["hidden"] and "year" not in changed["attributes"]
    until(lambda: "brand new/ü" not in items_shown(call), 5)
    assert call("DELETE", address).status_code == 204
    assert call.get(address).status_code == 404
    assert call("DELETE", address).status_code == 404
    assert call("PATCH", address, json={}).status_code == 404


def test_items_are_put_in_bulk_and_read_in_pages(call: Caller) -> None:
    many = [{"item_id": f"bulk-{n:03}", "attributes": {"title": f"Bulk {n}"}} for n in range(40)]
    got = call.post("/v1/bulk/items", {"items": many}).json()
    assert got["new"] == 40
    again = call.post("/v1/bulk/items", {"items": many}).json()
    assert (again["new"], again["changed"]) == (0, 0)
    seen, cursor = [], None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        page = call.get("/v1/items", params={"search": "Bulk", "n": 15, **more})
        found = ItemPage.model_validate(page.json())
        seen += [one.item_id for one in found.items]
        cursor = found.cursor
        if cursor is None:
            break
    assert seen == [f"bulk-{n:03}" for n in range(40)]
    for one in many:
        call("DELETE", f"/v1/items/{one['item_id']}")


def test_putting_at_an_address_needs_no_id_in_the_body(call: Caller) -> None:
    path = f"/v1/items/{encoded('put/here')}"
    body = {"attributes": {"title": "Here"}}
    assert call("PUT", path, json=body).json()["new"] == 1
    assert call("PUT", path, json=body).json() | {"revision": 0} == {
        "new": 0,
        "changed": 0,
        "revision": 0,
    }
    assert call("PUT", path, json={"item_id": "other"}).status_code == 422
    call("DELETE", path)


def test_people_have_records_with_any_id(call: Caller) -> None:
    for user_id in ODD_IDS:
        if user_id == "..":
            continue
        path = f"/v1/people/{encoded(user_id)}"
        assert call("PUT", path, json={"attributes": {"age": "old"}}).status_code == 200
        got = PersonOut.model_validate(call.get(path).json())
        assert got.user_id == user_id and got.attributes == {"age": "old"}
        assert call("PATCH", path, json={"attributes": {"city": "Bern"}}).json()["attributes"] == {
            "age": "old",
            "city": "Bern",
        }
    page = PeoplePage.model_validate(call.get("/v1/people?n=3").json())
    assert len(page.people) == 3 and page.cursor
    assert call.post("/v1/people", {"user_id": "solo"}).json()["new"] == 1
    assert call.post("/v1/bulk/people", {"people": [{"user_id": "duo"}]}).json()["new"] == 1
    assert call("DELETE", "/v1/people/solo").status_code == 204
    assert call.get("/v1/people/solo").status_code == 404


def test_consent_is_kept_and_obeyed(call: Caller) -> None:
    first = ConsentOut.model_validate(call.get("/v1/people/carl/consent").json())
    assert first.record and first.updated_s == 0
    call("PUT", "/v1/people/carl/consent", json={"record": False})
    now = call.get("/v1/people/carl/consent").json()
    assert now["record"] is False and now["personalise"] is True and now["updated_s"] > 0
    event = {"user_id": "carl", "item_id": "item-1", "kind": "view"}
    assert call.post("/v1/feedback", event).json()["ignored"] == 1


def test_a_portrait_says_what_is_liked(call: Caller) -> None:
    reply = call.get("/v1/people/p1/portrait")
    assert reply.status_code == 200, reply.text
    assert reply.json()["user_id"] == "p1"


def test_forgetting_leaves_nothing_behind(call: Caller) -> None:
    event = {"user_id": "p7", "item_id": "item-1", "kind": "like"}
    call.post("/v1/feedback", event)
    reply = call.post("/v1/people/p7/forget")
    assert reply.status_code == 200, reply.text
    receipt = ReceiptOut.model_validate(reply.json())
    assert receipt.user_id == "p7" and sum(receipt.erased.values()) > 0
    assert receipt.complete or receipt.job_id
    assert call.get("/v1/feedback?user_id=p7").json()["events"] == []
    new = items_shown(call, user_id="p7")
    assert new == items_shown(call, user_id="somebody new entirely")
