"""What needs a network: an embeddings service and the download, against a local server."""

from __future__ import annotations

import json
import math
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foretaste.core.errors import DataError, NetworkError, OutsideError, SettingsError
from foretaste.language import OpenAIEncoder, OpenAISettings, download_minilm, find_minilm
from foretaste.language.encoders import weights
from foretaste.testing import EncoderConformance
from foretaste.testing.http import LocalServer, Reply, Request

KEY = "sk-very-secret"


def embed(request: Request) -> Reply:
    """Vectors of length two that tell texts apart, in reverse order, as is allowed."""
    angles = [sum(map(ord, text)) % 6283 / 1000 for text in request.json()["input"]]
    rows = [
        {"index": n, "embedding": [3 * math.cos(angle), 3 * math.sin(angle)]}
        for n, angle in enumerate(angles)
    ]
    return Reply({"data": rows[::-1]})


def encoder(url: str, **more: Any) -> OpenAIEncoder:
    settings = OpenAISettings(base_url=f"{url}/v1", model="m", vector_size=2, **more)
    return OpenAIEncoder(settings, sleep=lambda seconds: None)


class TestOpenAI(EncoderConformance):
    texts = ("slow", "a longer text about memory", "东京物语")

    @pytest.fixture(autouse=True)
    def _server(self) -> Any:
        with LocalServer(embed) as self.server:
            yield

    def make(self) -> OpenAIEncoder:
        return encoder(self.server.url)


def test_it_batches_sends_the_key_and_no_empty_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with LocalServer(embed) as server:
        encoder(server.url, batch_size=2, send_size=True).encode(["a", "", "b", "c"])
    bodies = [request.json() for request in server.requests]
    assert [body["input"] for body in bodies] == [["a", "b"], ["c"]]
    assert bodies[0]["dimensions"] == 2
    assert server.requests[0].path == "/v1/embeddings"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_what_may_pass_is_tried_again() -> None:
    waits: list[float] = []
    replies = [Reply("", 503), Reply("", 429, {"Retry-After": "7"})]

    def answer(request: Request) -> Reply:
        return replies.pop(0) if replies else embed(request)

    with LocalServer(answer) as server:
        settings = OpenAISettings(base_url=server.url, vector_size=2, max_wait_s=5)
        OpenAIEncoder(settings, sleep=waits.append).encode(["a"])
    assert waits == [0.5, 5.0]


def test_it_gives_up_in_one_sentence() -> None:
    with LocalServer(lambda request: Reply("", 500)) as server:
        with pytest.raises(NetworkError, match="status 500, 3 times"):
            encoder(server.url, retries=2).encode(["a"])
        assert len(server.requests) == 3
    with pytest.raises(NetworkError, match="ConnectError"):
        encoder("http://127.0.0.1:9", retries=0).encode(["a"])


def test_a_refused_key_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    reply = Reply(json.dumps({"error": f"bad key {KEY}"}), 401)
    with LocalServer(lambda request: reply) as server:
        with pytest.raises(SettingsError, match="status 401") as caught:
            encoder(server.url).encode(["a"])
        assert len(server.requests) == 1
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("sk-secret", "http://somebody:secret@127.0.0.1:1/v1"),
        ("sk-secret-é", "http://127.0.0.1:1/v1"),
        ("sk-secret", "http://[::1"),
    ],
)
def test_no_secret_is_told_when_nothing_answers(
    monkeypatch: pytest.MonkeyPatch, key: str, address: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    encoder = OpenAIEncoder(OpenAISettings(base_url=address, model="m", retries=0))
    with pytest.raises(NetworkError) as told:
        encoder.encode(["words"])
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "[]",
        '{"data": [{"index": 0}]}',
        '{"data": []}',
        '{"data": [{"index": 0, "embedding": [1, 2, 3]}]}',
        '{"data": [{"index": 0, "embedding": [1, NaN]}]}',
    ],
)
def test_answers_that_are_no_vectors_are_refused(body: str) -> None:
    with (
        LocalServer(lambda request: Reply(body)) as server,
        pytest.raises(OutsideError, match="answers"),
    ):
        encoder(server.url).encode(["a"])


def hub(request: Request) -> Reply:
    name = request.path.rsplit("/", 1)[-1]
    return Reply("weights" if name == "model.safetensors" else "{}")


@pytest.fixture
def offline_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_NO_INDEX", "1")


def test_weights_come_from_the_hub_are_checked_and_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LocalServer(hub) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        with pytest.raises(DataError, match="not the official"):
            download_minilm()
        assert not weights.minilm_home().exists(), "something half-made was left"
        monkeypatch.setattr(weights, "MINILM_SHA256", sha256(b"weights").hexdigest())
        folder = download_minilm()
        asked = len(server.requests)
        assert download_minilm() == folder
        assert len(server.requests) == asked, "fetched twice"
    assert (folder / "1_Pooling" / "config.json").is_file()
    assert find_minilm() == folder
    (folder / "model.safetensors").write_bytes(b"changed")
    with pytest.raises(DataError, match="not the official"):
        find_minilm()


def test_without_a_network_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline_index: None
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(NetworkError, match="could not be fetched") as caught:
        download_minilm(tmp_path / "there")
    assert "Check the network" in str(caught.value)
    assert list(tmp_path.glob("*there*")) == []
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".fetching")]


def test_the_hubs_cache_is_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    snapshot = tmp_path / "models--own--model" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    assert weights.find_model("own/model") == snapshot
    assert weights.find_model(str(snapshot)) == snapshot
    assert weights.find_model("own/other") is None


def test_vectors_scaled_to_length_one() -> None:
    with LocalServer(embed) as server:
        vectors = encoder(server.url).encode(["abc"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-6)
