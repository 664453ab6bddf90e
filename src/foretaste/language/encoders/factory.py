"""From settings to an encoder."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from foretaste.core.errors import DataError
from foretaste.core.verbs import Encoder
from foretaste.language.encoders.hashed import HashedEncoder, HashedSettings
from foretaste.language.encoders.minilm import MiniLMSettings, OnnxMiniLM
from foretaste.language.encoders.openai_api import OpenAIEncoder, OpenAISettings
from foretaste.language.encoders.sentence_transformer import (
    SentenceTransformerEncoder,
    SentenceTransformerSettings,
)
from foretaste.language.encoders.word_vectors import WordVectors, WordVectorsSettings

__all__ = ["EncoderSettings", "make_encoder"]

EncoderSettings = Annotated[
    MiniLMSettings
    | SentenceTransformerSettings
    | OpenAISettings
    | HashedSettings
    | WordVectorsSettings,
    Field(discriminator="kind"),
]
"""Settings of any encoder, told apart by ``kind``."""


def make_encoder(settings: EncoderSettings | None = None) -> Encoder:
    """Build the encoder that settings name.

    With no settings: MiniLM if its weights are on this machine, else
    :class:`HashedEncoder`, whose ``warnings`` then say so. Settings that name an encoder
    are an order: nothing is fallen back from.

    Args:
        settings: Which encoder, or ``None`` for the best one at hand.

    Returns:
        The encoder; it has an attribute ``warnings``, a tuple of sentences.

    Raises:
        DataError: If a named model or file is not there.
        TypeError: If these are settings of something else.
    """
    match settings:
        case None:
            return _best_at_hand()
        case MiniLMSettings():
            return OnnxMiniLM(settings)
        case SentenceTransformerSettings():
            return SentenceTransformerEncoder(settings)
        case OpenAISettings():
            return OpenAIEncoder(settings)
        case HashedSettings():
            return HashedEncoder(settings)
        case WordVectorsSettings():
            return WordVectors(settings)
    raise TypeError(f"not settings of an encoder: {type(settings).__name__}")


def _best_at_hand() -> Encoder:
    try:
        return OnnxMiniLM()
    except DataError as error:
        reason = str(error)
    hashed = HashedEncoder()
    hashed.warnings = (
        f"Texts are compared by shared words only (hashed vectors), not by meaning: {reason}",
    )
    return hashed
