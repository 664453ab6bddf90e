"""Randomness is an argument: a stream is a function of a seed and a name."""

from __future__ import annotations

import hashlib

import numpy as np

__all__ = ["stream"]


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Give the random stream that belongs to a seed and a name.

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
