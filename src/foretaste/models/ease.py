"""EASE: a linear autoencoder whose weights have a closed form."""

from __future__ import annotations

import numpy as np
from pydantic import Field
from scipy.linalg import lapack

from foretaste.core import Dataset, FloatArray, Settings
from foretaste.core.errors import LimitError
from foretaste.models.item_item import FittedItemItem
from foretaste.sums import PeopleSums, pairs_of

__all__ = ["Ease", "ease_weights"]

_SLAB = 1_000
"""Items whose co-counts are made dense at a time."""


def ease_weights(gram: FloatArray, ridge: float) -> FloatArray:
    """Weights of EASE from item co-counts.

    ``P = (X'X + ridge I)^-1``, ``W_ij = -P_ij / P_jj``, ``W_ii = 0``: the exact minimiser of
    ``|X - XW|^2 + ridge |W|^2`` subject to a zero diagonal (Steck, "Embarrassingly shallow
    autoencoders for sparse data", WWW 2019). Inverted in place by Cholesky in float64.

    Args:
        gram: ``X'X``, [I, I]; left as it is.
        ridge: Regularisation, > 0.

    Returns:
        ``W``, float32 [I, I].

    Raises:
        LimitError: If ``gram + ridge I`` is not positive definite.
    """
    return _weights_in_place(np.array(gram, dtype=np.float64, order="F"), ridge)


def _weights_in_place(gram: FloatArray, ridge: float) -> FloatArray:
    """The same, in the memory of a float64 gram in Fortran order."""
    if not gram.size:
        return np.zeros((0, 0), np.float32)
    np.fill_diagonal(gram, gram.diagonal() + ridge)
    factor, failed = lapack.dpotrf(gram, lower=1, overwrite_a=1, clean=0)
    if not failed:
        inverse, failed = lapack.dpotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise LimitError(
            "the co-counts of items cannot be inverted",
            got=f"ridge {ridge}",
            remedy="Use a larger ridge",
        )
    variance = inverse.diagonal().copy()
    weights = np.empty(inverse.shape, np.float32)
    # dpotri leaves the lower triangle: P_ij for i >= j; the upper is its mirror.
    for start in range(0, len(inverse), _SLAB):
        part = slice(start, start + _SLAB)
        block = np.tril(inverse[part], start) + np.triu(inverse[:, part].T, start + 1)
        weights[part] = block / -variance[None, :]
    np.fill_diagonal(weights, 0.0)
    return weights


class Ease(Settings):
    """EASE: a linear autoencoder whose weights have a closed form.

    See :func:`ease_weights`. Near the best of all models on dense data. It knows neither
    order nor words nor new items: use the taste model for those, ``itemknn`` or ``ials`` for
    very large catalogues. Costs ``I^3`` multiplications once, about ``13 I^2`` bytes while
    fitting (3.5k items: 160 MB and two to three seconds; 20k: 5 GB and some minutes), and
    ``4 I^2`` bytes afterwards.

    Attributes:
        ridge: Regularisation; 100-1000 completes histories, more predicts from few events
            (see :data:`foretaste.models.GRIDS`).
        max_items: Refuse catalogues whose weights would not fit in memory.
    """

    ridge: float = Field(default=800.0, gt=0)
    max_items: int = Field(default=30_000, gt=0)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FittedItemItem:
        """Invert the co-counts.

        Args:
            dataset: The data; likes count, everything else does not.
            rng: Not used: the solution is unique.

        Returns:
            The fitted model.

        Raises:
            LimitError: If there are more than ``max_items`` items.
        """
        return self.fit_from(PeopleSums(dataset), rng=rng)

    def fit_from(self, sums: PeopleSums, *, rng: np.random.Generator) -> FittedItemItem:
        """Invert the co-counts, kept as sums up to :data:`foretaste.sums.MOST_PAIRED` items.

        Args:
            sums: The data, as sums over people.
            rng: Not used.

        Returns:
            The fitted model.

        Raises:
            LimitError: If there are more than ``max_items`` items.
        """
        n_items = sums.items.n_items
        if n_items > self.max_items:
            raise LimitError(
                "the catalogue is too large for ease",
                expected=f"at most {self.max_items} items",
                got=str(n_items),
                remedy="Use itemknn or ials, or raise max_items (memory: 13 bytes x items^2)",
            )
        counted = pairs_of(sums)
        if counted is not None:
            # A symmetric table is its own transpose: this is Fortran order without a copy.
            return FittedItemItem(_weights_in_place(counted.table().T, self.ridge))
        x = sums.rows("what is liked together").liked.tocsc()
        gram = np.empty((n_items, n_items), order="F")
        for start in range(0, n_items, _SLAB):
            part = slice(start, start + _SLAB)
            gram[:, part] = (x.T @ x[:, part]).toarray()
        return FittedItemItem(_weights_in_place(gram, self.ridge))
