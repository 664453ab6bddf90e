"""Any sentence-transformers or transformers model, by name or path."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from foretaste.core.errors import MissingPartError, NetworkError
from foretaste.core.settings import Settings
from foretaste.language.encoders.weights import find_model

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["SentenceTransformerEncoder", "SentenceTransformerSettings"]


class SentenceTransformerSettings(Settings):
    """Settings of :class:`SentenceTransformerEncoder`."""

    kind: Literal["sentence-transformer"] = "sentence-transformer"
    model: str = Field(
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        description="Hub name or path; the default reads fifty languages",
    )
    revision: str | None = Field(None, description="Commit or tag on the hub")
    device: str | None = Field(None, description="cpu, cuda, mps; none: what there is")
    prefix: str = Field("", description="Put before every text, such as 'query: ' for E5 models")
    batch_size: int = Field(32, ge=1, le=4096, description="Texts in one batch")


class SentenceTransformerEncoder:
    """A transformer through the ``sentence_transformers`` library (needs the torch extra).

    For languages and architectures that :class:`OnnxMiniLM` does not read; several times
    slower to start. No code from a model's own repository is run.

    Args:
        settings: See :class:`SentenceTransformerSettings`.
    """

    def __init__(self, settings: SentenceTransformerSettings | None = None) -> None:
        self.settings = settings or SentenceTransformerSettings()
        self.warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Model name, revision and prefix."""
        given = self.settings
        return f"st:{given.model}@{given.revision or 'main'}:{given.prefix}"

    @property
    def size(self) -> int:
        """Length of a vector."""
        model = self._model
        # The method was renamed in version 5.4; both spellings are in use.
        ask = getattr(model, "get_embedding_dimension", None)
        ask = ask or model.get_sentence_embedding_dimension
        return int(ask() or 0)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts.

        Args:
            texts: Any number of texts; empty ones give zeros.

        Returns:
            Vectors of length one, float32 [N, size].
        """
        vectors = np.zeros((len(texts), self.size), np.float32)
        filled = [row for row, text in enumerate(texts) if text.strip()]
        if filled:
            vectors[filled] = self._model.encode(
                [self.settings.prefix + texts[row] for row in filled],
                batch_size=self.settings.batch_size,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return vectors

    @cached_property
    def _model(self) -> SentenceTransformer:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingPartError("sentence-transformers", "torch") from error
        here = find_model(self.settings.model)
        try:
            return SentenceTransformer(
                str(here) if here and self.settings.revision is None else self.settings.model,
                revision=self.settings.revision,
                device=self.settings.device,
                trust_remote_code=False,
                local_files_only=here is not None,
            )
        except (OSError, ValueError) as error:
            raise NetworkError(
                "this model is neither here nor on a hub that answers",
                where=self.settings.model,
                got=str(error).split("\n", 1)[0],
                remedy="Check the name, or download it once and give the path of its folder",
            ) from error
