"""Names of metrics: ``ndcg@10``, ``recall@20:lenskit``, ``mae``; parsed here and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from foretaste.core.errors import InputError, UnknownNameError

__all__ = [
    "BEYOND",
    "LOWER_IS_BETTER",
    "RANKING",
    "RATING",
    "WHOLE",
    "MetricName",
    "Style",
    "parse",
]

Style = Literal["foretaste", "recbole", "lenskit", "ms", "kgat"]
"""Whose definition: ours, or that of RecBole, LensKit, MS Recommenders, or KGAT's scripts."""

RANKING = ("ndcg", "recall", "precision", "hit", "mrr", "map", "f1")
"""Accuracy of a list, one number per person; need ``@K``."""

WHOLE = ("auc",)
"""Accuracy of a whole ranking, one number per person; no ``@K``."""

RATING = ("mae", "rmse", "accuracy")
"""Accuracy of predicted ratings; no ``@K``."""

BEYOND = ("coverage", "gini", "tail", "novelty", "ild", "ild_cosine", "calibration", "exposure")
"""What a list is beyond right or wrong; need ``@K``."""

LOWER_IS_BETTER = ("mae", "rmse", "logloss", "gini", "calibration")
"""Metrics of which less is better."""

_PATTERN = re.compile(r"(?P<base>[a-z_0-9]+?)(?:@(?P<k>\d+))?(?::(?P<style>[a-z]+))?")


@dataclass(frozen=True, slots=True)
class MetricName:
    """A metric's name, taken apart.

    Attributes:
        base: What is measured: ``ndcg``.
        k: Length of the list, or ``None`` where the whole ranking or ratings are measured.
        style: Whose definition.
    """

    base: str
    k: int | None = None
    style: Style = "foretaste"

    def __str__(self) -> str:
        text = self.base if self.k is None else f"{self.base}@{self.k}"
        return text if self.style == "foretaste" else f"{text}:{self.style}"


def parse(name: str | MetricName) -> MetricName:
    """Read a metric's name.

    Args:
        name: ``base@K``, ``base@K:style`` or ``base``; capitals do not matter, and ``hr`` and
            ``hitrate`` mean ``hit``. A name already parsed passes through.

    Returns:
        The name taken apart.

    Raises:
        UnknownNameError: If there is no such metric or style.
        InputError: If ``@K`` is missing, zero, or where it does not belong.
    """
    if isinstance(name, MetricName):
        return name
    text = name.strip().lower()
    found = _PATTERN.fullmatch(text)
    base = found["base"] if found else text
    base = {"hr": "hit", "hitrate": "hit"}.get(base, base)
    known = (*RANKING, *WHOLE, *RATING, *BEYOND)
    if found is None or base not in known:
        raise UnknownNameError("metric", name, [f"{b}@10" if _wants_k(b) else b for b in known])
    style = found["style"] or "foretaste"
    if style not in get_args(Style):
        raise UnknownNameError("metric style", style, get_args(Style))
    k = int(found["k"]) if found["k"] else None
    if _wants_k(base) != (k is not None) or k == 0:
        right = f"{base}@10" if _wants_k(base) else base
        raise InputError("this metric has another form", expected=right, got=repr(name))
    return MetricName(base, k, style)  # type: ignore[arg-type]


def _wants_k(base: str) -> bool:
    return base in RANKING or base in BEYOND
