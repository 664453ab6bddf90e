"""Learning direction from tasks built like the deployment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from foretaste.core import FloatArray
from foretaste.sums import Sequences, Windows, leading, ridge
from foretaste.taste.direction.channels import Channel, Direction
from foretaste.taste.posterior import condition_many
from foretaste.taste.prior import Prior
from foretaste.taste.settings import DirectionSettings

__all__ = ["learn_later"]

_CHUNK = 4_096
_LEAST_TASKS = 20
_MEAN_RIDGE = 20.0
_LATER_DECAYS = (1.0, 0.95, 0.7)
_LATER_POWERS = (0.5, 0.0, 0.0)
_LATER_RIDGE = 30.0


@dataclass
class _Sums:
    """``Z'WZ`` and ``Z'WY`` over tasks; additive over people and chunks."""

    gram: FloatArray
    moment: FloatArray
    offset: FloatArray

    @classmethod
    def empty(cls, features: int, items: int, beliefs: int) -> _Sums:
        shapes = ((features, features), (features, items), (features, beliefs))
        return cls(*(np.zeros(shape, np.float32) for shape in shapes))

    def add(
        self, features: FloatArray, weights: FloatArray, target: csr_matrix, known: FloatArray
    ) -> None:
        weighted = features * weights[:, None]
        self.gram += weighted.T @ features
        self.moment += np.asarray((target.T @ weighted).T, np.float32)
        self.offset += weighted.T @ known


def learn_later(
    sequences: Sequences,
    prior: Prior,
    basis: FloatArray,
    noise: float,
    settings: DirectionSettings,
    rank: int,
    rng: np.random.Generator,
) -> Direction:
    """Learn from the first ``n`` events what comes at any time after them.

    A task is a person cut after ``n`` events. Its features are the history read in the
    collaborative basis at several time scales, ``z_s = n^-p_s sum_j decay_s^age_j basis_j``,
    and a mean for each size of ``n``. What the prior's posterior already says, times
    :meth:`Direction.posterior_share`, is subtracted from what is to be predicted (all later
    items, 0/1); the rest is ridge regression: a Gaussian prior on the map whose covariance on
    the history's side is that of the basis. People weigh ``1/sqrt(events + 10)``. The map is
    kept at low rank. All sums are additive over people.

    Args:
        sequences: What people liked, in order.
        prior: The prior whose posterior is completed.
        basis: Features a history is read in, [I, F].
        noise: Variance of one clear observation.
        settings: Scales, ridge, sizes.
        rank: Features kept of the map.
        rng: Draws the people when there are too many.

    Returns:
        The direction; its strength is the settings'.
    """
    decays = settings.decays or _LATER_DECAYS
    powers = settings.powers or (_LATER_POWERS if settings.decays is None else (0.0,) * len(decays))
    cuts = _cuts(sequences, settings, rng)
    knots = (0, *(count for count, *_ in cuts if count & (count - 1) == 0))
    n_knots, width = len(knots) - 1, basis.shape[1]
    empty = _popularity_only(prior)
    if n_knots == 0 or width == 0:
        return empty
    size = n_knots + len(decays) * width
    sums = _Sums.empty(size, sequences.n_items, prior.features.shape[1])
    shape = Direction((), empty.right, knots, empty.means, settings.strength,
                      settings.strength_events)  # fmt: skip
    everybody = sequences.weights(np.concatenate([people for _, people, *_ in cuts]))
    done = 0
    for count, people, known, later in cuts:
        weights = everybody[done : done + len(people)]
        done += len(people)
        share = np.float32(shape.posterior_share(count))
        for start in range(0, len(people), _CHUNK):
            piece = slice(start, start + _CHUNK)
            cut = _only(known, piece)
            features = np.hstack(
                [np.tile(_place(count, knots), (len(cut), 1))]
                + [cut.matrix(d, p) @ basis for d, p in zip(decays, powers, strict=True)]
            ).astype(np.float32)
            believed = _believed(cut, sequences, prior, noise) * share
            sums.add(features, weights[piece], _only(later, piece).matrix(), believed)
    return _solved(sums, prior, basis, settings, shape, rank, tuple(decays), tuple(powers))


def _solved(
    sums: _Sums,
    prior: Prior,
    basis: FloatArray,
    settings: DirectionSettings,
    shape: Direction,
    rank: int,
    decays: tuple[float, ...],
    powers: tuple[float, ...],
) -> Direction:
    n_knots, width = len(shape.knots) - 1, basis.shape[1]
    base = prior.popularity.astype(np.float32)
    moment = sums.moment
    moment -= sums.offset @ prior.features.T
    moment -= np.outer(sums.gram[:, :n_knots].sum(axis=1), base)
    penalty = np.full(len(sums.gram), settings.ridge or _LATER_RIDGE, np.float32)
    penalty[:n_knots] = _MEAN_RIDGE
    found = ridge(sums.gram, moment, penalty)
    means = np.vstack([base, base + found[:n_knots]])
    left, right = leading(found[n_knots:], rank)
    channels = tuple(
        Channel("direction", decay, power, left=basis @ left[s * width : (s + 1) * width])
        for s, (decay, power) in enumerate(zip(decays, powers, strict=True))
    )
    return Direction(channels, right, shape.knots, means, shape.strength, shape.strength_events)


def _popularity_only(prior: Prior) -> Direction:
    """What is left when there are no tasks: the posterior and popularity."""
    base = prior.popularity.astype(np.float32)
    return Direction((), np.zeros((len(base), 0), np.float32), (0,), base[None], 1.0, 1e9)


def _cuts(
    sequences: Sequences, settings: DirectionSettings, rng: np.random.Generator
) -> list[tuple[int, np.ndarray, Windows, Windows]]:
    """Number of known events, people, what is known and what comes later, for each number."""
    chosen = np.zeros(len(sequences.lengths), bool)
    chosen[rng.permutation(len(chosen))[: settings.most_people]] = True
    cuts = []
    for count in settings.shots:
        people, known, later = sequences.after(count)
        keep = chosen[people]
        if keep.sum() >= _LEAST_TASKS:
            cuts.append((count, people[keep], _only(known, keep), _only(later, keep)))
    return cuts


def _believed(cut: Windows, sequences: Sequences, prior: Prior, noise: float) -> FloatArray:
    """Posterior shifts of the tasks, all with equally many events, [T, D]."""
    flat = cut.begins[:, None] + np.arange(int(cut.lengths[0]))
    rows = sequences.rows[flat]
    heard = (noise / sequences.signals[flat]).astype(np.float32)
    left = (1.0 - prior.popularity[rows]).astype(np.float32)
    return condition_many(prior.features[rows], left, heard)


def _place(count: int, knots: tuple[int, ...]) -> FloatArray:
    logs = np.log2(np.array(knots[1:], float))
    units = np.eye(len(logs))
    return np.array([np.interp(np.log2(count), logs, unit) for unit in units], np.float32)


def _only(windows: Windows, keep: np.ndarray | slice) -> Windows:
    return Windows(windows.begins[keep], windows.ends[keep], windows.rows, windows.n_items)
