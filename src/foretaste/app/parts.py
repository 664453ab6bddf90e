"""The only place that names concrete classes: what can be fitted, and what can be loaded."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from foretaste.core import Encoder, Settings, State
from foretaste.core.errors import BundleError, UnknownNameError
from foretaste.language import TextIndex

__all__ = ["MODELS", "load_part", "load_text", "model_settings", "save_part"]

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


def model_settings(name: str, values: Mapping[str, Any] | None = None) -> Any:
    """The settings of a model, which are also what fits it.

    Args:
        name: One of :data:`MODELS`.
        values: Its settings.

    Returns:
        A ``Fittable``.

    Raises:
        UnknownNameError: If there is no such model.
    """
    place = MODELS.get(name)
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
    kind = str(state.meta.get("class"))
    module = _FITTED.get(kind)
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
