"""Any service with OpenAI's ``/embeddings`` route."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from foretaste.core.errors import NetworkError, OutsideError, SettingsError
from foretaste.core.settings import Settings

if TYPE_CHECKING:
    import httpx

__all__ = ["OpenAIEncoder", "OpenAISettings"]

_RETRIED = frozenset({408, 409, 429, 500, 502, 503, 504})


class OpenAISettings(Settings):
    """Settings of :class:`OpenAIEncoder`; the key itself is never a setting."""

    kind: Literal["openai"] = "openai"
    base_url: str = Field("https://api.openai.com/v1", description="Address before /embeddings")
    model: str = Field("text-embedding-3-small", description="Name the service knows")
    vector_size: int = Field(1536, ge=1, le=65536, description="Length of a vector")
    send_size: bool = Field(False, description="Ask the service for this length (dimensions)")
    key_variable: str = Field(
        "OPENAI_API_KEY", description="Environment variable with the key; may be unset"
    )
    batch_size: int = Field(128, ge=1, le=2048, description="Texts in one request")
    max_characters: int = Field(20_000, ge=100, description="Cut texts here")
    timeout_s: float = Field(30.0, gt=0, le=600, description="For one request")
    retries: int = Field(4, ge=0, le=10, description="After a failure that may pass")
    max_wait_s: float = Field(20.0, ge=0, le=300, description="Longest pause between tries")


class OpenAIEncoder:
    """Vectors from an OpenAI-compatible endpoint (OpenAI, vLLM, Ollama, LM Studio ...).

    Texts leave this machine: choose :class:`OnnxMiniLM` where they must not.

    Args:
        settings: See :class:`OpenAISettings`.
        transport: Replaces the network in tests (an ``httpx`` transport).
        sleep: Replaces waiting in tests.
    """

    def __init__(
        self,
        settings: OpenAISettings | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings or OpenAISettings()
        self.warnings: tuple[str, ...] = ()
        self._transport = transport
        self._sleep = sleep

    @property
    def name(self) -> str:
        """Address, model and length."""
        given = self.settings
        return f"openai:{given.base_url}:{given.model}:{given.vector_size}"

    @property
    def size(self) -> int:
        """Length of a vector."""
        return self.settings.vector_size

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts, several in one request.

        Args:
            texts: Any number of texts; empty ones give zeros and are not sent.

        Returns:
            Vectors of length one, float32 [N, size].

        Raises:
            NetworkError: If the service does not answer after all retries.
            OutsideError: If it answers with something else than vectors.
            SettingsError: If it refuses the key or the request.
        """
        vectors = np.zeros((len(texts), self.size), np.float32)
        filled = [row for row, text in enumerate(texts) if text.strip()]
        step = self.settings.batch_size
        for start in range(0, len(filled), step):
            rows = filled[start : start + step]
            vectors[rows] = self._request([texts[r][: self.settings.max_characters] for r in rows])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=vectors, where=lengths > 0)

    @cached_property
    def _client(self) -> httpx.Client:
        import httpx

        key = os.environ.get(self.settings.key_variable)
        return httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=self.settings.timeout_s,
            transport=self._transport,
        )

    def _request(self, texts: list[str]) -> NDArray[np.float32]:
        import httpx

        body: dict[str, Any] = {"model": self.settings.model, "input": texts}
        if self.settings.send_size:
            body["dimensions"] = self.settings.vector_size
        address = self.settings.base_url.rstrip("/") + "/embeddings"
        trouble = "nothing was tried"
        for attempt in range(self.settings.retries + 1):
            wait = 0.5 * 2.0**attempt
            try:
                answer = self._client.post(address, json=body)
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                trouble = type(error).__name__
            else:
                if answer.status_code not in _RETRIED:
                    return self._read(answer, len(texts))
                trouble = f"status {answer.status_code}"
                wait = _asked_wait(answer.headers.get("retry-after"), wait)
            if attempt < self.settings.retries:
                self._sleep(min(wait, self.settings.max_wait_s))
        raise NetworkError(
            "the embeddings service does not answer",
            got=f"{trouble}, {self.settings.retries + 1} times",
            where=_public(address),
            remedy="Check the address and the network, or choose another encoder kind",
        )

    def _read(self, answer: httpx.Response, count: int) -> NDArray[np.float32]:
        where = _public(self.settings.base_url)
        if answer.status_code >= 400:
            # The body may repeat the key, so only the status is told.
            raise SettingsError(
                f"the embeddings service refuses (status {answer.status_code})",
                where=where,
                remedy=f"Check the model name and the key in {self.settings.key_variable}",
            )
        try:
            rows = sorted(answer.json()["data"], key=lambda row: int(row["index"]))
            vectors = np.array([row["embedding"] for row in rows], np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise OutsideError("the embeddings service answers no vectors", where=where) from error
        if vectors.shape != (count, self.size) or not np.isfinite(vectors).all():
            raise OutsideError(
                "the embeddings service answers vectors of another shape",
                expected=f"{count} x {self.size} finite numbers",
                got=" x ".join(map(str, vectors.shape)),
                where=where,
                remedy="Set vector_size to what the model gives",
            )
        return vectors


def _public(address: str) -> str:
    """An address without a name and password in it."""
    return re.sub(r"//[^/@]*@", "//", address)


def _asked_wait(header: str | None, default: float) -> float:
    try:
        return max(0.0, float(header)) if header else default
    except ValueError:
        return default
