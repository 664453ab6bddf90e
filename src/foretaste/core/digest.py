"""What follows from content and names alone: equal content, equal digest and random stream."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["digest_of", "file_sha256", "stream"]


def digest_of(*parts: Any) -> str:
    """Digest any mixture of arrays, bytes and JSON-like values.

    Arrays are digested with type and shape, mappings independent of key order.
    SHA-256 cut to 64 bits: enough to notice change, not a defence against forgery
    (weights and downloads are checked with :func:`file_sha256`).

    Args:
        *parts: NumPy arrays, bytes, or values that JSON can write.

    Returns:
        Sixteen hexadecimal characters.
    """
    running = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            running.update(f"array {part.dtype.str} {part.shape}".encode())
            running.update(np.ascontiguousarray(part).view(np.uint8).data)
        elif isinstance(part, bytes):
            running.update(f"bytes {len(part)} ".encode() + part)
        else:
            text = json.dumps(part, sort_keys=True, ensure_ascii=False, default=str)
            running.update(f"json {len(text)} {text}".encode())
    return running.hexdigest()[:16]


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, read in pieces.

    Args:
        path: The file.

    Returns:
        Sixty-four hexadecimal characters.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Give the random stream that belongs to a seed and a name: randomness is an argument.

    Equal arguments give equal streams, so neither the order in which people are
    served nor parallel work changes anybody's answer.

    Args:
        seed: The run's seed.
        *names: Whose stream, for example ``"split"`` or a person's id.

    Returns:
        A fresh generator (PCG64).
    """
    text = "\x1f".join(f"{type(name).__name__}:{name}" for name in names)
    key = hashlib.blake2b(f"{seed}\x1e{text}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(key, "little")))
