"""A recommender to and from a bundle."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from polars.exceptions import PolarsError

from foretaste.app.parts import (
    Kept,
    Start,
    load_part,
    load_sums,
    load_text,
    model_settings,
    save_part,
)
from foretaste.app.recommender import Recommender
from foretaste.app.settings import FitSettings
from foretaste.core import Dataset, FloatArray, Place, State, Vocabulary
from foretaste.core.errors import BundleError
from foretaste.language import make_encoder
from foretaste.recommend import Bundle, read_bundle, write_bundle

__all__ = ["load", "save"]

_TABLES = ("interactions", "items", "people", "knowledge", "remarks")


def save(recommender: Recommender, place: Path | Place, *, overwrite: bool = False) -> str:
    """Write a bundle: whole or not at all.

    Args:
        recommender: What to write.
        place: A folder, or one claimed before.
        overwrite: Replace a bundle that is there.

    Returns:
        The bundle's digest.
    """
    data = recommender.dataset
    parts = {name: save_part(part) for name, part in recommender.parts.items()}
    if recommender.ratings is not None:
        parts["_ratings"] = save_part(recommender.ratings)
    if recommender.text is not None:
        parts["_text"] = save_part(recommender.text)
    vectors = _own_vectors(recommender)
    if vectors:
        parts["_vectors"] = State(vectors, {})
    if recommender.kept is not None:
        sums = recommender.kept.sums
        parts |= {f"_sums.{place}": save_part(one) for place, one in enumerate(sums.values())}
    tables = {name: getattr(data, name) for name in _TABLES if getattr(data, name) is not None}
    meta: dict[str, Any] = {
        "settings": recommender.settings.model_dump(mode="json"),
        "sources": list(recommender.parts),
        "digest": recommender.digest,
        "data_digest": data.digest,
        "card": dict(recommender.card),
        "dataset": {
            "name": data.name,
            "item_roles": dict(data.item_roles),
            "item_order": list(data.item_roles),
            "people_roles": dict(data.people_roles),
            "kinds": list(data.kinds),
            "simulated": data.simulated,
        },
        "kept": None if recommender.kept is None else _kept_meta(recommender.kept),
    }
    bundle = Bundle(parts, tables, meta)
    return write_bundle(bundle, place, overwrite=overwrite)


def load(folder: str | Path) -> Recommender:
    """Read a recommender back. Runs no code from the bundle.

    Args:
        folder: Where the bundle lies.

    Returns:
        The recommender, giving the same answers as when it was saved.

    Raises:
        BundleError: If it is broken, foreign or of another version.
    """
    bundle = read_bundle(Path(folder))
    try:
        meta = bundle.meta
        settings = FitSettings.of(dict(meta["settings"]), "the bundle's settings")
        dataset = _dataset(bundle)
        states = {name: bundle.parts[name] for name in meta["sources"]}
        about = (str(meta["digest"]), dict(meta["card"]))
    except (KeyError, TypeError, ValueError, AttributeError, PolarsError) as error:
        raise BundleError(
            "the bundle lacks what a recommender needs", got=repr(error), where=str(folder)
        ) from error
    parts = {name: load_part(name, state) for name, state in states.items()}
    ratings = (
        load_part("_ratings", bundle.parts["_ratings"]) if "_ratings" in bundle.parts else None
    )
    text, encoder = None, None
    if "_text" in bundle.parts:
        encoder = make_encoder(settings.encoder)
        text = load_text(bundle.parts["_text"], encoder)
        dataset = dataset.with_vectors("text", text.vectors)
    if "_vectors" in bundle.parts:
        for name, array in bundle.parts["_vectors"].arrays.items():
            dataset = dataset.with_vectors(name, array)
    kept = _kept(bundle)
    return Recommender(dataset, parts, settings, text, encoder, ratings, *about, kept)


def _own_vectors(recommender: Recommender) -> dict[str, FloatArray]:
    """Vectors of items that are not those of the index of their words."""
    text = recommender.text
    return {
        name: array
        for name, array in recommender.dataset.vectors.items()
        if name != "text" or text is None or not np.array_equal(array, text.vectors)
    }


def _kept_meta(kept: Kept) -> dict[str, Any]:
    return {
        "models": {name: model.model_dump(mode="json") for name, model in kept.models.items()},
        "starts": {name: asdict(start) for name, start in kept.starts.items()},
        "sums": list(kept.sums),
        "stale": list(kept.stale),
    }


def _kept(bundle: Bundle) -> Kept | None:
    """What it takes to forget somebody; ``None`` in bundles from before it was kept."""
    meta = bundle.meta.get("kept")
    if meta is None:
        return None
    try:
        models = {name: model_settings(name, dict(v)) for name, v in meta["models"].items()}
        starts = {name: Start(**state) for name, state in meta["starts"].items()}
        sums = {
            name: load_sums(name, bundle.parts[f"_sums.{place}"])
            for place, name in enumerate(meta["sums"])
        }
        return Kept(models, starts, sums, tuple(meta["stale"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BundleError("the bundle's sums over people do not fit", got=repr(error)) from error


def _dataset(bundle: Bundle) -> Dataset:
    about = bundle.meta["dataset"]
    tables = dict(bundle.tables)
    # The manifest sorts names, and sums of blocks round by the order they are taken in.
    roles = about["item_roles"]
    order = [*about.get("item_order", tables["items"].columns), *roles]
    data = Dataset(
        name=about["name"],
        user_ids=Vocabulary(tables["people"]["user_id"].to_list(), "person"),
        item_ids=Vocabulary(tables["items"]["item_id"].to_list(), "item"),
        interactions=tables["interactions"],
        items=tables["items"],
        people=tables["people"],
        item_roles={name: roles[name] for name in order if name in roles},
        people_roles=about["people_roles"],
        kinds=tuple(about["kinds"]),
        simulated=about["simulated"],
    )
    return replace(data, knowledge=tables.get("knowledge"), remarks=tables.get("remarks"))
