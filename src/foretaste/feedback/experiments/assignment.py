"""Who is in which arm, for ever and everywhere the same; and whether the split came out right."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.stats import chi2

from foretaste.core.errors import InputError

__all__ = ["SampleRatio", "Split", "Weighted", "assign", "bucket", "srm_check", "weights_of"]


class Weighted(Protocol):
    """An arm."""

    @property
    def weight(self) -> float:
        """Its share of people, against the sum of all weights."""
        ...


class Split(Protocol):
    """An experiment, as far as assignment goes."""

    @property
    def salt(self) -> str:
        """What makes this experiment's split independent of every other's."""
        ...

    @property
    def arms(self) -> Mapping[str, Weighted]:
        """Arms by name."""
        ...


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Whether the people of the arms are as many as the weights say.

    Attributes:
        chi2: Pearson's statistic.
        p: Its p-value; 1 when there is nothing to compare.
        expected: People expected by arm.
        mismatch: Whether ``p`` is below the level: then no result should be believed.
    """

    chi2: float
    p: float
    expected: Mapping[str, float]
    mismatch: bool


def bucket(salt: str, user_id: str) -> float:
    """Where somebody falls in an experiment, a number in [0, 1) that never changes.

    The first 64 bits of BLAKE2b over salt and id, with the salt's length before it so that
    no salt and id run into one another.

    Args:
        salt: The experiment's.
        user_id: Anybody's id, known or not.

    Returns:
        Uniform over people, independent between salts.
    """
    text = f"{len(salt)}:{salt}{user_id}".encode("utf-8", "surrogatepass")
    found = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
    return (found >> 11) / (1 << 53)


def weights_of(experiment: Split) -> dict[str, float]:
    """Shares of the arms, by name in alphabetical order.

    Args:
        experiment: Salt and arms.

    Returns:
        Shares that sum to 1.

    Raises:
        InputError: If there is no arm, or a weight is negative or not finite, or all are 0.
    """
    weights = {name: float(experiment.arms[name].weight) for name in sorted(experiment.arms)}
    total = sum(weights.values())
    wrong = [name for name, weight in weights.items() if not (np.isfinite(weight) and weight >= 0)]
    if wrong or not np.isfinite(total) or total <= 0:
        raise InputError(
            "an experiment needs arms with positive weights",
            got=str(weights),
            remedy="Give each arm a weight of 0 or more, one of them above 0",
        )
    return {name: weight / total for name, weight in weights.items()}


def assign(experiment: Split, user_id: str) -> str:
    """The arm somebody belongs to: the same at every call, on every machine.

    Changing the weights moves as few people as cutting the same line elsewhere must; a new
    salt draws everybody anew.

    Args:
        experiment: Salt and arms.
        user_id: Who.

    Returns:
        Name of the arm.

    Raises:
        InputError: If the weights cannot be used.
    """
    place, line = bucket(experiment.salt, user_id), 0.0
    chosen = ""
    for name, share in weights_of(experiment).items():
        if share > 0:
            chosen = name
        line += share
        if place < line and share > 0:
            return name
    return chosen


def srm_check(
    counts: Mapping[str, int], weights: Mapping[str, float], *, level: float = 0.001
) -> SampleRatio:
    """Test for a sample ratio mismatch: people lost or doubled on the way to one arm.

    Pearson's chi-square with ``arms - 1`` degrees of freedom (Fabijan et al. 2019). The level
    is small because a mismatch voids the experiment.

    Args:
        counts: People seen by arm.
        weights: Intended weights by arm.
        level: Of the test.

    Returns:
        The outcome.

    Raises:
        InputError: If somebody was counted in an arm that has no weight.
    """
    total, weight = sum(counts.values()), sum(weights.values())
    strangers = [name for name, n in counts.items() if n and not weights.get(name)]
    if strangers:
        raise InputError("people were counted in an arm without weight", got=", ".join(strangers))
    expected = {name: total * share / weight for name, share in weights.items() if share > 0}
    if total == 0 or len(expected) < 2:
        return SampleRatio(0.0, 1.0, expected, False)
    found = sum((counts.get(name, 0) - e) ** 2 / e for name, e in expected.items())
    p = float(chi2.sf(found, len(expected) - 1))
    return SampleRatio(float(found), p, expected, p < level)
