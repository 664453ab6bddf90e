"""One person, read once for the score, the reasons and the uncertainty of one answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from foretaste.core import Evidence, FloatArray
from foretaste.taste.direction import Direction
from foretaste.taste.hearing import Heard, Hearing
from foretaste.taste.posterior import Posterior, condition
from foretaste.taste.prior import Prior

__all__ = ["Reading"]

_FADED = 1e-8
"""Weight of an event, against that of the newest, below which it changes no float32 sum."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What a fitted taste makes of somebody's evidence.

    Attributes:
        evidence: Whoever asks.
        hearing: Reads the history.
        prior: What is believed in advance.
        direction: What order and age add.
    """

    evidence: Evidence
    hearing: Hearing
    prior: Prior
    direction: Direction

    @cached_property
    def heard(self) -> Heard:
        """The history as observations."""
        return self.hearing.hear(self.evidence)

    @property
    def count(self) -> int:
        """Number of liked events."""
        return len(self.heard.liked)

    @cached_property
    def told(self) -> tuple[FloatArray, FloatArray]:
        """What the profile, and what words, shift; each [D]."""
        prior, evidence = self.prior, self.evidence
        nothing: FloatArray = np.zeros(prior.features.shape[1])
        length = self.hearing.settings.words_taste
        profile = prior.profile_shift(evidence, length)
        vector = None if evidence.wish is None else evidence.wish.vector
        words = nothing
        if vector is not None and len(vector) == len(prior.words_map):
            words = prior.words_shift(vector, length)
        return nothing if profile is None else profile, words

    @property
    def prior_mean(self) -> FloatArray:
        """``m_a(x_u)``, [D]."""
        profile, words = self.told
        return profile + words + self.prior.absence

    @cached_property
    def posterior(self) -> Posterior:
        """The belief after all observations, about the prior mean."""
        heard, prior = self.heard, self.prior
        features = prior.features[heard.rows]
        expected = prior.popularity[heard.rows] + features @ self.prior_mean
        return condition(features, heard.values - expected, heard.noise)

    @cached_property
    def traces(self) -> dict[str, FloatArray]:
        """What each liked event leaves in the factors of direction, by block, [m, R]."""
        liked, found = self.heard.liked, dict[str, FloatArray]()
        for channel in self.direction.channels if len(liked) else ():
            if channel.left is None:
                continue
            weights = self.direction._weights(channel, len(liked))
            trace = found.get(channel.block)
            if trace is None:
                trace = found[channel.block] = channel.left[liked]
                trace *= weights[:, None]
                continue
            # What has faded below rounding adds nothing: weights grow towards the newest.
            start = int(np.searchsorted(weights, _FADED * weights[-1]))
            newer = channel.left[liked[start:]]
            newer *= weights[start:, None]
            trace[start:] += newer
        return found

    @cached_property
    def place(self) -> FloatArray:
        """``[m + strength * shift, z]``: what all items are multiplied with, float32 [D + R]."""
        count = self.count
        profile, words = self.told
        place = words + self.prior.absence + self.direction.profile_share(count) * profile
        strength = self.direction.posterior_share(count)
        if strength > 0 and len(self.heard.rows):
            place = place + strength * self.posterior.shift
        factors = np.zeros(self.direction.right.shape[1], np.float32)
        for trace in self.traces.values():
            factors += np.ones(len(trace), np.float32) @ trace
        return np.concatenate([place, factors]).astype(np.float32)
