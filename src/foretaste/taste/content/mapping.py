"""The text-to-taste map: from what an item is to where it lies among tastes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from foretaste.core import Dataset, FloatArray
from foretaste.sums import positive_solve
from foretaste.taste.content.coding import Block, ContentCoder
from foretaste.taste.settings import ContentSettings

__all__ = ["ContentMap", "best_known", "centred_texts", "likeness", "noise_of", "text_centre"]


@dataclass(frozen=True, eq=False)
class ContentMap:
    """Gaussian process from content to anything known of the well-known items.

    ``value(new) = K_new,old (K_old,old + diag(noise))^-1 value(old)``,
    ``noise_i = ridge (1 + rare / (likes_i + 1))``; ``K`` sums the blocks' inner products and a
    squared one for near-identical texts. It is linear, so a new item's score is a weighted
    mean of the old items' scores, for everybody (RLFM, Agarwal & Chen 2009, closed form).

    Attributes:
        new: Item rows that get their place from content, [N].
        old: Item rows it is learned from, [W].
        weights: float32 [N, W].
    """

    new: np.ndarray
    old: np.ndarray
    weights: FloatArray

    @classmethod
    def learn(cls, dataset: Dataset, likes: FloatArray, settings: ContentSettings) -> ContentMap:
        """Learn where unmet items lie.

        Args:
            dataset: Items with text vectors and attributes.
            likes: How many people like each item, [I].
            settings: Weights and noise.

        Returns:
            The map; nothing is mapped when nothing is known of the items.
        """
        new, old = np.flatnonzero(likes == 0), best_known(likes, settings)
        blocks = ContentCoder.learn(dataset, settings)[1]
        text = dataset.vectors.get("text")
        if not len(new) or not len(old) or (text is None and len(blocks) == 1):
            return cls(new[:0], old[:0], np.zeros((0, 0), np.float32))
        centred = None if text is None else centred_texts(text, text_centre(text))

        def part(rows: np.ndarray) -> tuple[list[Block], FloatArray | None]:
            return [block[rows] for block in blocks], None if centred is None else centred[rows]

        mine, theirs = part(old), part(new)
        across = likeness(*mine, *theirs, settings)
        system = likeness(*mine, *mine, settings)
        places = np.arange(len(old))
        system[places, places] += noise_of(likes[old], settings)
        return cls(new, old, positive_solve(system, across).T.astype(np.float32))

    def fill(self, values: FloatArray) -> FloatArray:
        """Give the new items their place.

        Args:
            values: One row per item, [I, M]; rows of new items are ignored.

        Returns:
            The same with the new items' rows predicted.
        """
        if not len(self.new):
            return values
        filled = values.copy()
        filled[self.new] = self.weights @ values[self.old]
        return filled


def best_known(likes: FloatArray, settings: ContentSettings) -> np.ndarray:
    """The items the map is learned from.

    Args:
        likes: How many people like each item, [I].
        settings: How many items at most.

    Returns:
        Their rows, ascending.
    """
    old = np.flatnonzero(likes > 0)
    if len(old) > settings.most_items:
        old = np.sort(old[np.argsort(-likes[old], kind="stable")[: settings.most_items]])
    return old


def noise_of(likes: FloatArray, settings: ContentSettings) -> FloatArray:
    """What each item's own place is blurred by.

    Args:
        likes: How many people like it, [W].
        settings: Ridge and rarity.

    Returns:
        ``ridge (1 + rare / (likes + 1))``, [W].
    """
    found: FloatArray = settings.ridge * (1 + settings.rare / (likes + 1))
    return found


def text_centre(text: FloatArray) -> FloatArray:
    """What all texts share.

    Args:
        text: Vectors, zeros without a text, [I, D_text].

    Returns:
        Mean of those that have a text, [D_text].
    """
    known = np.linalg.norm(text, axis=1) > 0
    centre: FloatArray = text[known].mean(axis=0) if known.any() else np.zeros(text.shape[1])
    return centre


def centred_texts(text: FloatArray, centre: FloatArray) -> FloatArray:
    """Texts without what all share, of length one.

    Args:
        text: Vectors, zeros without a text, [N, D_text].
        centre: What all share, [D_text].

    Returns:
        float32 [N, D_text]; zeros stay zeros.
    """
    known = np.linalg.norm(text, axis=1) > 0
    moved = np.where(known[:, None], text - centre, 0.0).astype(np.float32)
    moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
    return moved


def likeness(
    left: Sequence[Block],
    left_text: FloatArray | None,
    right: Sequence[Block],
    right_text: FloatArray | None,
    settings: ContentSettings,
) -> FloatArray:
    """The kernel ``K``: how alike items are, by attributes and texts.

    Args:
        left: Blocks of some items, [N, F_b].
        left_text: Their centred texts, or ``None`` without texts.
        right: Blocks of others, [M, F_b].
        right_text: Their centred texts.
        settings: Weights of the texts.

    Returns:
        float32 [N, M].
    """
    total = np.zeros((left[0].shape[0], right[0].shape[0]), np.float32)
    for one, other in zip(left, right, strict=True):
        product = one @ other.T
        total += product if isinstance(product, np.ndarray) else product.toarray()
    if left_text is None or right_text is None or settings.text + settings.text_squared <= 0:
        return total
    alike = left_text @ right_text.T
    total += settings.text * alike + settings.text_squared * np.maximum(alike, 0) ** 2
    return total
