"""Giving items a place among tastes after the fit, from what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import csr_matrix, hstack

from foretaste.core import Dataset, FloatArray
from foretaste.sums import positive_solve
from foretaste.taste.content.coding import Block, ContentCoder, spread_columns
from foretaste.taste.content.mapping import (
    best_known,
    centred_texts,
    likeness,
    noise_of,
    text_centre,
)
from foretaste.taste.settings import ContentSettings

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Placer", "Readout"]

_SMALLEST = 1e-7
_CHUNK = 4_096


@dataclass(frozen=True, eq=False)
class Readout:
    """A linear map found again from its own results: ``y = (x - centre) B + level``.

    Principal components are not kept with a fit, but they are linear in the features, so least
    squares over the items of the fit gives the map back, whatever scaled or turned them. Only
    the directions of largest variance are looked at: the components lie among them, and the
    others would add rounding.

    Attributes:
        centre: Mean of the features, [F].
        map: ``B``, [F, M].
        level: Mean of the results, [M].
    """

    centre: FloatArray
    map: FloatArray
    level: FloatArray

    @classmethod
    def learn(cls, features: csr_matrix | FloatArray, results: FloatArray) -> Self:
        """Find the map.

        Args:
            features: ``x`` of the items of the fit, [I, F].
            results: ``y``, [I, M].

        Returns:
            The map of smallest norm.
        """
        count, width = features.shape
        centre = np.asarray(features.mean(axis=0)).ravel()
        level: FloatArray = results.mean(axis=0, dtype=np.float64)
        gram = np.zeros((width, width))
        moment = np.zeros((width, results.shape[1]))
        for start in range(0, count, _CHUNK):
            some = features[start : start + _CHUNK]
            dense = some.toarray() if isinstance(some, csr_matrix) else some
            moved = (dense - centre).astype(np.float32)
            gram += moved.T @ moved
            moment += moved.T @ (results[start : start + _CHUNK] - level)
        values, axes = eigh(gram)
        values, axes = values[-2 * results.shape[1] :], axes[:, -2 * results.shape[1] :]
        kept = values > _SMALLEST * max(float(values.max(initial=0.0)), 1e-30)
        solved = axes[:, kept] @ ((axes[:, kept].T @ moment) / values[kept, None])
        return cls(centre, solved, level)

    def read(self, features: csr_matrix | FloatArray) -> FloatArray:
        """Apply it.

        Args:
            features: [N, F].

        Returns:
            float32 [N, M].
        """
        dense = features.toarray() if isinstance(features, csr_matrix) else features
        found: FloatArray = ((dense - self.centre) @ self.map + self.level).astype(np.float32)
        return found


@dataclass(frozen=True, eq=False)
class Placer:
    """:class:`~foretaste.taste.content.mapping.ContentMap` for items that come after the fit.

    ``value(new) = K_new,old alpha`` with ``alpha = (K_old,old + diag(noise))^-1 value(old)``
    solved once. Rarity of values, edges of bins and what all texts share stay as they were at
    the fit, so an item placed now lies where the fit put its equal.

    Attributes:
        settings: Weights of the map.
        coder: How attributes are read.
        blocks: Blocks of the well-known items.
        centre: What all texts share; ``None`` without texts.
        texts: Centred texts of the well-known items.
        alphas: The solved values by name, each [W, M].
        language: From texts to the language block, if there is one.
        attributes: From attributes to the attribute block, if there is one.
        columns: The attribute columns that block is made of.
    """

    settings: ContentSettings
    coder: ContentCoder
    blocks: list[Block]
    centre: FloatArray | None
    texts: FloatArray | None
    alphas: Mapping[str, FloatArray]
    language: Readout | None
    attributes: Readout | None
    columns: np.ndarray

    @classmethod
    def learn(
        cls,
        dataset: Dataset,
        text: FloatArray | None,
        values: Mapping[str, FloatArray],
        own: Mapping[str, FloatArray],
        settings: ContentSettings,
    ) -> Self | None:
        """Solve for what is needed, once for each fit.

        Args:
            dataset: What was fitted on.
            text: Text vectors of its items, [I, D_text].
            values: What is to be placed by the map, by name, each [I, M].
            own: Blocks that come from an item's own content: ``language``, ``attributes``.
            settings: Weights of the map.

        Returns:
            The placer; ``None`` where nothing is known of the items, or nobody likes any.
        """
        likes = np.asarray(dataset.liked.sum(axis=0)).ravel()
        old = best_known(likes, settings)
        coder, blocks = ContentCoder.learn(dataset, settings)
        if not len(old) or (text is None and len(blocks) == 1):
            return None
        mine = [block[old] for block in blocks]
        centre = None if text is None else text_centre(text)
        texts = None if text is None or centre is None else centred_texts(text[old], centre)
        system = likeness(mine, texts, mine, texts, settings)
        places = np.arange(len(old))
        system[places, places] += noise_of(likes[old], settings)
        names = list(values)
        widths = [values[name].shape[1] for name in names]
        target = np.hstack([values[name][old].astype(np.float32) for name in names])
        solved = np.split(positive_solve(system, target), np.cumsum(widths)[:-1], axis=1)
        language = attributes = None
        columns = np.zeros(0, np.int64)
        if text is not None and "language" in own:
            known = np.linalg.norm(text, axis=1) > 0
            language = Readout.learn(text[known], own["language"][known])
        if "attributes" in own and len(blocks) > 1:
            every = hstack(blocks[:-1], format="csr")
            columns = spread_columns(every)
            attributes = Readout.learn(every[:, columns], own["attributes"])
        alphas = dict(zip(names, solved, strict=True))
        return cls(settings, coder, mine, centre, texts, alphas, language, attributes, columns)

    def place(self, items: pl.DataFrame, text: FloatArray | None) -> dict[str, FloatArray]:
        """Where items lie.

        Args:
            items: One row an item, as ``Dataset.items``.
            text: Their text vectors, zeros without a text, [N, D_text].

        Returns:
            float32 [N, M] by the names of ``values`` and ``own``.
        """
        blocks = self.coder.blocks(items)
        centred = None
        if self.centre is not None:
            given = np.zeros((items.height, len(self.centre)), np.float32) if text is None else text
            centred = centred_texts(given, self.centre)
        across = likeness(blocks, centred, self.blocks, self.texts, self.settings)
        found = {name: (across @ alpha).astype(np.float32) for name, alpha in self.alphas.items()}
        if self.language is not None and text is not None:
            known = text.any(axis=1, keepdims=True)
            found["language"] = np.where(known, self.language.read(text), 0).astype(np.float32)
        if self.attributes is not None:
            every = hstack(blocks[:-1], format="csr")[:, self.columns]
            found["attributes"] = self.attributes.read(every)
        return found
