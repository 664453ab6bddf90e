"""From data to a recommender."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from foretaste.app.parts import RATINGS, Kept, Start, fit_part, model_settings
from foretaste.app.recommender import Recommender
from foretaste.app.settings import FitSettings, load_settings
from foretaste.core import Dataset, Encoder, digest_of, stream
from foretaste.core.errors import DataError
from foretaste.data import read as read_data
from foretaste.language import CachedEncoder, TextIndex, make_encoder
from foretaste.sums import PeopleSums, likes_of

__all__ = ["Progress", "code_digest", "fit", "has_ratings", "read", "with_words"]

Progress = Callable[[str, float], None]
"""Told what is being done and how far it is, 0 to 1."""


def read(path: str | Path, **options: Any) -> Dataset:
    """Read data from wherever it is and whatever form it has.

    Args:
        path: A file, folder or archive; see the page on data for all forms.
        **options: Options of :func:`foretaste.data.read`: ``columns``, ``format``, ``signals``.

    Returns:
        Frozen data.

    Raises:
        DataError: If it cannot be read, in one sentence.
    """
    return read_data(path, **options)


def fit(
    data: Dataset | str | Path,
    config: str | Path | Mapping[str, Any] | FitSettings | None = None,
    *,
    encoder: Encoder | None = None,
    progress: Progress | None = None,
    **overrides: Any,
) -> Recommender:
    """Learn everything from data, with sensible defaults.

    Args:
        data: Data, or a path to read it from.
        config: A TOML file, a mapping or ready settings.
        encoder: An encoder of your own; else the one the settings name.
        progress: Told what is being done.
        **overrides: Single settings; a double underscore stands for the dot:
            ``models__ease__ridge=100``.

    Returns:
        A fitted recommender.

    Raises:
        SettingsError: If a setting is unknown or out of range.
        DataError: If there is nothing to learn from.
    """
    dotted = {name.replace("__", "."): value for name, value in overrides.items()}
    settings = load_settings(config, dotted)
    tell = progress or _silent
    if not isinstance(data, Dataset):
        tell("reading", 0.0)
        data = read(data, signals=settings.signals)
    if not data.n_items:
        raise DataError("there are no items", where=data.name, remedy="Give a catalogue or events")
    started = time.perf_counter()
    data, text, live = with_words(data, settings, encoder, tell)
    parts, kept = _parts(data, settings, tell)
    ratings = parts.pop(RATINGS, None)
    card = {
        "data": data.name,
        "people": data.n_users,
        "items": data.n_items,
        "events": data.interactions.height,
        "encoder": None if live is None else live.name,
        "seconds": round(time.perf_counter() - started, 3),
    }
    tell("done", 1.0)
    digest = digest_of(settings.digest(), data.digest, code_digest(), card["encoder"])
    return Recommender(data, parts, settings, text, live, ratings, digest, card, kept)


def _parts(data: Dataset, settings: FitSettings, tell: Progress) -> tuple[dict[str, Any], Kept]:
    """Every part, and what is kept so that somebody can be forgotten."""
    models = {n: model_settings(n, settings.models.get(n, {})) for n in settings.sources}
    if settings.ratings and has_ratings(data):
        from foretaste.taste.ratings import Ratings

        models[RATINGS] = Ratings()
    sums = PeopleSums(data)
    likes_of(sums)
    parts: dict[str, Any] = {}
    starts: dict[str, Start] = {}
    for name, model in models.items():
        tell(f"fitting {name}", 0.0)
        rng = stream(settings.seed, "fit", name)
        if hasattr(model, "settled"):
            models[name] = model.settled(data, rng=rng)
        starts[name] = Start.of(rng)
        parts[name] = fit_part(models[name], sums, rng)
    return parts, Kept(models, starts, sums.sums)


def with_words(
    data: Dataset, settings: FitSettings, encoder: Encoder | None, tell: Progress
) -> tuple[Dataset, TextIndex | None, Encoder | None]:
    """Read the items' words: index them, and keep their vectors with the data as ``text``.

    Args:
        data: The data.
        settings: Whether and how.
        encoder: Used instead of the one the settings name.
        tell: Told how far it is.

    Returns:
        The data with vectors, the index and the encoder; both ``None`` without words.
    """
    if not (settings.use_text and _has_words(data)):
        return data, None, None
    live = encoder or make_encoder(settings.encoder)
    remembered = CachedEncoder(
        live, progress=lambda done, of: tell("encoding texts", done / max(of, 1))
    )
    text = TextIndex.build(data, remembered, settings.text)
    if "text" not in data.vectors:
        data = data.with_vectors("text", text.vectors)
    return data, text, live


def code_digest() -> str:
    """Name of the version of this code.

    Returns:
        The package's version.
    """
    from foretaste import __version__

    return __version__


def _has_words(data: Dataset) -> bool:
    return any(role in ("title", "text") for role in data.item_roles.values())


def has_ratings(data: Dataset) -> bool:
    """Whether there is anything to learn predicted ratings from.

    Args:
        data: The data.

    Returns:
        ``True`` if an event of kind ``rate`` has a value.
    """
    if "rate" not in data.kinds:
        return False
    past = data.histories.all
    return bool(np.isfinite(past.values[past.kinds == data.kinds.index("rate")]).any())


def _silent(what: str, share: float) -> None:
    pass
