"""Items' attributes as feature blocks: learned once, then for any further items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

from foretaste.core import Dataset, FloatArray
from foretaste.sums import principal_axes
from foretaste.taste.settings import ContentSettings

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Bins", "Block", "Codes", "ContentCoder", "attribute_features", "spread_columns"]

_KNOTS = 24
_LEAST_SHARED = 2
_MOST_COLUMNS = 600

Block: TypeAlias = csr_matrix | FloatArray
"""Features of one column of the catalogue, [I, F_b]."""


@dataclass(frozen=True, eq=False)
class Codes:
    """One column of categories as learned: weight by rarity, rows of length one.

    Attributes:
        places: Column of each value.
        idf: ``ln(I / items that share the value)``, 0 for values of one item or of all, [F].
    """

    places: Mapping[str, int]
    idf: FloatArray

    def encode(self, cells: Sequence[object]) -> csr_matrix:
        """Features of some cells; values never seen say nothing.

        Args:
            cells: A value, a list of values or ``None`` for each item.

        Returns:
            [N, F], rows of length one or empty.
        """
        table = (_marks(cells, self.places.get, max(len(self.places), 1)) @ diags(self.idf)).tocsr()
        scaled = _unit_rows(table)
        scaled.eliminate_zeros()
        return scaled


@dataclass(frozen=True, eq=False)
class Bins:
    """One column of numbers as learned: overlapping bins of equal count.

    Attributes:
        edges: Where a bin is full and its neighbours are empty, [F]; empty when the column
            says nothing.
    """

    edges: FloatArray

    def encode(self, cells: Sequence[object]) -> csr_matrix:
        """Features of some cells; what lies beyond the outermost edges counts as on them.

        Args:
            cells: A number or ``None`` for each item.

        Returns:
            [N, F], rows of length one or empty.
        """
        edges = self.edges
        if len(edges) < 2:
            return csr_matrix((len(cells), 1), dtype=np.float32)
        given = _as_numbers(cells)
        known = np.flatnonzero(np.isfinite(given))
        place = np.interp(given[known], edges, np.arange(len(edges), dtype=float))
        low = np.minimum(place.astype(int), len(edges) - 2)
        high = (place - low).astype(np.float32)
        weights = np.concatenate([1 - high, high])
        columns = np.concatenate([low, low + 1])
        shape = (len(cells), len(edges))
        return _unit_rows(csr_matrix((weights, (np.tile(known, 2), columns)), shape))


@dataclass(frozen=True, eq=False)
class ContentCoder:
    """How items' attributes become feature blocks; learned once, then for any further items.

    Categories are weighted by ``ln(I / items that share the value)`` and scaled to length
    one; numbers become overlapping bins of equal count.

    Attributes:
        columns: Name, how it is read, and its weight, of each column that says anything.
        constant: Weight of what all items share.
    """

    columns: tuple[tuple[str, Codes | Bins, float], ...]
    constant: float

    @classmethod
    def learn(cls, dataset: Dataset, settings: ContentSettings) -> tuple[Self, list[Block]]:
        """Learn from a catalogue.

        Args:
            dataset: Whose items.
            settings: Weights.

        Returns:
            The coder, and what :meth:`blocks` gives for this catalogue.
        """
        columns: list[tuple[str, Codes | Bins, float]] = []
        blocks: list[Block] = []
        for name, role in dataset.item_roles.items():
            if role not in ("category", "categories", "number", "time"):
                continue
            cells = dataset.items[name].to_list()
            many = role in ("category", "categories")
            coded: Codes | Bins = _codes(cells, dataset.n_items) if many else _bins(cells)
            weight = settings.fields.get(name, settings.category if many else settings.number)
            block = coded.encode(cells)
            if weight > 0 and block.nnz:
                columns.append((name, coded, weight))
                blocks.append(_scaled(block, weight))
        coder = cls(tuple(columns), settings.constant)
        return coder, [*blocks, coder._shared(dataset.n_items)]

    def blocks(self, items: pl.DataFrame) -> list[Block]:
        """Feature blocks of any items.

        Args:
            items: One row an item, as ``Dataset.items``; a column may be missing.

        Returns:
            Blocks [N, F_b], each times the square root of its weight; the last is the constant.
        """
        nothing = [None] * items.height
        found: list[Block] = [
            _scaled(
                coded.encode(items[name].to_list() if name in items.columns else nothing), weight
            )
            for name, coded, weight in self.columns
        ]
        return [*found, self._shared(items.height)]

    def _shared(self, count: int) -> FloatArray:
        return np.full((count, 1), np.sqrt(self.constant), np.float32)


def attribute_features(dataset: Dataset, size: int, settings: ContentSettings) -> FloatArray:
    """The attribute blocks, squeezed into a few features.

    Args:
        dataset: Whose items.
        size: Features at most.
        settings: Weights of the columns.

    Returns:
        Centred, float32 [I, size'].
    """
    blocks = ContentCoder.learn(dataset, settings)[1][:-1]
    if not blocks:
        return np.zeros((dataset.n_items, 0), np.float32)
    every = hstack(blocks, format="csr")
    dense = every[:, spread_columns(every)].toarray()
    centre, axes = principal_axes(dense, size)
    found: FloatArray = ((dense - centre) @ axes).astype(np.float32)
    return found


def spread_columns(every: csr_matrix) -> np.ndarray:
    """The columns with the largest sums of squares: as many as principal axes are found for.

    Args:
        every: All blocks side by side, [I, F].

    Returns:
        Their places, ascending.
    """
    spread = np.asarray(every.multiply(every).sum(axis=0)).ravel()
    return np.sort(np.argsort(-spread, kind="stable")[:_MOST_COLUMNS])


def _marks(
    cells: Sequence[object], place: Callable[[str], int | None], width: int | None = None
) -> csr_matrix:
    """Which item carries which value, 0/1."""
    owners: list[int] = []
    columns: list[int] = []
    for row, cell in enumerate(cells):
        given = cell if isinstance(cell, list) else [cell]
        for value in {str(one) for one in given if one is not None}:
            column = place(value)
            if column is not None:
                owners.append(row)
                columns.append(column)
    ones = np.ones(len(owners), np.float32)
    width = max(columns, default=0) + 1 if width is None else width
    return csr_matrix((ones, (owners, columns)), (len(cells), width))


def _codes(cells: Sequence[object], n_items: int) -> Codes:
    code: dict[str, int] = {}
    table = _marks(cells, lambda value: code.setdefault(value, len(code)))
    shared = np.asarray(table.sum(axis=0)).ravel()
    useful = (shared >= _LEAST_SHARED) & (shared < n_items)
    idf = np.where(useful, np.log(n_items / np.maximum(shared, 1)), 0).astype(np.float32)
    return Codes(code, idf)


def _bins(cells: Sequence[object]) -> Bins:
    given = _as_numbers(cells)
    known = given[np.isfinite(given)]
    if len(np.unique(known)) < 2:
        return Bins(np.zeros(0))
    return Bins(np.unique(np.quantile(known, np.linspace(0, 1, _KNOTS))))


def _as_numbers(cells: Sequence[object]) -> FloatArray:
    return np.array([float(one) if isinstance(one, int | float) else np.nan for one in cells])


def _unit_rows(table: csr_matrix) -> csr_matrix:
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (diags(1 / np.maximum(length, 1e-9).astype(np.float32)) @ table).tocsr()


def _scaled(block: csr_matrix, weight: float) -> csr_matrix:
    return (block * np.float32(np.sqrt(weight))).tocsr()
