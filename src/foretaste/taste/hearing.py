"""What a history says, as observations with noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from foretaste.core import Evidence, FloatArray
from foretaste.taste.settings import PriorSettings

__all__ = ["Heard", "Hearing"]

_DAY_S = 86_400.0
_MOST_DOUBLINGS = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Observations ``y_j = f_j + e_j`` and the order of what was liked.

    Attributes:
        places: Positions in the history of events that say anything, [n].
        rows: Their items, [n].
        values: ``y``: 1 for any degree of liking, the (negative) signal for dislike, [n].
        noise: Variance of each, [n]: a weaker signal is a noisier one.
        liked_places: Positions in the history of liked events, oldest first, [m].
        liked: Their items, [m].
    """

    places: np.ndarray
    rows: np.ndarray
    values: FloatArray
    noise: FloatArray
    liked_places: np.ndarray
    liked: np.ndarray


@dataclass(frozen=True, slots=True)
class Hearing:
    """Reads histories: evidence of several kinds becomes observations.

    Variance of one observation = ``noise * kind factor / |signal| * 2^(age / half life)``:
    time decay is noise, not deletion. An unknown time has no age.

    Attributes:
        settings: Noise and half life.
        kinds: Names of event kinds, as in ``Dataset.kinds``.
    """

    settings: PriorSettings
    kinds: Sequence[str]

    def hear(self, evidence: Evidence) -> Heard:
        """Read one person's history.

        Args:
            evidence: Whoever asks.

        Returns:
            The observations.
        """
        history = evidence.history
        signals = history.signals
        places = np.flatnonzero(signals)
        loud = np.abs(signals[places]).astype(np.float64)
        noise = self.settings.noise / loud
        factors = self.settings.kind_noise
        if factors:
            table = np.ones(256)
            for code, name in enumerate(self.kinds):
                table[code] = factors.get(name, 1.0)
            noise = noise * table[history.kinds[places]]
        if self.settings.half_life_days is not None and len(places):
            noise = noise * self._ageing(evidence, places)
        values = np.where(signals[places] > 0, 1.0, signals[places].astype(np.float64))
        liked = np.flatnonzero(signals > 0)
        rows = history.rows
        return Heard(places, rows[places], values, noise, liked, rows[liked])

    def _ageing(self, evidence: Evidence, places: np.ndarray) -> FloatArray:
        times_s = evidence.history.times_s
        known = np.isfinite(times_s)
        if not known.any():
            return np.ones(len(places))
        now_s = evidence.time_s if evidence.time_s is not None else float(times_s[known].max())
        assert self.settings.half_life_days is not None
        days = np.where(known, np.maximum(now_s - times_s, 0.0), 0.0)[places] / _DAY_S
        doublings: FloatArray = np.minimum(days / self.settings.half_life_days, _MOST_DOUBLINGS)
        return 2.0**doublings
