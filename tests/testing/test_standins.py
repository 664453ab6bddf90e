"""Stand-ins keep the promises of what they stand in for."""

from __future__ import annotations

import httpx
import pytest

from foretaste.core import Clock, Encoder, EventLog, Executor, TextGenerator
from foretaste.core.errors import InputError
from foretaste.testing import (
    EncoderConformance,
    EventLogConformance,
    ExecutorConformance,
    FixedClock,
    HashedEncoder,
    LocalServer,
    MemoryEventLog,
    Reply,
    Request,
    ScriptedTextGenerator,
    SerialExecutor,
    TableEncoder,
)


class TestHashedEncoder(EncoderConformance):
    def make(self) -> Encoder:
        return HashedEncoder()


class TestTableEncoder(EncoderConformance):
    texts = ("heat", "thief", "东京物语")

    def make(self) -> Encoder:
        return TableEncoder({"heat": [3, 0], "thief": [2, 2], "东京物语": [0, 1]})


class TestMemoryEventLog(EventLogConformance):
    def make(self) -> EventLog:
        return MemoryEventLog()


class TestSerialExecutor(ExecutorConformance):
    def make(self) -> Executor:
        return SerialExecutor()


def test_a_text_not_in_the_table_has_no_direction() -> None:
    assert not TableEncoder({"heat": [1.0, 0.0]}).encode(["gattaca"]).any()
    with pytest.raises(InputError, match="at least one text"):
        TableEncoder({})


def test_a_clock_stands_still() -> None:
    clock: Clock = FixedClock(10.0)
    assert (clock.now_s(), clock.now_s()) == (10.0, 10.0)
    FixedClock.advance(clock, 5.0)  # type: ignore[arg-type]
    assert clock.now_s() == 15.0


def test_a_script_is_followed_and_then_over() -> None:
    model: TextGenerator = ScriptedTextGenerator(["one two three", "four"])
    assert model.generate("a", max_tokens=2) == "one two"
    assert model.generate("b", max_tokens=2, seed=7) == "four"
    with pytest.raises(InputError, match="at its end"):
        model.generate("c", max_tokens=2)
    echo = ScriptedTextGenerator(str.upper)
    assert echo.generate("hello", max_tokens=9) == "HELLO" and echo.prompts == ["hello"]


def test_a_local_server_says_what_it_was_told() -> None:
    def answer(request: Request) -> Reply:
        if request.path == "/broken":
            raise KeyError("boom")
        if request.method == "POST":
            return Reply({"you said": request.json()}, 201, {"X-More": "yes"})
        return Reply("0123456789")

    with LocalServer(answer) as server, httpx.Client(base_url=server.url, trust_env=False) as web:
        posted = web.post("/x?y=1", json=["hi"])
        assert posted.status_code == 201 and posted.json() == {"you said": ["hi"]}
        assert posted.headers["x-more"] == "yes"
        resumed = web.get("/file", headers={"Range": "bytes=4-"})
        assert resumed.status_code == 206 and resumed.text == "456789"
        assert resumed.headers["content-range"] == "bytes 4-9/10"
        assert web.get("/broken").status_code == 500
        assert [one.path for one in server.requests] == ["/x?y=1", "/file", "/broken"]


def test_a_local_server_can_hang_up_early() -> None:
    with (
        LocalServer(lambda _: Reply(b"0123456789", cut_after=4)) as server,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        httpx.get(server.url, trust_env=False)
