"""What the two wish benchmarks share: content words, hits, the systems compared, the card."""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from foretaste.core import Dataset
from foretaste.core.arrays import FloatArray
from foretaste.evaluate.card import code_digest, peak_memory_mb
from foretaste.language import CachedEncoder, TextIndex, TextIndexSettings, make_encoder
from foretaste.language.words import make_stem, split_words
from foretaste.measure import interval

__all__ = ["arguments", "content_stems", "finish", "measure", "ranks_of", "systems"]

K = 10
LIBRARIES = ("numpy", "onnxruntime", "scipy", "tokenizers")
_STEM = make_stem("english")
_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "nor",
        "so",
        "yet",
        "if",
        "then",
        "than",
        "that",
        "this",
        "these",
        "those",
        "there",
        "here",
        "it",
        "its",
        "itself",
        "he",
        "him",
        "his",
        "himself",
        "she",
        "her",
        "hers",
        "herself",
        "they",
        "them",
        "their",
        "theirs",
        "themselves",
        "we",
        "us",
        "our",
        "ours",
        "you",
        "your",
        "yours",
        "i",
        "me",
        "my",
        "mine",
        "who",
        "whom",
        "whose",
        "which",
        "what",
        "when",
        "where",
        "why",
        "how",
        "whoever",
        "whatever",
        "to",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "without",
        "within",
        "into",
        "onto",
        "upon",
        "out",
        "off",
        "over",
        "under",
        "up",
        "down",
        "about",
        "above",
        "below",
        "across",
        "after",
        "before",
        "behind",
        "beside",
        "besides",
        "between",
        "among",
        "along",
        "around",
        "against",
        "through",
        "throughout",
        "during",
        "until",
        "till",
        "toward",
        "towards",
        "near",
        "since",
        "as",
        "like",
        "while",
        "because",
        "though",
        "although",
        "is",
        "am",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "has",
        "have",
        "had",
        "having",
        "do",
        "does",
        "did",
        "doing",
        "done",
        "will",
        "would",
        "can",
        "could",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "not",
        "no",
        "none",
        "never",
        "only",
        "just",
        "also",
        "too",
        "very",
        "more",
        "most",
        "much",
        "many",
        "some",
        "any",
        "each",
        "every",
        "all",
        "both",
        "either",
        "neither",
        "other",
        "others",
        "another",
        "such",
        "same",
        "own",
        "one",
        "ones",
        "once",
        "again",
        "s",
        "t",
        "d",
        "ll",
        "re",
        "ve",
        "m",
        "even",
        "ever",
        "still",
        "instead",
        "rather",
        "else",
        "per",
        "via",
        "amid",
        "whether",
        "unless",
        "except",
        "beyond",
        "past",
        "inside",
        "outside",
        "something",
        "someone",
        "anyone",
        "everyone",
        "nobody",
        "nothing",
        "anything",
        "everything",
        "somewhere",
        "cannot",
        "let",
        "lets",
        "few",
        "less",
        "least",
        "several",
    ]
)


def content_stems(text: str) -> set[str]:
    """Stems of the words of a text that say something."""
    return {_STEM(word) for word in split_words(text) if word not in _STOP}


def systems(data: Dataset, progress: Callable[[int, int], None]) -> dict[str, TextIndex]:
    """The product's reading of wishes, and each of its parts alone."""
    encoder = CachedEncoder(make_encoder(), progress=progress)
    off_the_shelf = TextIndexSettings(words_only=(), passage=0, words=0, passages_up_to=0)
    product = TextIndex.build(data, encoder)

    def only(**weights: float) -> TextIndex:
        alone = {"whole": 0.0, "passage": 0.0, "words": 0.0} | weights
        return replace(product, settings=product.settings.model_copy(update=alone))

    return {
        "foretaste": product,
        "encoder, whole text with names (off the shelf)": TextIndex.build(
            data, encoder, off_the_shelf
        ),
        "encoder, whole text without names": only(whole=1.0),
        "encoder, best passage": only(passage=1.0),
        "BM25": only(words=1.0),
    }


def ranks_of(index: TextIndex, wishes: Sequence[str], rows: Sequence[int]) -> FloatArray:
    """Rank from 1 of the meant item; ties count against it."""
    ranks = []
    for wish, row in zip(wishes, rows, strict=True):
        relevance = index.read(wish).relevance
        assert relevance is not None
        ranks.append(float((relevance >= relevance[row]).sum()))
    return np.array(ranks)


def measure(
    indexes: dict[str, TextIndex], wishes: Sequence[str], rows: Sequence[int]
) -> list[dict[str, Any]]:
    """One row per system: hit@10 with its bootstrap interval, hit@1, MRR, milliseconds."""
    table = []
    for name, index in indexes.items():
        began = time.perf_counter()
        ranks = ranks_of(index, wishes, rows)
        spent = time.perf_counter() - began
        hit = interval((ranks <= K).astype(float))
        row = {
            "system": name,
            "hit@10": round(hit.mean, 4),
            "low": round(hit.low, 4),
            "high": round(hit.high, 4),
            "hit@1": round(float((ranks <= 1).mean()), 4),
            "mrr": round(float((1 / ranks).mean()), 4),
            "wish_ms": round(1000 * spent / len(wishes), 2),
        }
        print("  ".join(f"{value}" for value in row.values()), flush=True)
        table.append(row)
    return table


def arguments(description: str | None, data: bool) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(description or "").split("\n")[0])
    parser.add_argument("--json", type=Path, help="write the result here")
    if data:
        parser.add_argument("--data", type=Path, required=True, help="folder of real data")
    return parser.parse_args()


def finish(
    path: Path | None,
    data: Dataset,
    table: list[dict[str, Any]],
    bar: float,
    began: float,
    **more: Any,
) -> int:
    """Write the result with its run card; 0 if the bar is met."""
    reached = float(table[0]["hit@10"])
    result = {
        "bar": {"hit@10": bar, "met": reached >= bar},
        "systems": table,
        **more,
        "card": {
            "data": {"name": data.name, "digest": data.digest, "n_items": data.n_items},
            "settings": TextIndexSettings().model_dump(mode="json"),
            "code": code_digest(),
            "hardware": {
                "processor": platform.processor() or platform.machine(),
                "cores": os.cpu_count(),
                "threads": os.environ.get("OMP_NUM_THREADS"),
                "system": f"{platform.system()} {platform.machine()}",
                "python": platform.python_version(),
            },
            "libraries": {name: metadata.version(name) for name in LIBRARIES},
            "finished_utc": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - began, 1),
            "peak_memory_mb": round(peak_memory_mb(), 1),
        },
    }
    if path is not None:
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        path.write_text(text, encoding="utf-8")
    print(f"hit@10 {reached:.3f}, bar {bar:.2f}: {'met' if reached >= bar else 'MISSED'}")
    return 0 if reached >= bar else 1
