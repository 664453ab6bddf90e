"""What attributes of a person, and the circumstances of a request, shift in advance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from foretaste.core import Dataset, FloatArray
from foretaste.sums import ridge
from foretaste.taste.ratings.profile import ProfileCoder
from foretaste.taste.settings import PriorSettings

__all__ = ["ProfileTable", "learn_context"]

_FIXED_COLUMNS = 6
_MOST_VALUES = 40


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
        dataset: Dataset,
        features: FloatArray,
        popularity: FloatArray,
        settings: PriorSettings,
    ) -> ProfileTable:
        """Regress tastes on profiles.

        A person's taste is where least squares puts it from their whole row, absences
        included; the regression is shrunk by ``profile_ridge`` people for each value.

        Args:
            dataset: People with attributes.
            features: ``phi``, [I, D].
            popularity: ``mu``, [I].
            settings: Which attributes may be used, and the ridge.

        Returns:
            The table.
        """
        allowed = settings.profile_fields
        roles = {
            name: role
            for name, role in dataset.people_roles.items()
            if allowed is None or name in allowed
        }
        coder = ProfileCoder.of(replace(dataset, people_roles=roles))
        nothing = np.zeros((0, features.shape[1]))
        liked = dataset.liked
        people = np.flatnonzero(np.diff(liked.indptr) > 0)
        if coder.size <= 1 or not len(people):
            return cls(coder, nothing)
        codes = coder.encode_all(dataset)[people]
        wide = features.astype(np.float64)
        gram = wide.T @ wide
        small = 1e-3 * float(np.trace(gram)) / max(len(gram), 1) + 1e-12
        sums = liked[people] @ wide - popularity @ wide
        tastes = ridge(gram, sums.T, small).T
        weights = 1 / np.sqrt(np.diff(liked.indptr)[people] + 10.0)
        weights /= weights.mean()
        centre = (weights[:, None] * codes).sum(axis=0) / weights.sum()
        moved = codes - centre
        scaled = weights[:, None] * moved
        found = ridge(scaled.T @ moved, scaled.T @ tastes, settings.profile_ridge)
        # The first indicator is everybody's: it carries what makes the mean shift zero.
        found[0] = -centre[1:] @ found[1:]
        return cls(coder, found)

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
    dataset: Dataset, popularity: FloatArray, settings: PriorSettings
) -> tuple[FloatArray, dict[str, int]]:
    """How much likelier each item is under each context value than on average.

    ``shift_vi = mean events per person * (p(i | v) - p(i)) * n_v / (n_v + ridge)``.

    Args:
        dataset: Interactions with context columns of few values.
        popularity: ``mu``, [I].
        settings: The ridge.

    Returns:
        float32 [V, I] and which row belongs to ``"column=value"``.
    """
    import polars as pl

    table = dataset.interactions
    columns = [
        name
        for name in table.columns[_FIXED_COLUMNS:]
        if table[name].dtype in (pl.String, pl.Boolean, pl.Categorical)
        or table[name].dtype.is_integer()
    ]
    good = table.filter(pl.col("signal") > 0) if columns else table
    level = float(popularity.sum())
    whole = np.bincount(good["item_row"].to_numpy(), minlength=dataset.n_items)
    shifts: list[FloatArray] = []
    rows: dict[str, int] = {}
    for name in columns:
        groups = good.filter(pl.col(name).is_not_null()).partition_by(name, as_dict=True)
        if not 1 < len(groups) <= _MOST_VALUES:
            continue
        for (value,), group in groups.items():
            counts = np.bincount(group["item_row"].to_numpy(), minlength=dataset.n_items)
            size = len(group)
            lift = counts / size - whole / max(len(good), 1)
            rows[f"{name}={value}"] = len(shifts)
            shifts.append(level * lift * size / (size + settings.context_ridge))
    found = np.array(shifts, np.float32).reshape(len(shifts), dataset.n_items)
    return found, rows
