"""What people did goes in once, in every way there is to send it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from foretaste.core import Event
from foretaste.core.errors import BusyError
from foretaste.serve.wire.feedback import EventPage, RecordedOut, StreamedOut

from .shop import Caller

NDJSON = {"content-type": "application/x-ndjson"}


def events_of(call: Caller, user_id: str) -> list[dict[str, Any]]:
    reply = call.get("/v1/feedback", params={"user_id": user_id})
    return [one.model_dump() for one in EventPage.model_validate(reply.json()).events]


def test_an_event_changes_the_next_answer(call: Caller) -> None:
    ask = {"user_id": "fresh", "n": 5}
    before = call.post("/v1/recommendations", ask).json()
    event = {"user_id": "fresh", "item_id": "item-1", "kind": "like"}
    event["answer_id"] = before["answer_id"]
    kept = RecordedOut.model_validate(call.post("/v1/feedback", event).json())
    assert (kept.accepted, kept.duplicates, kept.spooled) == (1, 0, False)
    after = call.post("/v1/recommendations", ask).json()
    lists = [[one["item_id"] for one in answer["items"]] for answer in (before, after)]
    assert lists[0] != lists[1] and "item-1" not in lists[1]
    (known,) = events_of(call, "fresh")
    assert known["answer_id"] == before["answer_id"] and known["kind"] == "like"


def test_the_same_key_counts_once_however_it_is_said(call: Caller) -> None:
    event = {"user_id": "once", "item_id": "item-1", "kind": "view", "idempotency_key": "k"}
    assert call.post("/v1/feedback", event).json()["accepted"] == 1
    assert call.post("/v1/feedback", event).json()["duplicates"] == 1
    bare = {"user_id": "twice", "item_id": "item-1", "kind": "view"}
    named = {"Idempotency-Key": "request-1"}
    counts = [call.post("/v1/feedback", bare, headers=named).json() for _ in range(2)]
    assert [one["accepted"] for one in counts] == [1, 0]
    batch = {"events": [bare | {"user_id": "thrice"}, bare | {"user_id": "thrice"}]}
    named = {"Idempotency-Key": "request-2"}
    counts = [call.post("/v1/feedback/batch", batch, headers=named).json() for _ in range(2)]
    assert [(one["accepted"], one["duplicates"]) for one in counts] == [(2, 0), (0, 2)]


def test_a_batch_is_kept_whole_or_not_at_all(call: Caller) -> None:
    good = {"user_id": "whole", "item_id": "item-1", "kind": "view"}
    nobody = {"item_id": "item-1", "kind": "view"}
    reply = call.post("/v1/feedback/batch", {"events": [good, nobody]})
    assert reply.status_code == 422 and events_of(call, "whole") == []
    many = [good | {"item_id": f"item-{n % 20}", "time_s": float(n)} for n in range(300)]
    for durability in ("durable", "fast"):
        some = [one | {"user_id": f"whole {durability}"} for one in many]
        body = {"events": some, "durability": durability}
        assert call.post("/v1/feedback/batch", body).json()["accepted"] == 300
    assert len(events_of(call, "whole fast")) == 100, "a page"


def test_an_anonymous_session_joins_the_account(call: Caller) -> None:
    session = call.post("/v1/sessions").json()["session_id"]
    event = {"session_id": session, "item_id": "item-2", "kind": "like"}
    assert call.post("/v1/feedback", event).status_code == 200
    answer = call.post("/v1/recommendations", {"session_id": session, "n": 5}).json()
    assert "item-2" not in [one["item_id"] for one in answer["items"]]
    assert call.get(f"/v1/sessions/{session}").json()["user_id"] is None
    joined = call.post(f"/v1/sessions/{session}/join", {"user_id": "dora"})
    assert joined.json()["moved"] == 1
    assert [one["item_id"] for one in events_of(call, "dora")] == ["item-2"]
    assert call.get(f"/v1/sessions/{session}").json()["user_id"] == "dora"
    other = call.post(f"/v1/sessions/{session}/join", {"user_id": "eve"})
    assert other.status_code == 409


def test_a_page_speaks_for_sessions_and_names_nobody(call: Caller) -> None:
    named = {"user_id": "paged", "item_id": "item-1", "kind": "click"}
    assert call.post("/v1/feedback", named, role="page").status_code == 403
    assert call.post("/v1/feedback/batch", {"events": [named]}, role="page").status_code == 403
    line = json.dumps(named).encode()
    stream = call("POST", "/v1/feedback/stream", role="page", content=line, headers=NDJSON)
    assert stream.status_code == 403
    assert call.post("/v1/recommendations", {"user_id": "p1"}, role="page").status_code == 403
    assert call.get("/v1/recommendations?user_id=p1", role="page").status_code == 403
    assert call.get("/api/recommend/p1", role="page").status_code == 403
    row = {"FeedbackType": "like", "UserId": "paged", "ItemId": "item-1"}
    assert call.post("/api/feedback", [row], role="page").status_code == 403
    assert events_of(call, "paged") == []
    session = call.post("/v1/sessions", role="page").json()["session_id"]
    event = {"session_id": session, "item_id": "item-1", "kind": "click"}
    assert call.post("/v1/feedback", event, role="page").status_code == 200
    ask = {"session_id": session, "n": 3}
    assert call.post("/v1/recommendations", ask, role="page").status_code == 200
    call.post(f"/v1/sessions/{session}/join", {"user_id": "signed-in"})
    assert call.post("/v1/feedback", event | {"kind": "like"}, role="page").status_code == 200
    assert {one["kind"] for one in events_of(call, "signed-in")} == {"click", "like"}
    assert call.get("/v1/feedback", role="page").status_code == 403


def test_a_stream_keeps_what_is_right_and_names_what_is_not(call: Caller) -> None:
    lines = [
        json.dumps({"user_id": "s", "item_id": f"item-{n % 9}", "kind": "view", "time_s": n})
        for n in range(1200)
    ]
    lines[7] = "{nonsense"
    lines[11] = json.dumps({"user_id": "s", "item_id": "item-1", "kind": "teleport"})
    lines[13] = json.dumps({"item_id": "item-1", "kind": "view"})
    lines[17] = ""
    body = ("\n".join(lines)).encode()
    chunks = (body[i : i + 1000] for i in range(0, len(body), 1000))
    reply = call("POST", "/v1/feedback/stream", content=chunks, headers=NDJSON)
    assert reply.status_code == 200, reply.text
    found = StreamedOut.model_validate(reply.json())
    assert (found.lines, found.accepted, found.refused) == (1200, 1196, 3)
    assert [one.line for one in found.refusals] == [8, 12, 14]
    assert "kind" in found.refusals[1].problem


def test_a_stream_that_must_stop_says_how_much_is_safe(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = call.service.workspace()
    real = workspace.record
    left = [1]

    def record(events: list[Event], **more: Any) -> Any:
        if not left[0]:
            error = BusyError("the log is full")
            error.retry_after_s = 2.5
            raise error
        left[0] -= 1
        return real(events, **more)

    monkeypatch.setattr(type(workspace), "record", staticmethod(record))
    lines = "\n".join(
        json.dumps({"user_id": "cut", "item_id": "item-1", "kind": "view", "time_s": n})
        for n in range(700)
    )
    reply = call("POST", "/v1/feedback/stream", content=lines.encode(), headers=NDJSON)
    assert reply.status_code == 503 and reply.headers["retry-after"] == "3"
    assert reply.json()["kept"] == 500


def test_a_line_without_end_is_refused(call: Caller) -> None:
    reply = call("POST", "/v1/feedback/stream", content=b"x" * 400_000, headers=NDJSON)
    assert reply.status_code == 413


def test_a_full_log_is_503_with_the_seconds_to_wait(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise BusyError("the spool is full")

    monkeypatch.setattr(type(call.service.workspace()), "record", full)
    event = {"user_id": "x", "item_id": "item-1", "kind": "view"}
    reply = call.post("/v1/feedback", event)
    assert reply.status_code == 503 and reply.headers["retry-after"] == "1"
    assert reply.json()["type"] == "/docs#problem-unavailable"


def test_the_log_is_read_page_by_page_and_events_are_taken_back(call: Caller) -> None:
    batch = [
        {"user_id": "pages", "item_id": "item-1", "kind": "view", "time_s": n} for n in range(25)
    ]
    batch[3]["kind"] = "like"
    call.post("/v1/feedback/batch", {"events": batch})
    seen, cursor = [], None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        page = call.get("/v1/feedback", params={"user_id": "pages", "n": 10, **more}).json()
        seen += [one["time_s"] for one in page["events"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True) and len(seen) == 25
    which = {"user_id": "pages", "item_id": "item-1", "kind": "like"}
    assert call("DELETE", "/v1/feedback", params=which).json()["deleted"] == 1
    assert call("DELETE", "/v1/feedback", params={"user_id": "pages"}).status_code == 422
