from __future__ import annotations

import pytest

from foretaste.serve.wire.answers import AnswerOut, AudienceOut, ExplainedOut, ListingOut

from .shop import ODD_IDS, Caller, encoded


def test_an_answer_names_itself_and_gives_reasons(call: Caller) -> None:
    reply = call.post("/v1/recommendations", {"user_id": "p1", "n": 5})
    assert reply.status_code == 200
    answer = AnswerOut.model_validate(reply.json())
    assert len(answer.items) == 5
    assert [item.rank for item in answer.items] == [1, 2, 3, 4, 5]
    assert all(item.reasons for item in answer.items)
    assert answer.answer_id and answer.bundle_digest == call.service.workspace().digest
    assert answer.timings_ms["service"] >= answer.timings_ms["total"] > 0
    scores = [item.score for item in answer.items]
    assert scores == sorted(scores, reverse=True)


def test_reasons_can_be_left_out(call: Caller) -> None:
    reply = call.post("/v1/recommendations", {"user_id": "p1", "reasons": False})
    assert all("reasons" not in item for item in reply.json()["items"])


def test_every_sort_of_evidence_reaches_the_question(call: Caller) -> None:
    plain = call.post("/v1/recommendations", {"n": 8}).json()
    wish = call.post("/v1/recommendations", {"wish": "silent ship among stars", "n": 8}).json()
    liked = {"history": ["item-0", {"item_id": "item-3", "kind": "like"}], "n": 8}
    past = call.post("/v1/recommendations", liked).json()
    lists = [[item["item_id"] for item in one["items"]] for one in (plain, wish, past)]
    assert lists[0] != lists[1] and lists[0] != lists[2] and lists[1] != lists[2]
    assert not {"item-0", "item-3"} & set(lists[2])


def test_candidates_filters_and_lists_of_ids_bind(call: Caller) -> None:
    some = ["item-1", "item-2", "item-4"]
    got = call.post("/v1/recommendations", {"candidates": some}).json()
    assert {item["item_id"] for item in got["items"]} == set(some)
    got = call.post("/v1/recommendations", {"allow": some, "deny": ["item-2"]}).json()
    assert {item["item_id"] for item in got["items"]} == {"item-1", "item-4"}
    got = call.post("/v1/recommendations", {"filter": "year >= 1990 and 'Space' in genres"}).json()
    assert got["items"] and all(item["title"].startswith("Space") for item in got["items"])


def test_diversity_is_passed_on(call: Caller) -> None:
    ask = {"user_id": "p0", "n": 8, "record": False}
    same = call.post("/v1/recommendations", {**ask, "diversity": 0.0}).json()["items"]
    varied = call.post("/v1/recommendations", {**ask, "diversity": 0.9}).json()["items"]
    kinds = [len({one["title"].split()[0] for one in items}) for items in (same, varied)]
    assert kinds[1] > kinds[0]


def test_the_short_form_gives_the_same_list(call: Caller) -> None:
    long = call.post("/v1/recommendations", {"user_id": "p3", "n": 4}).json()
    short = call.get("/v1/recommendations?user_id=p3&n=4").json()
    assert [i["item_id"] for i in short["items"]] == [i["item_id"] for i in long["items"]]
    liked = call.get("/v1/recommendations?history=item-0&history=item-3&n=2")
    assert liked.status_code == 200 and len(liked.json()["items"]) == 2


def test_what_was_shown_is_kept_and_feedback_finds_it(call: Caller) -> None:
    answer = call.post("/v1/recommendations", {"user_id": "p5", "n": 3}).json()
    seen = call.service.workspace().answer_shown(answer["answer_id"])
    assert list(seen.item_ids) == [item["item_id"] for item in answer["items"]]
    quiet = call.post("/v1/recommendations", {"user_id": "p5", "record": False}).json()
    with pytest.raises(KeyError):
        call.service.workspace().answer_shown(quiet["answer_id"])


def test_similar_search_lists_and_audience_are_answers_too(call: Caller) -> None:
    for path in (
        "/v1/items/item-3/similar?n=4",
        "/v1/search?text=detective&n=4",
        "/v1/lists/popular?n=4",
        "/v1/lists/latest?n=4",
        "/v1/lists/trending?n=4",
    ):
        reply = call.get(path)
        assert reply.status_code == 200, (path, reply.text)
        listing = ListingOut.model_validate(reply.json())
        assert len(listing.items) == 4 and listing.answer_id and listing.bundle_digest, path
    assert call.post("/v1/search", {"text": "detective"}).status_code == 200
    AudienceOut.model_validate(call.get("/v1/items/item-3/audience?n=3").json())


def test_lists_go_on_from_the_cursor_without_gaps(call: Caller) -> None:
    whole = call.get("/v1/lists/popular?n=20").json()["items"]
    first = call.get("/v1/lists/popular?n=8").json()
    second = call.get(f"/v1/lists/popular?n=8&cursor={first['cursor']}").json()
    both = first["items"] + second["items"]
    assert [i["item_id"] for i in both] == [i["item_id"] for i in whole[:16]]
    assert [i["rank"] for i in both] == list(range(1, 17))
    assert call.get("/v1/lists/popular?cursor=nonsense").status_code == 404
    end = call.get("/v1/lists/popular?n=1000").json()
    assert end["cursor"] is None


def test_lists_of_a_category_hold_nothing_else(call: Caller) -> None:
    found = call.get("/v1/lists/popular?category=Crime&n=30").json()["items"]
    assert found and all("Crime" in item["attributes"]["genres"] for item in found)
    assert call.get("/v1/categories").json()["categories"]["Crime"] == 12


def test_items_are_explained_whether_recommended_or_not(call: Caller) -> None:
    reply = call.post("/v1/explain", {"user_id": "p1", "item_ids": ["item-2", "item-7"]})
    found = ExplainedOut.model_validate(reply.json())
    assert [one.item_id for one in found.items] == ["item-2", "item-7"]
    assert all(one.reasons for one in found.items)


@pytest.mark.parametrize("item_id", ODD_IDS)
def test_ids_of_any_characters_work_in_addresses(call: Caller, item_id: str) -> None:
    for path in (f"/v1/items/~?item_id={encoded(item_id)}",) + (
        () if item_id in ("..",) else (f"/v1/items/{encoded(item_id)}",)
    ):
        reply = call.get(path)
        assert reply.status_code == 200, (path, reply.text)
        assert reply.json()["item_id"] == item_id
    similar = call.get(f"/v1/items/~/similar?item_id={encoded(item_id)}&n=3")
    assert similar.status_code == 200 and len(similar.json()["items"]) == 3


def test_a_tilde_without_the_parameter_is_an_id_like_another(call: Caller) -> None:
    assert call.get("/v1/items/~").json()["item_id"] == "~"


def test_an_unknown_item_is_404_and_an_unknown_person_is_somebody_new(call: Caller) -> None:
    assert call.get("/v1/items/nothing/similar").status_code == 404
    reply = call.post("/v1/recommendations", {"user_id": "never seen"})
    assert reply.status_code == 200 and reply.json()["items"]
