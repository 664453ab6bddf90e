"""Item-to-item maps kept item by item: what comes next, and what is missing at random."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

from foretaste.core import FloatArray
from foretaste.sums import (
    PeopleSums,
    Sequences,
    leave_one_out_weights,
    likes_of,
    pairs_of,
    positive_solve,
    steps_of,
    weighted_gram,
)
from foretaste.sums.packing import QUANTUM
from foretaste.taste.direction.channels import Channel, Direction
from foretaste.taste.forgetting import SOFTENING
from foretaste.taste.prior import Prior
from foretaste.taste.settings import DirectionSettings

__all__ = ["learn_complete", "learn_counts", "learn_next"]

_NEXT_DECAYS = (0.5, 0.9)
_NEXT_RIDGE = 6.0
_COUNTS_DECAY = 0.6
_COUNTS_TEXT_DECAY = 0.7
_COMPLETE_RIDGE = 500.0
_NEXT_POPULARITY = 0.001


def learn_next(
    sequences: Sequences, prior: Prior, basis: FloatArray, settings: DirectionSettings
) -> Direction:
    """Predict the next item from decayed histories: a directed ridge with several scales.

    ``T = (D'D + ridge S^-1)^-1 D'Y``: ``D`` the decayed histories at every step, scales side
    by side; ``Y`` the next items; ``S = basis basis' + floor I`` the prior covariance of the
    map on the history's side, so that items alike in the data share what they have learned.
    Use :func:`learn_counts` for large or sparse catalogues: ``D'D`` is ``I x I`` per scale.

    Args:
        sequences: What people liked, in order.
        prior: For popularity.
        basis: Factors of the covariance, [I, F].
        settings: Scales, ridge, floor.

    Returns:
        Dense channels.
    """
    decays = settings.decays or _NEXT_DECAYS
    _, known, following = sequences.steps()
    met = np.flatnonzero(prior.popularity > 0)
    place = np.full(sequences.n_items, -1)
    place[met] = np.arange(len(met))
    tables = [known.recent(decay).matrix(decay)[:, met] for decay in decays]
    ones = np.ones(len(following), np.float32)
    target = csr_matrix((ones, (np.arange(len(following)), place[following])),
                        (len(following), len(met)))  # fmt: skip
    side = hstack(tables, format="csr")
    gram = weighted_gram(side)
    moment = (side.T @ target).toarray()
    inverse = _inverse_prior(basis[met], settings.floor)
    penalty = np.float32(settings.ridge or _NEXT_RIDGE)
    for scale in range(len(decays)):
        part = slice(scale * len(met), (scale + 1) * len(met))
        gram[part, part] += penalty * inverse
    found = positive_solve(gram, moment)
    channels = []
    for scale, decay in enumerate(decays):
        dense = np.zeros((sequences.n_items, sequences.n_items), np.float32)
        dense[np.ix_(met, met)] = found[scale * len(met) : (scale + 1) * len(met)]
        channels.append(Channel("direction", decay, 0.0, dense=dense))
    return _without_knots(tuple(channels), prior, _NEXT_POPULARITY)


def learn_counts(sums: PeopleSums, prior: Prior, settings: DirectionSettings) -> Direction:
    """What comes next, from shrunk counts and likeness of texts: for sparse data.

    ``T = D_out^-p C D_in^-q``, ``C`` counting pairs soon after one another, ``D`` its sums
    plus ``shrink``: the directed ridge with its Gram matrix replaced by a power of its
    diagonal, which is all that a few events per item can bear. To it comes
    ``text * max(cos, 0)^power`` of the nearest texts.

    Args:
        sums: The data, as sums over people; beyond 6,000 items their rows are read.
        prior: For popularity.
        settings: Powers, shrinkage, window, text.

    Returns:
        Sparse channels.
    """
    table = _pairs_in_order(sums, settings)
    out = np.asarray(table.sum(axis=1)).ravel() + max(settings.shrink, 1e-6)
    into = np.asarray(table.sum(axis=0)).ravel() + max(settings.shrink, 1e-6)
    scaled = diags((out**-settings.out_power).astype(np.float32)) @ table
    scaled = (scaled @ diags((into**-settings.in_power).astype(np.float32))).tocsr()
    decay = settings.decays[0] if settings.decays else _COUNTS_DECAY
    channels = [Channel("direction", decay, 0.0, sparse=scaled)]
    text = sums.items.vectors.get("text")
    if text is not None and settings.text > 0:
        alike = _nearest_texts(text, settings.text_neighbours, settings.text_power)
        alike.data *= np.float32(settings.text)
        decay = settings.decays[-1] if settings.decays else _COUNTS_TEXT_DECAY
        channels.append(Channel("language", decay, 0.0, sparse=alike))
    return _without_knots(tuple(channels), prior, 1e-3)


def _pairs_in_order(sums: PeopleSums, settings: DirectionSettings) -> csr_matrix:
    chosen = (settings.window, settings.gap_decay, settings.backwards)
    counted = steps_of(sums, *chosen)
    if counted is None:
        return Sequences.of(sums.rows("what comes soon after what")).pairs(*chosen)
    table = counted.counted.astype(np.float32)
    table.data *= np.float32(QUANTUM)
    return table


def learn_complete(sums: PeopleSums, prior: Prior, settings: DirectionSettings) -> Direction:
    """What is missing at random: every absent item is evidence against, the item asked not.

    ``score_i = sum_j B_ji`` with leave-one-out weights of the person-weighted Gram matrix (its
    mean lies in the kernel: popularity is what many weights together say); the noise of item
    ``j`` is ``ridge + dropout/(1-dropout) G_jj`` (EDLAE). The order of events plays no part.
    Somebody without any event gets popularity.

    Args:
        sums: The data, as sums over people.
        prior: For popularity.
        settings: Ridge and dropout.

    Returns:
        One dense channel without ageing.
    """
    met = np.flatnonzero(prior.popularity > 0)
    gram, level = _person_weighted(sums, met)
    noise = np.float32((settings.ridge or _COMPLETE_RIDGE) * level) + np.float32(
        settings.dropout / (1 - settings.dropout)
    ) * np.diag(gram)
    small = leave_one_out_weights(gram, noise)
    dense = np.zeros((sums.items.n_items, sums.items.n_items), np.float32)
    dense[np.ix_(met, met)] = small
    channel = Channel("collaborative", 1.0, 0.0, dense=dense)
    return _without_knots((channel,), prior, 0.0)


def _person_weighted(sums: PeopleSums, met: np.ndarray) -> tuple[FloatArray, float]:
    """``X' diag(w) X`` of the items met, and the mean weight of a like."""
    counted = pairs_of(sums, SOFTENING)
    if counted is not None:
        gram = counted.table(np.float32)[np.ix_(met, met)]
        return gram, float(counted.first.sum()) / max(float(likes_of(sums).first.sum()), 1.0)
    liked = sums.rows("what completes a history").liked
    events = np.diff(liked.indptr)
    table = liked[events > 0][:, met]
    gram = weighted_gram(table, (events[events > 0] + SOFTENING) ** -0.5)
    return gram, float(np.trace(gram)) / max(table.nnz, 1)


def _without_knots(channels: tuple[Channel, ...], prior: Prior, popularity: float) -> Direction:
    base = prior.popularity.astype(np.float32)
    means = np.vstack([base, popularity * base]).astype(np.float32)
    empty = np.zeros((len(base), 0), np.float32)
    return Direction(channels, empty, (0, 1), means, 0.0, 1.0)


def _inverse_prior(factors: FloatArray, floor: float) -> FloatArray:
    """``(F F' + floor I)^-1`` by the matrix inversion lemma, float32 [I, I]."""
    size = factors.shape[1]
    inner = factors.T @ factors + np.float32(floor) * np.eye(size, dtype=np.float32)
    half = positive_solve(inner, np.ascontiguousarray(factors.T))
    inverse: FloatArray = -(factors @ half) / np.float32(floor)
    places = np.arange(len(factors))
    inverse[places, places] += np.float32(1 / floor)
    return inverse


def _nearest_texts(text: FloatArray, count: int, power: float, chunk: int = 1_024) -> csr_matrix:
    """``max(cos, 0)^power`` of each item's nearest texts, without itself, [I, I]."""
    n_items = len(text)
    keep = min(count, max(n_items - 1, 0))
    data, columns = [], []
    for start in range(0, n_items, chunk):
        alike = np.maximum(text[start : start + chunk] @ text.T, 0.0)
        places = np.arange(len(alike))
        alike[places, start + places] = -1.0
        best = np.argpartition(-alike, keep - 1, axis=1)[:, :keep] if keep else alike[:, :0]
        best = np.sort(best.astype(np.int64), axis=1)
        columns.append(best.ravel())
        near = np.maximum(np.take_along_axis(alike, best, axis=1), 0.0)
        data.append(near.ravel() ** np.float32(power))
    starts = np.arange(n_items + 1) * keep
    return csr_matrix((np.concatenate(data), np.concatenate(columns), starts), (n_items, n_items))
