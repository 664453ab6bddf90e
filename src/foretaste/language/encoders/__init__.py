"""Encoders: texts to vectors, behind core's one verb."""

from foretaste.language.encoders.factory import EncoderSettings, make_encoder
from foretaste.language.encoders.hashed import HashedEncoder, HashedSettings
from foretaste.language.encoders.minilm import MiniLMSettings, OnnxMiniLM
from foretaste.language.encoders.openai_api import OpenAIEncoder, OpenAISettings
from foretaste.language.encoders.sentence_transformer import (
    SentenceTransformerEncoder,
    SentenceTransformerSettings,
)
from foretaste.language.encoders.weights import download_minilm, find_minilm
from foretaste.language.encoders.word_vectors import WordVectors, WordVectorsSettings

__all__ = [
    "EncoderSettings",
    "HashedEncoder",
    "HashedSettings",
    "MiniLMSettings",
    "OnnxMiniLM",
    "OpenAIEncoder",
    "OpenAISettings",
    "SentenceTransformerEncoder",
    "SentenceTransformerSettings",
    "WordVectors",
    "WordVectorsSettings",
    "download_minilm",
    "find_minilm",
    "make_encoder",
]
