"""A text index with some items' texts new or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from foretaste.core.arrays import frozen
from foretaste.core.dataset import Role
from foretaste.language.text_index import TextIndex

if TYPE_CHECKING:
    import polars as pl

__all__ = ["with_items"]


def with_items(
    index: TextIndex, rows: np.ndarray, items: pl.DataFrame, roles: Mapping[str, Role]
) -> TextIndex:
    """Index items at given rows; equal to building from the whole catalogue as it then is.

    An index without its encoder takes in the words alone, which is all it matches by. Use
    :meth:`TextIndex.add` where all items are new.

    Args:
        index: The index; stays as it was.
        rows: Where the items lie: present rows are replaced, further ones follow without a
            gap, int [N].
        items: The items in the order of ``rows``, as ``Dataset.items``.
        roles: Roles of its columns.

    Returns:
        A new index.

    """
    if index.encoder is None:
        found = with_items(replace(index, encoder=_NoMeaning(index)), rows, items, roles)
        return replace(found, encoder=None)
    count = len(index)
    if np.array_equal(rows, np.arange(count, count + len(rows))):
        return index.add(items, roles)
    # While both versions of a changed item are held the limit on passages is not yet due.
    room = {"passages_up_to": index.settings.passages_up_to + len(rows)}
    roomy = replace(index, settings=index.settings.model_copy(update=room))
    longer = roomy.add(items, roles)
    size = max(count, int(rows.max(initial=-1)) + 1)
    order = np.arange(size)
    order[rows] = count + np.arange(len(rows))
    passages, starts = longer.passages, longer.starts
    if len(starts):
        ends = np.append(starts[1:], len(passages))
        lengths = (ends - starts)[order]
        begins = np.cumsum(lengths) - lengths
        taken = np.repeat(starts[order] - begins, lengths) + np.arange(int(lengths.sum()))
        passages, starts = passages[taken], begins
    if size > index.settings.passages_up_to:
        passages, starts = passages[:0], starts[:0]
    words = longer.lexical
    counts = {name: csr_matrix(matrix[order]) for name, matrix in words.counts.items()}
    return replace(
        longer,
        settings=index.settings,
        lexical=replace(words, counts=counts),
        vectors=frozen(longer.vectors[order]),
        passages=frozen(passages),
        starts=frozen(starts, np.int64),
    )


class _NoMeaning:
    """Stands in for an encoder that is not at hand."""

    def __init__(self, index: TextIndex) -> None:
        self.name = index.encoder_name
        self.size = index.vectors.shape[1]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Zeros.

        Args:
            texts: Not read.

        Returns:
            float32 [N, size].
        """
        return np.zeros((len(texts), self.size), np.float32)
