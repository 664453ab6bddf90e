"""The text-to-taste map: from what an item is to where it lies among tastes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags

from foretaste.core import Dataset, FloatArray
from foretaste.sums import positive_solve, principal_axes
from foretaste.taste.settings import ContentSettings

__all__ = ["ContentMap", "attribute_features", "content_blocks"]

_KNOTS = 24
_LEAST_SHARED = 2
_MOST_COLUMNS = 600


def content_blocks(dataset: Dataset, settings: ContentSettings) -> list[csr_matrix | FloatArray]:
    """Feature blocks whose inner products, summed, say how alike two items are.

    Categories are weighted by ``ln(I / items that share the value)`` and scaled to length
    one; numbers become overlapping bins of equal count; text vectors are centred.

    Args:
        dataset: Whose items.
        settings: Weights.

    Returns:
        Blocks [I, F_b], each times the square root of its weight; the last is the constant.
    """
    blocks: list[csr_matrix | FloatArray] = []
    for name, role in dataset.item_roles.items():
        if role in ("category", "categories"):
            block = _categories(dataset.items[name].to_list(), dataset.n_items)
            weight = settings.fields.get(name, settings.category)
        elif role in ("number", "time"):
            block = _numbers(dataset.items[name].to_list())
            weight = settings.fields.get(name, settings.number)
        else:
            continue
        if weight > 0 and block.nnz:
            blocks.append((block * np.float32(np.sqrt(weight))).tocsr())
    constant = np.full((dataset.n_items, 1), np.sqrt(settings.constant), np.float32)
    return [*blocks, constant]


def attribute_features(dataset: Dataset, size: int, settings: ContentSettings) -> FloatArray:
    """The attribute blocks, squeezed into a few features.

    Args:
        dataset: Whose items.
        size: Features at most.
        settings: Weights of the columns.

    Returns:
        Centred, float32 [I, size'].
    """
    from scipy.sparse import hstack

    blocks = content_blocks(dataset, settings)[:-1]
    if not blocks:
        return np.zeros((dataset.n_items, 0), np.float32)
    every = hstack(blocks, format="csr")
    spread = np.asarray(every.multiply(every).sum(axis=0)).ravel()
    best = np.sort(np.argsort(-spread, kind="stable")[:_MOST_COLUMNS])
    dense = every[:, best].toarray()
    centre, axes = principal_axes(dense, size)
    found: FloatArray = ((dense - centre) @ axes).astype(np.float32)
    return found


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
        new = np.flatnonzero(likes == 0)
        old = np.flatnonzero(likes > 0)
        if len(old) > settings.most_items:
            old = np.sort(old[np.argsort(-likes[old], kind="stable")[: settings.most_items]])
        blocks = content_blocks(dataset, settings)
        text = dataset.vectors.get("text")
        if not len(new) or not len(old) or (text is None and len(blocks) == 1):
            return cls(new[:0], old[:0], np.zeros((0, 0), np.float32))
        kernel = _kernel(blocks, text, old, old, settings)
        places = np.arange(len(old))
        kernel[places, places] += settings.ridge * (1 + settings.rare / (likes[old] + 1))
        across = _kernel(blocks, text, old, new, settings)
        return cls(new, old, positive_solve(kernel, across).T.astype(np.float32))

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


def _kernel(
    blocks: list[csr_matrix | FloatArray],
    text: FloatArray | None,
    left: np.ndarray,
    right: np.ndarray,
    settings: ContentSettings,
) -> FloatArray:
    total = np.zeros((len(left), len(right)), np.float32)
    for block in blocks:
        product = block[left] @ block[right].T
        total += product if isinstance(product, np.ndarray) else product.toarray()
    if text is not None and settings.text + settings.text_squared > 0:
        known = np.linalg.norm(text, axis=1) > 0
        centre = text[known].mean(axis=0) if known.any() else 0.0
        moved = np.where(known[:, None], text - centre, 0.0).astype(np.float32)
        moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
        alike = moved[left] @ moved[right].T
        total += settings.text * alike + settings.text_squared * np.maximum(alike, 0) ** 2
    return total


def _categories(cells: list[object], n_items: int) -> csr_matrix:
    code: dict[str, int] = {}
    owners: list[int] = []
    values: list[int] = []
    for row, cell in enumerate(cells):
        given = cell if isinstance(cell, list) else [cell]
        for value in {str(one) for one in given if one is not None}:
            owners.append(row)
            values.append(code.setdefault(value, len(code)))
    ones = np.ones(len(owners), np.float32)
    table = csr_matrix((ones, (owners, values)), (len(cells), max(len(code), 1)))
    shared = np.asarray(table.sum(axis=0)).ravel()
    useful = (shared >= _LEAST_SHARED) & (shared < n_items)
    idf = np.where(useful, np.log(n_items / np.maximum(shared, 1)), 0).astype(np.float32)
    table = (table @ diags(idf)).tocsr()
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    scaled = (diags(1 / np.maximum(length, 1e-9).astype(np.float32)) @ table).tocsr()
    scaled.eliminate_zeros()
    return scaled


def _numbers(cells: list[object]) -> csr_matrix:
    given = np.array(
        [float(one) if isinstance(one, int | float) else np.nan for one in cells], float
    )
    known = np.flatnonzero(np.isfinite(given))
    if len(np.unique(given[known])) < 2:
        return csr_matrix((len(cells), 1), dtype=np.float32)
    edges = np.unique(np.quantile(given[known], np.linspace(0, 1, _KNOTS)))
    place = np.interp(given[known], edges, np.arange(len(edges), dtype=float))
    low = np.minimum(place.astype(int), len(edges) - 2)
    high = (place - low).astype(np.float32)
    weights = np.concatenate([1 - high, high])
    columns = np.concatenate([low, low + 1])
    table = csr_matrix((weights, (np.tile(known, 2), columns)), (len(cells), len(edges)))
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (diags(1 / np.maximum(length, 1e-9).astype(np.float32)) @ table).tocsr()
