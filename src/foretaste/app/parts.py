"""The only place that names concrete classes: what can be fitted, and what can be loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from foretaste.core import Encoder, Settings, State
from foretaste.core.errors import BundleError, UnknownNameError
from foretaste.language import TextIndex
from foretaste.sums import PeopleSums

__all__ = [
    "MODELS",
    "RATINGS",
    "Kept",
    "Start",
    "fit_part",
    "load_part",
    "load_sums",
    "load_text",
    "model_settings",
    "save_part",
]

MODELS: Mapping[str, str] = {
    "taste": "foretaste.taste:TasteModel",
    "popularity": "foretaste.models:Popularity",
    "trending": "foretaste.models:Trending",
    "latest": "foretaste.models:Latest",
    "bias": "foretaste.models:Bias",
    "itemknn": "foretaste.models:ItemKNN",
    "ease": "foretaste.models:Ease",
    "ials": "foretaste.models:IALS",
    "kl": "foretaste.models:KL",
    "content": "foretaste.models:Content",
}
"""Models by the name people use, and where their settings class lives."""

_FITTED: Mapping[str, str] = {
    "FittedTaste": "foretaste.taste",
    "FittedRatings": "foretaste.taste.ratings",
    "FixedScores": "foretaste.models",
    "FittedBias": "foretaste.models",
    "FittedItemItem": "foretaste.models",
    "FittedIALS": "foretaste.models",
    "FittedKL": "foretaste.models",
    "FittedContent": "foretaste.models",
}
"""Fitted classes that a bundle may hold. A name that is not here is never imported."""

_SUMS: Mapping[str, str] = {
    "Likes": "foretaste.sums",
    "PairSums": "foretaste.sums",
    "StepSums": "foretaste.sums",
    "ProfileSums": "foretaste.taste.forgetting",
    "CircumstanceSums": "foretaste.taste.forgetting",
}
"""Sums over people that a bundle may hold."""

RATINGS = "ratings"
"""What the head that predicts ratings is called among the parts."""

_HEADS: Mapping[str, str] = {RATINGS: "foretaste.taste.ratings:Ratings"}
"""What is fitted beside the models that rank."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a generator of random numbers stood: a fit that begins here draws the same.

    Attributes:
        state: Of PCG64; digits, since JSON readers round numbers of 128 bits.
        inc: Which of its streams, likewise.
        half: A half of a draw kept for the next, or ``None``.
    """

    state: str
    inc: str
    half: int | None = None

    @classmethod
    def of(cls, rng: np.random.Generator) -> Start:
        """Note where a generator stands.

        Args:
            rng: A generator over PCG64, as :func:`foretaste.core.stream` gives.

        Returns:
            Its state.
        """
        now: Any = rng.bit_generator.state
        half = int(now["uinteger"]) if now["has_uint32"] else None
        return cls(str(now["state"]["state"]), str(now["state"]["inc"]), half)

    def rng(self) -> np.random.Generator:
        """A generator that stands here.

        Returns:
            A new generator.
        """
        bits = np.random.PCG64(0)
        bits.state = {
            "bit_generator": "PCG64",
            "state": {"state": int(self.state), "inc": int(self.inc)},
            "has_uint32": int(self.half is not None),
            "uinteger": self.half or 0,
        }
        return np.random.Generator(bits)


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What is kept beside fitted parts, so that somebody can be forgotten.

    Attributes:
        models: Settings each part was fitted with, everything chosen, by the part's name.
        starts: Where the random numbers of each fit began.
        sums: Sums over the people of the dataset, by name.
        stale: Parts that still hold something of somebody forgotten, until they are refitted.
    """

    models: Mapping[str, Settings]
    starts: Mapping[str, Start]
    sums: Mapping[str, Any] = field(default_factory=dict)
    stale: tuple[str, ...] = ()


def fit_part(model: Any, sums: PeopleSums, rng: np.random.Generator) -> Any:
    """Fit one part: from sums over people if it can, else from their rows.

    Args:
        model: A ``Fittable``.
        sums: The data, as sums over people.
        rng: Of this fit.

    Returns:
        The fitted part.
    """
    sums.begin()
    from_sums = getattr(model, "fit_from", None)
    if from_sums is not None:
        return from_sums(sums, rng=rng)
    return model.fit(sums.rows("all of it"), rng=rng)


def model_settings(name: str, values: Mapping[str, Any] | None = None) -> Any:
    """The settings of a model, which are also what fits it.

    Args:
        name: One of :data:`MODELS`, or :data:`RATINGS`.
        values: Its settings.

    Returns:
        A ``Fittable``.

    Raises:
        UnknownNameError: If there is no such model.
    """
    place = _HEADS.get(name) or MODELS.get(name)
    if place is None:
        raise UnknownNameError("model", name, MODELS)
    module, _, attribute = place.partition(":")
    settings: type[Settings] = getattr(import_module(module), attribute)
    return settings.of(dict(values or {}), f"models.{name}")


def save_part(part: Any) -> State:
    """A fitted part as plain data that :func:`load_part` understands.

    Args:
        part: A fitted part of a class in the table.

    Returns:
        Its state with the class name added.
    """
    state = part.state()
    return State(state.arrays, {"class": type(part).__name__, "values": dict(state.meta)})


def load_part(name: str, state: State) -> Any:
    """A fitted part from plain data.

    Args:
        name: What the bundle calls it, for messages.
        state: What :func:`save_part` gave.

    Returns:
        The fitted part.

    Raises:
        BundleError: If the class is not one of ours or its data does not fit it.
    """
    return _restored(name, state, _FITTED)


def _restored(name: str, state: State, table: Mapping[str, str]) -> Any:
    kind = str(state.meta.get("class"))
    module = table.get(kind)
    if module is None:
        raise BundleError(f"part {name!r} is of a kind we do not know", got=kind)
    try:
        return getattr(import_module(module), kind).from_state(
            State(state.arrays, state.meta["values"])
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"part {name!r} does not hold what a {kind} needs", got=repr(error)
        ) from error


def load_sums(name: str, state: State) -> Any:
    """Sums over people from plain data.

    Args:
        name: What the bundle calls them, for messages.
        state: What :func:`save_part` gave.

    Returns:
        The sums.

    Raises:
        BundleError: If they are not of ours or their data does not fit.
    """
    return _restored(name, state, _SUMS)


def load_text(state: State, encoder: Encoder) -> TextIndex:
    """The text index of a bundle, able to read wishes.

    Args:
        state: What :func:`save_part` gave.
        encoder: What the settings name; if it is not the one the index was built with, the
            index falls back to matching words and says so in its ``warnings``.

    Returns:
        The index.
    """
    return TextIndex.from_state(State(state.arrays, state.meta["values"]), encoder)
