"""Gorse's own published client, sync and async, against a server that listens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from gorse import AsyncGorse, Gorse, GorseException

from foretaste.serve.gorse.events import kind_of, seconds_of, time_of
from foretaste.serve.gorse.recommending import delay_of
from foretaste.serve.problems import Fault

from .shop import Caller, encoded, live, until

WHEN = "2026-02-03T04:05:06Z"


@pytest.fixture(scope="module")
def address(app: Any) -> Iterator[str]:
    with live(app) as url:
        yield url


@pytest.fixture(scope="module")
def gorse(address: str, service: Any) -> Gorse:
    key = service.access.create_key("default", "writer", "gorse").key
    return Gorse(address, key, timeout=20)


def test_users_come_and_go(gorse: Gorse) -> None:
    user = {"UserId": "g-ann", "Labels": ["a", "b"], "Comment": "hello", "Subscribe": ["news"]}
    assert gorse.insert_user(user) == {"RowAffected": 1}
    assert gorse.get_user("g-ann") == user
    more = [{"UserId": f"g-{n}", "Labels": {"city": "Bern"}, "Comment": ""} for n in range(3)]
    assert gorse.insert_users(more) == {"RowAffected": 3}
    assert gorse.get_user("g-1")["Labels"] == {"city": "Bern"}
    seen, cursor = [], ""
    while True:
        users, cursor = gorse.get_users(20, cursor)
        seen += [user["UserId"] for user in users]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) and {"g-ann", "g-0", "p1"} <= set(seen)
    assert gorse.delete_user("g-ann") == {"RowAffected": 1}
    assert gorse.delete_user("g-ann") == {"RowAffected": 0}
    with pytest.raises(GorseException) as caught:
        gorse.get_user("g-ann")
    assert caught.value.status_code == 404


def test_items_come_change_and_go(gorse: Gorse) -> None:
    item = {
        "ItemId": "g-item",
        "IsHidden": True,
        "Labels": {"genres": ["Crime"], "year": 2020},
        "Categories": ["film", "new"],
        "Timestamp": WHEN,
        "Comment": "Night Gang",
    }
    assert gorse.insert_item(item) == {"RowAffected": 1}
    assert gorse.get_item("g-item") == item
    assert gorse.update_item("g-item", is_hidden=False, comment="Day Gang", labels=["x"]) == {
        "RowAffected": 1
    }
    changed = gorse.get_item("g-item")
    assert (changed["IsHidden"], changed["Comment"], changed["Labels"]) == (
        False,
        "Day Gang",
        ["x"],
    )
    assert changed["Categories"] == ["film", "new"] and changed["Timestamp"] == WHEN
    items, cursor = gorse.get_items(5)
    assert len(items) == 5 and cursor
    assert [one["ItemId"] for one in gorse.search_items("Day Gang")] == ["g-item"]
    assert gorse.delete_item("g-item") == {"RowAffected": 1}
    with pytest.raises(GorseException) as caught:
        gorse.get_item("g-item")
    assert caught.value.status_code == 404


def test_categories_of_an_item_change_one_by_one(gorse: Gorse) -> None:
    gorse.insert_item({"ItemId": "g-cat", "Categories": ["a"]})
    headers = {"X-API-Key": gorse.api_key}
    one = f"{gorse.entry_point}/api/item/g-cat/category/"
    assert requests.put(one + "b%20c", headers=headers, timeout=20).json() == {"RowAffected": 1}
    assert gorse.get_item("g-cat")["Categories"] == ["a", "b c"]
    assert requests.delete(one + "a", headers=headers, timeout=20).json() == {"RowAffected": 1}
    assert gorse.get_item("g-cat")["Categories"] == ["b c"]
    gorse.delete_item("g-cat")


def test_feedback_is_a_row_for_each_type_user_and_item(gorse: Gorse) -> None:
    assert gorse.insert_feedback("star", "g-fan", "item-1", WHEN, 2.0) == {"RowAffected": 1}
    rows = [
        {"FeedbackType": kind, "UserId": "g-fan", "ItemId": item, "Timestamp": WHEN}
        for kind, item in (("star", "item-2"), ("like", "item-2"), ("odd type", "item-3"))
    ]
    assert gorse.insert_feedbacks(rows) == {"RowAffected": 3}
    stars = gorse.list_feedbacks("star", "g-fan")
    assert {one["ItemId"]: one["Value"] for one in stars} == {"item-1": 2.0, "item-2": 0.0}
    assert stars[0]["FeedbackType"] == "star" and stars[0]["Timestamp"] == WHEN
    assert [one["ItemId"] for one in gorse.list_feedbacks("like", "g-fan")] == ["item-2"]
    assert len(gorse.list_feedbacks("odd type", "g-fan")) == 1
    found, cursor = gorse.get_feedbacks(3)
    assert len(found) == 3 and cursor
    assert {one["UserId"] for one in found} == {"g-fan"}, "newest first"
    later = "2026-03-01T00:00:00Z"
    gorse.insert_feedback("star", "g-fan", "item-1", later, 3.0)
    (summed,) = [one for one in gorse.list_feedbacks("star", "g-fan") if one["ItemId"] == "item-1"]
    assert summed["Value"] == 5.0 and summed["Timestamp"] == later
    assert gorse.delete_feedback("g-fan", "item-2") == {"RowAffected": 2}
    assert [one["ItemId"] for one in gorse.list_feedbacks("star", "g-fan")] == ["item-1"]


def test_put_overwrites_and_touches_no_other_type(gorse: Gorse) -> None:
    headers = {"X-API-Key": gorse.api_key}
    base = {"UserId": "g-put", "ItemId": "item-1"}
    first = [base | {"FeedbackType": "star", "Value": 2.0, "Timestamp": WHEN}]
    first += [base | {"FeedbackType": "like", "Timestamp": WHEN}]
    gorse.insert_feedbacks(first)
    new = [base | {"FeedbackType": "star", "Value": 7.0, "Timestamp": WHEN}]
    url = f"{gorse.entry_point}/api/feedback"
    assert requests.put(url, json=new, headers=headers, timeout=20).json() == {"RowAffected": 1}
    one = requests.get(f"{url}/star/g-put/item-1", headers=headers, timeout=20).json()
    assert one["Value"] == 7.0
    pair = requests.get(f"{url}/g-put/item-1", headers=headers, timeout=20).json()
    assert {row["FeedbackType"] for row in pair} == {"star", "like"}
    gone = requests.delete(f"{url}/star/g-put/item-1", headers=headers, timeout=20)
    assert gone.json() == {"RowAffected": 1}
    missing = requests.get(f"{url}/star/g-put/item-1", headers=headers, timeout=20)
    assert missing.status_code == 404
    left = requests.get(f"{url}/like/g-put/item-1", headers=headers, timeout=20).json()
    assert left["FeedbackType"] == "like"
    typed = requests.get(f"{url}/like?n=5", headers=headers, timeout=20).json()
    assert all(row["FeedbackType"] == "like" for row in typed["Feedback"])
    of_item = f"{gorse.entry_point}/api/item/item-1/feedback"
    assert requests.get(of_item, headers=headers, timeout=20).json()


def test_recommendations_come_with_scores_pages_and_categories(gorse: Gorse) -> None:
    whole = gorse.get_recommend("p2", n=6)
    assert len(whole) == 6 and whole[0].score >= whole[-1].score
    rest = gorse.get_recommend("p2", n=3, offset=3)
    assert [one.id for one in rest] == [one.id for one in whole[3:]]
    crime = gorse.get_recommend("p2", category="Crime", n=30)
    everything, _ = gorse.get_items(200)
    genres = {one["ItemId"]: one["Labels"].get("genres") or [] for one in everything}
    assert crime and all("Crime" in genres[one.id] for one in crime)
    headers = {"X-API-Key": gorse.api_key}
    plain = f"{gorse.entry_point}/api/recommend/p2?n=6"
    assert requests.get(plain, headers=headers, timeout=20).json() == [one.id for one in whole]


def test_what_is_written_back_is_not_recommended_again(gorse: Gorse) -> None:
    first = gorse.get_recommend("g-back", n=4, write_back_type="read", write_back_delay="0s")
    rows = gorse.list_feedbacks("read", "g-back")
    assert {one["ItemId"] for one in rows} == {one.id for one in first}
    second = gorse.get_recommend("g-back", n=4)
    assert not {one.id for one in first} & {one.id for one in second}
    gorse.get_recommend("g-late", n=2, write_back_type="read", write_back_delay="1h")
    assert len(gorse.list_feedbacks("read", "g-late")) == 2


def test_a_session_neighbours_and_lists(gorse: Gorse) -> None:
    row = {"FeedbackType": "like", "UserId": "", "ItemId": "item-0", "Timestamp": WHEN}
    found = gorse.session_recommend([row | {"UserId": "anybody"}], n=4)
    assert len(found) == 4 and all(set(one) == {"Id", "Score"} for one in found)
    near = gorse.get_neighbors("item-0", n=5)
    assert len(near) == 5 and "item-0" not in [one["Id"] for one in near]
    shifted = gorse.get_neighbors("item-0", n=3, offset=2)
    assert [one["Id"] for one in shifted] == [one["Id"] for one in near[2:]]
    headers = {"X-API-Key": gorse.api_key}
    for path in (
        "item-to-item/neighbors/item-0",
        "non-personalized/popular",
        "non-personalized/trending",
        "latest",
        "popular",
        "item/item-0/neighbors/Crime",
    ):
        reply = requests.get(f"{gorse.entry_point}/api/{path}?n=3", headers=headers, timeout=20)
        assert reply.status_code == 200 and len(reply.json()) == 3, (path, reply.text)
    bad = requests.get(f"{gorse.entry_point}/api/non-personalized/x", headers=headers, timeout=20)
    assert bad.status_code == 404


def test_health_is_open_and_says_what_it_has(address: str) -> None:
    for name in ("live", "ready"):
        got = requests.get(f"{address}/api/health/{name}", timeout=20)
        assert got.status_code == 200 and got.json()["DataStoreConnected"] is True


def test_a_wrong_key_is_refused(address: str) -> None:
    with pytest.raises(GorseException) as caught:
        Gorse(address, "wrong", timeout=20).get_user("p1")
    assert caught.value.status_code == 401


def test_the_async_client_does_the_same(gorse: Gorse) -> None:
    async def all_of_it() -> None:
        client = AsyncGorse(gorse.entry_point, gorse.api_key)
        assert await client.insert_user({"UserId": "g-async"}) == {"RowAffected": 1}
        assert (await client.get_user("g-async"))["UserId"] == "g-async"
        assert await client.insert_users([{"UserId": "g-a2"}]) == {"RowAffected": 1}
        users, cursor = await client.get_users(2)
        assert len(users) == 2 and cursor
        assert await client.insert_item({"ItemId": "g-ai", "Comment": "x"}) == {"RowAffected": 1}
        assert await client.update_item("g-ai", is_hidden=True) == {"RowAffected": 1}
        assert (await client.get_item("g-ai"))["IsHidden"] is True
        assert (await client.search_items("g-ai"))[0]["ItemId"] == "g-ai"
        assert len((await client.get_items(3))[0]) == 3
        await client.delete_item("g-ai")
        await client.insert_feedback("like", "g-async", "item-3", WHEN)
        await client.insert_feedbacks(
            [
                {
                    "FeedbackType": "like",
                    "UserId": "g-async",
                    "ItemId": "item-6",
                    "Timestamp": WHEN,
                }
            ]
        )
        assert len(await client.list_feedbacks("like", "g-async")) == 2
        assert (await client.get_feedbacks(2))[0][0]["UserId"] == "g-async"
        found = await client.get_recommend("g-async", n=3, write_back_type="read")
        assert len(found) == 3
        assert len(await client.get_neighbors("item-0", n=2)) == 2
        row = {"FeedbackType": "like", "UserId": "x", "ItemId": "item-0", "Timestamp": WHEN}
        assert len(await client.session_recommend([row], n=2)) == 2
        assert (await client.delete_feedback("g-async", "item-3"))["RowAffected"] >= 1
        assert await client.delete_user("g-async") == {"RowAffected": 1}

    asyncio.run(all_of_it())


def test_feedback_of_gorse_is_seen_by_version_one(gorse: Gorse, service: Any, app: Any) -> None:
    gorse.insert_feedback("star", "g-both", "item-1", WHEN)
    (kept,) = service.workspace().events(user_id="g-both").items
    assert kept.event.kind == "like" and kept.event.time_s == seconds_of(WHEN)
    until(lambda: len(service.workspace().events(user_id="g-both").items) == 1)


def test_types_times_and_delays_are_read_as_gorse_reads_them() -> None:
    assert [kind_of(one) for one in ("Like", "star", "buy", "whatever")] == [
        "like",
        "like",
        "buy",
        "interaction",
    ]
    assert seconds_of("2020-01-01") == seconds_of("2020-01-01T00:00:00Z")
    assert seconds_of("2020-01-01T01:00:00.123456789+01:00") == pytest.approx(1577836800.123456)
    assert seconds_of("") is None and seconds_of(None) is None
    assert time_of(seconds_of(WHEN)) == WHEN and time_of(None) == "0001-01-01T00:00:00Z"
    with pytest.raises(Fault):
        seconds_of("yesterday")
    assert delay_of("1h30m") == 5400 and delay_of("10") == 600 and delay_of("1.5s") == 1.5
    assert delay_of(None) == 0


def test_ids_of_any_characters_pass(gorse: Gorse, call: Caller) -> None:
    odd = "g a/b%☃?"
    gorse.insert_user({"UserId": odd, "Comment": "odd"})
    assert gorse.get_user(encoded(odd))["UserId"] == odd
    gorse.delete_user(encoded(odd))
