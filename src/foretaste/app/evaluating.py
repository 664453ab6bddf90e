"""Measuring models by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from foretaste.app.fitting import Progress, with_words
from foretaste.app.parts import model_settings
from foretaste.app.settings import FitSettings, load_settings
from foretaste.core import Dataset
from foretaste.core.errors import InputError
from foretaste.evaluate import PROTOCOLS, Report, evaluate, protocol

__all__ = ["PROTOCOLS", "evaluate_models"]


def evaluate_models(
    data: Dataset,
    models: Sequence[str],
    *,
    protocol_name: str = "global-time",
    protocol_settings: Mapping[str, Any] | None = None,
    metrics: Sequence[str] | None = None,
    config: FitSettings | None = None,
    focus: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Fit and measure models under a protocol, all with the same texts, splits and metrics.

    Args:
        data: The data.
        models: Names of models.
        protocol_name: One of :data:`PROTOCOLS`.
        protocol_settings: Its settings.
        metrics: Names such as ``ndcg@10``; the protocol's usual ones when left out.
        config: Settings of models and texts.
        focus: The model to compare with the best of the others.
        progress: Told what is being done.

    Returns:
        The report, with a run card.

    Raises:
        InputError: If no model is named, or one does not exist.
    """
    if not models:
        raise InputError("no model is named", expected="names such as taste,ease,popularity")
    settings = config or load_settings()
    fittable = {name: model_settings(name, settings.models.get(name, {})) for name in models}
    splits = protocol(protocol_name, **dict(protocol_settings or {}))
    tell = progress or (lambda what, share: None)
    data, _, _ = with_words(data, settings, None, tell)
    more: dict[str, Any] = {} if metrics is None else {"metrics": tuple(metrics)}
    return evaluate(
        data,
        splits,
        fittable,
        seed=settings.seed,
        focus=focus if focus is not None else models[0] if len(models) > 1 else None,
        progress=lambda what, done, of: tell(what, done / max(of, 1)),
        **more,
    )
