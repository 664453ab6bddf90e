"""An attribution made ready for sentences: the few numbers that matter, as plain lists."""

from __future__ import annotations

from collections.abc import Collection
from operator import itemgetter

import numpy as np

from foretaste.core import Attribution, FloatArray, History

__all__ = ["Cause", "Told"]

_ATTRIBUTES = "attributes"
_WORTH_SAYING = 0.05
"""Shared attributes are named when they move a score by this share of what moves it most."""
_STRENGTH = itemgetter(0)

Cause = tuple[float, str, int]
"""Strength, name of the part (``past`` for an event), and place among the strongest events."""


class Told:
    """One attribution over a list, cut to the strongest past events of each item.

    Everything is gathered for the whole list at once: what is asked of it afterwards reads
    lists, since a NumPy call for each sentence would cost more than all else.

    Args:
        found: What moved the scores.
        history: The history it speaks of.
        source: Name of the scorer.
        wish: The words asked for, if any.
        most: Past events kept for each item.
        named: Parts that can be put into words.
    """

    def __init__(
        self,
        found: Attribution,
        history: History,
        source: str,
        wish: str | None,
        most: int,
        named: Collection[str],
    ) -> None:
        self.found, self.history, self.source, self.wish = found, history, source, wish
        self.rows: list[int] = found.rows.tolist()
        effect = found.past if found.effect is None else found.effect
        lines = np.arange(len(effect))[:, None]
        best = _largest(effect, lines, most)
        self._effects = effect[lines, best].tolist()
        self.places: list[list[int]] = best.tolist()
        self.items: list[list[int]] = history.rows[best].tolist()
        self.liked: list[list[bool]] = (history.signals[best] > 0).tolist()
        self.weights: list[list[float]] = found.past[lines, best].tolist()
        self.blocks: tuple[str, ...] = tuple(found.blocks)
        shares = np.zeros((1, *best.shape))
        if found.blocks:
            shares = np.stack([block[lines, best] for block in found.blocks.values()])
        self.strongest_block: list[list[int]] = shares.argmax(axis=0).tolist()
        most_shared = shares.max(axis=0)
        self.most_shared: list[list[float]] = most_shared.tolist()
        self.worth_saying: list[list[bool]] | None = None
        if _ATTRIBUTES in found.blocks:
            alike = shares[self.blocks.index(_ATTRIBUTES)]
            self.worth_saying = (alike > _WORTH_SAYING * np.abs(most_shared)).tolist()
        self.parts: dict[str, list[float]] = {
            name: part.tolist() for name, part in found.parts.items()
        }
        self._strengths: list[tuple[str, list[float]]] = []
        for name, part in found.parts.items():
            if name == "popularity" and len(part):
                beyond: list[float] = np.minimum(part - part.min(), part).tolist()
                self._strengths.append((name, beyond))
            elif name in named:
                self._strengths.append((name, self.parts[name]))
        self.did: dict[int, str] = {}
        """What was done with an event, in words, as far as it has been said."""

    def strongest(self, position: int) -> list[Cause]:
        """What moved one score, strongest first.

        Args:
            position: The item's place in the list.

        Returns:
            Causes; past events before parts of equal strength.
        """
        causes = [(strength, "past", k) for k, strength in enumerate(self._effects[position])]
        causes += [(part[position], name, -1) for name, part in self._strengths]
        causes.sort(key=_STRENGTH, reverse=True)
        return causes


def _largest(effect: FloatArray, lines: np.ndarray, most: int) -> np.ndarray:
    """Places of the largest values of each line, largest first, ties by place."""
    falling = -effect
    if effect.shape[1] > 4 * most:  # finding the few first makes the sort short
        few = np.sort(np.argpartition(falling, most, axis=1)[:, :most], axis=1)
        order = np.argsort(falling[lines, few], axis=1, kind="stable")
        best: np.ndarray = few[lines, order]
        return best
    return np.argsort(falling, axis=1, kind="stable")[:, :most]
