"""Words to vectors and wishes to relevance: templates, encoders, cache, BM25, text index."""

from foretaste.language.cache import CachedEncoder, CacheSettings, live_encoder
from foretaste.language.encoders import (
    EncoderSettings,
    HashedEncoder,
    HashedSettings,
    MiniLMSettings,
    OnnxMiniLM,
    OpenAIEncoder,
    OpenAISettings,
    SentenceTransformerEncoder,
    SentenceTransformerSettings,
    WordVectors,
    WordVectorsSettings,
    download_minilm,
    find_minilm,
    make_encoder,
)
from foretaste.language.lexical import LexicalIndex, LexicalSettings, Match
from foretaste.language.profile import profile_vector
from foretaste.language.renewing import with_items
from foretaste.language.templates import Template, item_texts, person_text, read_template
from foretaste.language.text_index import TextIndex, TextIndexSettings

__all__ = [
    "CacheSettings",
    "CachedEncoder",
    "EncoderSettings",
    "HashedEncoder",
    "HashedSettings",
    "LexicalIndex",
    "LexicalSettings",
    "Match",
    "MiniLMSettings",
    "OnnxMiniLM",
    "OpenAIEncoder",
    "OpenAISettings",
    "SentenceTransformerEncoder",
    "SentenceTransformerSettings",
    "Template",
    "TextIndex",
    "TextIndexSettings",
    "WordVectors",
    "WordVectorsSettings",
    "download_minilm",
    "find_minilm",
    "item_texts",
    "live_encoder",
    "make_encoder",
    "person_text",
    "profile_vector",
    "read_template",
    "with_items",
]
