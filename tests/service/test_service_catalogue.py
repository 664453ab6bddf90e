"""Items come and go, lists follow, and people decide about themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from foretaste.app.service import ItemRecord, Service, Workspace
from foretaste.core import Event, Query
from foretaste.core.errors import ConflictError, FilterError, InputError, LimitError, UnknownIdError

NEW = {"item_id": "fresh", "title": "Fresh crimson", "clan": "red", "tags": ["red"], "year": 2030.0}


def test_a_new_item_is_found_everywhere(
    settings_of: Callable[..., Any], until: Callable[..., Any]
) -> None:
    with Service.open(settings_of()) as one, Service.open(settings_of()) as two:
        here, there = one.workspace(), two.workspace()
        written = here.put_items([NEW], actor="k")
        assert (written.new, written.changed) == (1, 0)
        assert here.put_items([NEW]).new == 0
        for space in (here, there):
            until(lambda space=space: "fresh" in space.recommender.dataset.item_ids)
            assert space.search("crimson", 1).items[0].item_id == "fresh"
            assert space.latest(1).items[0].item_id in ("fresh", "future")
            assert "fresh" in [one.item_id for one in space.similar("red-0", 21).items]
            assert "fresh" in space.recommend(Query("red-person-0", n=50)).item_ids
            fans = [user_id for user_id, _ in space.audience("fresh", 5)]
            assert all(user_id.startswith("red") for user_id in fans)


def test_changed_hidden_and_deleted_items_follow(
    space: Workspace, until: Callable[..., Any]
) -> None:
    space.put_items([NEW])
    until(lambda: "fresh" in space.recommender.dataset.item_ids)
    assert (
        space.patch_item("fresh", {"title": "Azure", "year": None}).attributes["title"] == "Azure"
    )
    until(lambda: space.search("azure", 1).items[0].item_id == "fresh")
    assert "year" not in space.item("fresh").attributes

    def shown() -> bool:
        return "fresh" in space.recommend(Query(n=50)).item_ids

    space.patch_item("fresh", {}, hidden=True)
    until(lambda: not shown())
    assert "fresh" not in [one.item_id for one in space.search("azure", 20).items]
    space.patch_item("fresh", {}, hidden=False)
    until(shown)
    space.delete_item("fresh", actor="k")
    until(lambda: not shown())
    with pytest.raises(UnknownIdError):
        space.item("fresh")
    with pytest.raises(UnknownIdError):
        space.delete_item("fresh")
    actions = [entry.action for entry in space.audit(50).items]
    assert "items.delete" in actions


def test_lists_can_be_narrowed_and_paged(space: Workspace) -> None:
    whole = space.popular(10)
    assert whole.source == "popular" and len(whole) == 10
    assert [one.item_id for one in space.popular(4, offset=3).items] == [
        one.item_id for one in whole.items[3:7]
    ]
    red = space.popular(50, category="red")
    assert red.items and all(
        one.attributes["clan"] == "red" for one in red.items if "clan" in one.attributes
    )
    assert space.popular(50, category="clan=RED").items
    assert not space.popular(5, category="green").items
    with pytest.raises(FilterError):
        space.popular(5, category="colour=red")
    old = space.similar("red-0", 30, filter="year < 1985")
    assert old.items and all(one.attributes["year"] < 1985 for one in old.items)
    with pytest.raises(FilterError):
        space.similar("red-0", filter="__import__('os')")
    with pytest.raises(UnknownIdError):
        space.similar("nobody")
    for bad in (0, -1, True, "5"):
        with pytest.raises(InputError):
            space.popular(bad)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        space.popular(offset=-1)
    with pytest.raises(InputError):
        space.search("  ")
    assert space.categories()["red"] > 3


def test_a_list_names_itself_and_is_written_down(space: Workspace) -> None:
    found = space.search("red", 3)
    kept = space.answer_shown(found.answer_id)
    assert kept.source == "search" and kept.item_ids == tuple(one.item_id for one in found.items)


def test_too_much_at_once_is_refused(settings_of: Callable[..., Any]) -> None:
    with Service.open(settings_of(limits={"batch": 3, "text_characters": 50})) as service:
        space = service.workspace()
        with pytest.raises(LimitError):
            space.put_items([ItemRecord(f"i{number}") for number in range(4)])
        with pytest.raises(LimitError):
            space.put_items([{"item_id": "x", "title": "y" * 51}])
        with pytest.raises(LimitError):
            space.put_people([{"user_id": "x", "words": ["y" * 51]}])
        with pytest.raises(LimitError):
            space.record([Event("red-0", "view", user_id="x")] * 4)
        with pytest.raises(InputError):
            space.put_items([{"title": "without an id"}])


def test_consent_holds_from_the_next_request_on_in_every_process(
    settings_of: Callable[..., Any],
) -> None:
    given = settings_of(live={"drift_s": 0, "poll_s": 30})
    with Service.open(given) as one, Service.open(given) as two:
        here, there = one.workspace(), two.workspace()
        here.record([Event("red-0", "like", user_id="x")])
        personal = there.recommend(Query("x", n=5))
        assert there.consent("x").updated_s == 0.0
        here.set_consent("x", personalise=False, actor="k")
        found = there.recommend(Query("x", n=5))
        assert any("not to be personalised" in one for one in found.warnings)
        assert found.item_ids == there.recommend(Query("never-seen", n=5)).item_ids
        here.set_consent("x", personalise=True, record=False)
        assert there.recommend(Query("x", n=5)).item_ids == personal.item_ids
        kept = there.record(
            [Event("red-1", "like", user_id="x"), Event("red-1", "like", user_id="y")]
        )
        assert (kept.accepted, kept.ignored) == (1, 1)
        answer = there.recommend(Query("x"))
        with pytest.raises(UnknownIdError):
            there.answer_shown(answer.answer_id)
        assert len(there.events(user_id="x").items) == 1


def test_who_does_not_teach_the_model_is_answered_all_the_same(space: Workspace) -> None:
    who = "red-person-2"
    space.record([Event("blue-0", "like", user_id=who)])
    before = space.recommend(Query(who, n=8))
    space.set_consent(who, train=False)
    after = space.recommend(Query(who, n=8))
    assert after.item_ids == before.item_ids  # from the log now, not from the bundle
    space.record([Event(after.item_ids[0], "view", user_id=who)])
    assert after.item_ids[0] not in space.recommend(Query(who, n=8)).item_ids


def test_a_session_learns_and_joins_the_account(space: Workspace) -> None:
    session = space.start_session()
    assert len(session.session_id) >= 43
    space.record([Event("blue-0", "like"), Event("blue-1", "like")], session_id=session.session_id)
    found = space.recommend(Query(n=4), session_id=session.session_id)
    assert all(item.startswith("blue") for item in found.item_ids)
    assert found.query.user_id is None and not found.warnings
    hidden = space.events(n=1).items[0].event.user_id
    assert hidden is not None and session.session_id not in hidden
    assert space.join_session(session.session_id, "account") == 2
    assert space.events(user_id=hidden).items == []
    mine = space.recommend(Query("account", n=4))
    assert mine.item_ids == found.item_ids
    # What the same browser sends from now on is the account's.
    space.record([Event(mine.item_ids[0], "like")], session_id=session.session_id)
    assert len(space.events(user_id="account").items) == 3
    assert space.answer_shown(found.answer_id).user_id == "account"
    with pytest.raises(ConflictError):
        space.join_session(session.session_id, "somebody-else")
    for ask in (
        lambda: space.recommend(Query(), session_id="guess"),
        lambda: space.record([Event("red-0", "like")], session_id="guess"),
        lambda: space.join_session("guess", "account"),
    ):
        with pytest.raises(UnknownIdError):
            ask()


def test_people_have_records_and_keep_them(space: Workspace) -> None:
    space.put_people([{"user_id": "p", "country": "France", "about": "red things"}])
    assert space.person("p").attributes["country"] == "France"
    assert space.patch_person("p", {"country": None}).attributes == {"about": "red things"}
    assert [one.user_id for one in space.people(search="red things").items] == ["p"]
    assert space.person("red-person-0").user_id == "red-person-0"
    space.record([Event("red-0", "like", user_id="by-events")])
    assert space.person("by-events").attributes == {}
    space.delete_person("p")
    space.put_people([{"user_id": "q", "country": "Spain"}])
    space.record([Event("red-0", "like", user_id="q")])
    space.recommend(Query("q"))
    inside = space._inside
    assert inside.person_since(inside.serving, "q").attributes == {"country": "Spain"}  # type: ignore[union-attr]
    for name in ("p", "nobody"):
        with pytest.raises(UnknownIdError):
            space.person(name)


@pytest.mark.parametrize(
    "name", ["a/b?c#d", "ü 漢字 \U0001f600", "'; DROP TABLE items; --", "../..", " "]
)
def test_ids_may_hold_any_character(space: Workspace, name: str, until: Callable[..., Any]) -> None:
    space.put_items([{"item_id": name, "title": "Odd", "clan": "red"}])
    space.record([Event(name, "like", user_id=name), Event("red-0", "like", user_id=name)])
    until(lambda: name in space.recommender.dataset.item_ids)
    assert space.item(name).item_id == name
    assert name not in space.recommend(Query(name, n=50)).item_ids
    assert {one.event.item_id for one in space.events(user_id=name).items} == {name, "red-0"}
    assert space.forget(name).erased["events"] == 2
