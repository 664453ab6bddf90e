"""What attributes of a person, and the circumstances of a request, shift in advance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from foretaste.core import FloatArray
from foretaste.sums import ridge
from foretaste.taste.forgetting import CircumstanceSums, ProfileSums
from foretaste.taste.ratings.profile import ProfileCoder
from foretaste.taste.settings import PriorSettings

__all__ = ["ProfileTable", "learn_context"]


@dataclass(frozen=True, eq=False)
class ProfileTable:
    """``m(x_u) = x_u W``: ridge from indicators of a profile to where people's tastes lie.

    Attributes:
        coder: Reads profiles.
        weights: ``W``, [F, D]; ``F = 0`` when nothing is to be used.
    """

    coder: ProfileCoder
    weights: FloatArray

    @classmethod
    def learn(
        cls,
        sums: ProfileSums,
        features: FloatArray,
        popularity: FloatArray,
        settings: PriorSettings,
    ) -> ProfileTable:
        """Regress tastes on profiles.

        A person's taste is where least squares puts it from their whole row, absences
        included, ``t_u = (phi'phi)^-1 phi' (x_u - mu)``; the regression on their indicators is
        shrunk by ``profile_ridge`` people for each value. Both are linear in ``x_u``, so sums
        over people are all that is needed.

        Args:
            sums: Over people with attributes.
            features: ``phi``, [I, D].
            popularity: ``mu``, [I].
            settings: The ridge.

        Returns:
            The table.
        """
        if sums.coder.size <= 1 or not sums.people:
            return cls(sums.coder, np.zeros((0, features.shape[1])))
        wide = features.astype(np.float64)
        gram = wide.T @ wide
        small = 1e-3 * float(np.trace(gram)) / max(len(gram), 1) + 1e-12
        total = float(sums.weight[0])
        level = total / sums.people
        centre = sums.codes / total
        spread = (sums.pairs - np.outer(centre, sums.codes)) / level
        around = (sums.cross - np.outer(centre, sums.liked)) / level
        found = ridge(spread, ridge(gram, (around @ wide).T, small).T, settings.profile_ridge)
        # The first indicator is everybody's: it carries what makes the mean shift zero.
        found[0] = -centre[1:] @ found[1:]
        return cls(sums.coder, found)

    def shift(self, profile: Mapping[str, Any]) -> FloatArray | None:
        """Prior mean of somebody with this profile.

        Args:
            profile: Attributes by name.

        Returns:
            [D], or ``None`` when nothing in it is known.
        """
        if not len(self.weights) or not profile:
            return None
        row = self.coder.encode(profile)
        if row[1:].sum() == 0:
            return None
        found: FloatArray = row @ self.weights
        return found


def learn_context(
    sums: CircumstanceSums, popularity: FloatArray, settings: PriorSettings
) -> tuple[FloatArray, dict[str, int]]:
    """How much likelier each item is under each context value than on average.

    ``shift_vi = mean events per person * (p(i | v) - p(i)) * n_v / (n_v + ridge)``.

    Args:
        sums: Likes under each value.
        popularity: ``mu``, [I].
        settings: The ridge.

    Returns:
        float32 [V, I] and which row belongs to ``"column=value"``.
    """
    level = float(popularity.sum())
    average = sums.whole / max(float(sums.whole.sum()), 1.0)
    several = Counter(name for name, _ in sums.values)
    shifts: list[FloatArray] = []
    rows: dict[str, int] = {}
    for place, (name, value) in enumerate(sums.values):
        if several[name] < 2:
            continue
        counts = sums.counts[[place]].toarray()[0]
        size = float(counts.sum())
        rows[f"{name}={value}"] = len(shifts)
        shifts.append(level * (counts / size - average) * size / (size + settings.context_ridge))
    found = np.array(shifts, np.float32).reshape(len(shifts), len(sums.whole))
    return found, rows
