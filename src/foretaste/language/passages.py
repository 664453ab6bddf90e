"""Cutting texts into passages, so that one sentence of a long text can answer a wish."""

from __future__ import annotations

import re

__all__ = ["split_passages"]

# A full stop of Latin script ends a sentence only before a space; the ideographic ones
# have no space after them.
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n\s*\n")
_FEWEST_CHARACTERS = 20
_FEWEST_WIDE = 6


def split_passages(text: str, most: int = 12) -> list[str]:
    """Split a text into sentences; a short one ("Dr.") stays with what follows.

    Args:
        text: Any text in any script.
        most: Give at most this many; neighbours are joined when there are more.

    Returns:
        Passages in order, none of them empty.
    """
    passages: list[str] = []
    held = ""
    for part in _END.split(text):
        if not part or not part.strip():
            continue
        held = f"{held} {part.strip()}".strip()
        fewest = _FEWEST_CHARACTERS if held.isascii() else _FEWEST_WIDE
        if len(held) >= fewest:
            passages.append(held)
            held = ""
    if held:
        passages[-1:] = [f"{passages[-1]} {held}"] if passages else [held]
    if len(passages) > most:
        step = -(-len(passages) // most)
        passages = [" ".join(passages[i : i + step]) for i in range(0, len(passages), step)]
    return passages
