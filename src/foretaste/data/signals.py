"""How much each event says: kinds by a table, ratings by their scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from foretaste.core import KIND_SIGNALS, Codes, Settings
from foretaste.data.report import ReportBuilder

__all__ = ["KIND_ALIASES", "SignalSettings", "kind_name", "signals_of"]

KIND_ALIASES: Mapping[str, str] = {
    "pv": "view", "impression_click": "click", "detail": "view", "visit": "view",
    "purchase": "buy", "purchased": "buy", "transaction": "buy", "order": "buy",
    "addtocart": "cart", "add_to_cart": "cart", "basket": "cart",
    "fav": "bookmark", "favorite": "bookmark", "favourite": "bookmark", "wishlist": "bookmark",
    "save": "bookmark", "star": "bookmark",
    "watch": "play", "listen": "play", "stream": "play", "watched": "play",
    "rating": "rate", "rated": "rate", "review": "rate",
    "thumbs_up": "like", "upvote": "like", "heart": "like",
    "thumbs_down": "dislike", "downvote": "dislike",
    "query": "search", "reply": "comment", "finish": "complete", "completed": "complete",
    "refund": "return", "returned": "return", "retweet": "share", "repost": "share",
    "点击": "click", "浏览": "view", "购买": "buy", "收藏": "bookmark", "加购": "cart",
    "喜欢": "like", "分享": "share", "搜索": "search", "评论": "comment", "播放": "play",
}  # fmt: skip
"""Other names people give to the kinds of :data:`foretaste.core.KIND_SIGNALS`."""


class SignalSettings(Settings):
    """What an event says about liking, from -1 (disliked) to +1 (liked).

    An event whose kind is ``rate`` and that has a value speaks through the value: +1 from
    ``positive`` up, -1 up to ``negative``, 0 (neutral) between. Every other event speaks
    through its kind (:data:`foretaste.core.KIND_SIGNALS`).
    """

    kinds: dict[str, float] = Field(
        default_factory=dict, description="signal by kind, over the built-in table"
    )
    unknown_kind: float = Field(
        0.5, ge=-1, le=1, description="signal of a kind that no table knows; it is reported"
    )
    low: float | None = Field(None, description="lowest rating possible; None: lowest seen")
    high: float | None = Field(None, description="highest rating possible; None: highest seen")
    positive: float | None = Field(
        None,
        description="ratings from here up are liked; None: low + .75 (high - low), moved to the "
        "nearest level in use (4 on 1-5 and on .5-5, 8 on 1-10)",
    )
    negative: float | None = Field(
        None, description="ratings up to here are disliked; None: low + .25 (high - low)"
    )
    duplicates: Literal["last", "all"] = Field(
        "last", description="ratings of one item by one person: keep the last, or all"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for less, more in (("low", "high"), ("negative", "positive")):
            below, above = getattr(self, less), getattr(self, more)
            if below is not None and above is not None and below >= above:
                raise ValueError(f"{less} must be less than {more}")
        return self


def kind_name(name: str) -> str:
    """Translate what a file calls an event kind into our name for it.

    Args:
        name: As in the file.

    Returns:
        One of our names where known, else the name itself in lower case.
    """
    low = name.strip().lower().replace(" ", "_").replace("-", "_")
    return low if low in KIND_SIGNALS else KIND_ALIASES.get(low, low)


def signals_of(
    codes: Codes,
    values: NDArray[np.float32],
    kinds: Sequence[str],
    settings: SignalSettings,
    report: ReportBuilder,
) -> NDArray[np.float32]:
    """Signal of each event.

    Args:
        codes: Kinds as positions in ``kinds``, uint8 [N].
        values: Values, float32 [N]; NaN where an event has none.
        kinds: Names of the kinds.
        settings: The rule.
        report: Told the scale and thresholds that were used.

    Returns:
        Signals, float32 [N].
    """
    table = {**KIND_SIGNALS, **settings.kinds}
    unknown = [kind for kind in kinds if kind not in table and kind != "tag"]
    if unknown:
        report.warn(
            "kinds",
            f"the kind{'s' if len(unknown) > 1 else ''} {', '.join(map(repr, unknown))} "
            f"is not in the table and counts as {settings.unknown_kind:g}",
            value=unknown,
            remedy="Say what it means with signals=SignalSettings(kinds={...})",
        )
    by_kind = np.array([table.get(kind, settings.unknown_kind) for kind in kinds], np.float32)
    signals: NDArray[np.float32] = by_kind[codes] if len(codes) else np.empty(0, np.float32)
    if "rate" not in kinds:
        return signals
    rated = np.flatnonzero((codes == kinds.index("rate")) & ~np.isnan(values))
    if len(rated) == 0:
        return signals
    given = values[rated]
    positive, negative = _thresholds(given, settings, report)
    signals[rated] = np.where(given >= positive, 1.0, np.where(given <= negative, -1.0, 0.0))
    return signals


def _thresholds(
    values: NDArray[np.float32], settings: SignalSettings, report: ReportBuilder
) -> tuple[float, float]:
    levels = np.unique(values)
    low = float(levels[0]) if settings.low is None else settings.low
    high = float(levels[-1]) if settings.high is None else settings.high
    span = high - low
    if span <= 0:
        positive, negative = low, -np.inf
        report.warn(
            "rating scale",
            f"every rating is {low:g}, so each counts as liked",
            value=[low, high],
            remedy="If that is wrong, give low and high in SignalSettings",
        )
    else:
        at_least = low + 0.75 * span
        distance = np.abs(levels - at_least)
        positive = float(levels[distance <= distance.min() + 1e-6 * span].max())
        negative = low + 0.25 * span
        note = report.guess if settings.low is None or settings.high is None else report.fact
        note(
            "rating scale",
            f"ratings run from {low:g} to {high:g} with {len(levels)} levels",
            value=[low, high],
            remedy="Override with SignalSettings(low=..., high=...)",
        )
    positive = positive if settings.positive is None else settings.positive
    negative = negative if settings.negative is None else settings.negative
    counts = [int((values >= positive).sum()), int((values <= negative).sum())]
    note = report.guess if settings.positive is None else report.fact
    note(
        "positive threshold",
        f"ratings >= {positive:g} count as liked ({counts[0]:,})"
        + (f", <= {negative:g} as disliked ({counts[1]:,})" if np.isfinite(negative) else "")
        + ", the rest as neutral",
        value=positive,
        remedy="Override with SignalSettings(positive=..., negative=...)",
    )
    return positive, negative
