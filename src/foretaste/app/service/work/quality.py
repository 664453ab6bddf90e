"""Measuring what answers now, on the data it was fitted on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from foretaste.app.evaluating import evaluate_models
from foretaste.app.recommender import Recommender
from foretaste.data import has_clock

__all__ = ["measure"]

_METRICS = ("ndcg@10", "recall@20", "coverage@10", "novelty@10")
_RIVALS = ("popularity", "itemknn")


def measure(
    base: Recommender, arguments: Mapping[str, Any], tell: Callable[[str, float], None]
) -> dict[str, Any]:
    """Fit and measure the sources of a bundle and two simple rivals, under several protocols.

    Args:
        base: Whose data, settings and sources.
        arguments: ``protocols``, ``models``, ``metrics``, ``settings`` (of protocols by name);
            each may be left out.
        tell: Told how far it is.

    Returns:
        One report for each protocol, as plain values, with run cards.
    """
    usual = ("global-time" if has_clock(base.dataset) else "leave-one-out", "k-shot", "cold-items")
    protocols = tuple(arguments.get("protocols") or usual)
    models = tuple(arguments.get("models") or dict.fromkeys((*base.settings.sources, *_RIVALS)))
    given = arguments.get("settings") or {}
    reports: list[dict[str, Any]] = []
    for number, name in enumerate(protocols):
        tell(f"measuring {name}", number / len(protocols))
        report = evaluate_models(
            base.dataset,
            models,
            protocol_name=name,
            protocol_settings=given.get(name),
            metrics=tuple(arguments.get("metrics") or _METRICS),
            config=base.settings,
        )
        reports.append({"protocol": name, **report.to_dict()})
    return {"digest": base.digest, "models": list(models), "reports": reports}
