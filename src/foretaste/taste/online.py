"""A belief kept between requests: rank-one updates, downdates and drift."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from foretaste.core import FloatArray
from foretaste.taste.hearing import Heard
from foretaste.taste.prior import Prior

__all__ = ["Belief", "drifted", "forgotten", "learned", "started"]


@dataclass(frozen=True, eq=False)
class Belief:
    """``w ~ N(mean, covariance)`` and what was liked so far.

    Attributes:
        profile: What the profile said before any event, [D].
        words: What words and absence said, [D]; with the profile it is the prior mean.
        mean: [D].
        covariance: ``Sigma``, [D, D].
        liked: Rows of liked items, oldest first: what direction needs, [n].
    """

    profile: FloatArray
    words: FloatArray
    mean: FloatArray
    covariance: FloatArray
    liked: np.ndarray


def started(profile: FloatArray, words: FloatArray) -> Belief:
    """Belief before any event: ``N(profile + words, I)``.

    Args:
        profile: Shift of the mean by the profile, [D].
        words: Shift by words and absence, [D].

    Returns:
        The belief.
    """
    nothing = np.empty(0, np.int64)
    return Belief(profile, words, profile + words, np.eye(len(words)), nothing)


def learned(belief: Belief, heard: Heard, prior: Prior) -> Belief:
    """One Kalman step per observation.

    ``g = Sigma phi / (phi' Sigma phi + s2)``; ``m += g (y - mu - phi m)``;
    ``Sigma -= g phi' Sigma``.

    Args:
        belief: What was believed; stays as it was.
        heard: What happened.
        prior: Features and popularity.

    Returns:
        What is believed now.
    """
    return _moved(belief, heard, prior, 1.0, np.concatenate([belief.liked, heard.liked]))


def forgotten(belief: Belief, heard: Heard, prior: Prior) -> Belief:
    """Downdates: the same step with noise ``-s2`` takes an observation out again.

    Args:
        belief: A belief that has seen the events.
        heard: What to forget; of an item liked twice, the newest event goes.
        prior: Features and popularity.

    Returns:
        The belief as if they had never been.
    """
    liked = belief.liked.tolist()
    for row in heard.liked[::-1].tolist():
        if row in liked:
            del liked[len(liked) - 1 - liked[::-1].index(row)]
    return _moved(belief, heard, prior, -1.0, np.array(liked, np.int64))


def drifted(belief: Belief, keep: float) -> Belief:
    """Forget towards the prior, never towards nothing.

    ``Lambda <- keep Lambda + (1 - keep) I`` and the information vector likewise towards
    ``m``'s.

    Args:
        belief: What was believed.
        keep: Share of what was learned that is kept, in [0, 1].

    Returns:
        The weaker belief.
    """
    precision = np.linalg.inv(belief.covariance)
    information = keep * (precision @ belief.mean) + (1 - keep) * (belief.profile + belief.words)
    precision = keep * precision + (1 - keep) * np.eye(len(precision))
    covariance = np.linalg.inv(precision)
    return replace(belief, mean=covariance @ information, covariance=covariance)


def _moved(belief: Belief, heard: Heard, prior: Prior, sign: float, liked: np.ndarray) -> Belief:
    mean, covariance = belief.mean.copy(), belief.covariance.copy()
    for row, value, noise in zip(heard.rows, heard.values, heard.noise, strict=True):
        phi = prior.features[row].astype(np.float64)
        along = covariance @ phi
        gain = along / (phi @ along + sign * noise)
        mean += gain * (value - prior.popularity[row] - phi @ mean)
        covariance -= np.outer(gain, along)
    return replace(belief, mean=mean, covariance=covariance, liked=liked)
