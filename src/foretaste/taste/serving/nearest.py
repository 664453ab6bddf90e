"""Links between the nearest texts, for items that came after the fit."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import FloatArray
from foretaste.taste.settings import DirectionSettings

__all__ = ["with_nearest"]


def with_nearest(
    table: csr_matrix, text: FloatArray, rows: np.ndarray, settings: DirectionSettings
) -> csr_matrix:
    """The map of nearest texts with some items new or changed, as a fit would have made it.

    New items get links to their nearest texts, and take the place of what is farther away among
    the links of others.

    Args:
        table: ``text * max(cos, 0)^power`` of each item's nearest texts, [I, I]; new items have
            empty rows and columns.
        text: Text vectors of all items, [I, D_text].
        rows: The items, [N].
        settings: Weight, power and number of links.

    Returns:
        A new map.
    """
    size = len(text)
    keep = min(settings.text_neighbours, max(size - 1, 0))
    if not keep or not len(rows):
        return table
    alike = np.maximum(text[rows] @ text.T, 0.0)
    alike[np.arange(len(rows)), rows] = -1.0
    links = np.float32(settings.text) * np.maximum(alike, 0.0) ** np.float32(settings.text_power)
    fresh = np.zeros(size, bool)
    fresh[rows] = True
    # What was said of these items before is taken out, and what they say themselves is put in.
    old = table.tocoo()
    stays = ~(fresh[old.row] | fresh[old.col])
    begin, column, value = old.row[stays], old.col[stays], old.data[stays]
    counts = np.bincount(begin, minlength=size)
    least = np.full(size, np.inf, np.float32)
    np.minimum.at(least, begin, value)
    least[counts < keep] = -np.inf  # there is room
    nearer = np.argwhere((links > least) & ~fresh & (alike >= 0))
    best = np.argpartition(-alike, keep - 1, axis=1)[:, :keep]
    owners = np.repeat(np.arange(len(rows)), keep)
    begin = np.concatenate([begin, nearer[:, 1], rows[owners]])
    column = np.concatenate([column, rows[nearer[:, 0]], best.ravel()])
    value = np.concatenate([value, links[nearer[:, 0], nearer[:, 1]], links[owners, best.ravel()]])
    # Of each row the largest stay: sorted by row, then by falling value, place within the row.
    order = np.lexsort((column, -value, begin))
    begin, column, value = begin[order], column[order], value[order]
    starts = np.searchsorted(begin, np.arange(size))
    kept = np.arange(len(begin)) - starts[begin] < keep
    parts = (value[kept].astype(np.float32), (begin[kept], column[kept]))
    return csr_matrix(parts, (size, size))
