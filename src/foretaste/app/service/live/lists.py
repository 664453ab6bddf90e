"""Rankings that are the same for everybody, with what happened since the fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from foretaste.core import BoolArray, Evidence, FloatArray, History, Query
from foretaste.core.errors import FilterError

if TYPE_CHECKING:
    from foretaste.app.service.live.serving import Serving

__all__ = ["allowed", "latest", "popular", "similar", "trending"]

_WINDOW_S = 7 * 86_400.0
_NOBODY = Query()


def allowed(serving: Serving, filter: str | None, category: str | None, time_s: float) -> BoolArray:
    """Which items may stand in a list.

    Args:
        serving: What answers.
        filter: An expression over attributes.
        category: A value of any category, or ``attribute=value``.
        time_s: When.

    Returns:
        Mask, [I].

    Raises:
        FilterError: If the expression cannot be read or there is no such attribute.
    """
    translator = serving.recommender.pipeline.translator
    query = replace(_NOBODY, filter=filter, filter_seen=False, time_s=time_s)
    mask, _ = translator.allowed(query, Evidence())
    if category is None:
        return mask
    catalogue = translator.catalogue
    names = [n for n, role in catalogue.roles.items() if role in ("category", "categories")]
    name, mark, value = category.partition("=")
    if mark and name in catalogue.roles:
        names, category = [name], value
    elif mark and name.isidentifier():
        raise FilterError(f"the catalogue has no attribute {name!r}", expected=", ".join(names))
    found = np.zeros(len(catalogue), bool)
    for one in names:
        found |= catalogue.has(one, category)
    return mask & found


def popular(serving: Serving) -> FloatArray:
    """How many people like each item by now.

    Args:
        serving: What answers.

    Returns:
        Counts, [I].
    """
    if serving.counted is not None:
        return _wide(serving, serving.counted.likes)
    return np.asarray(serving.recommender.pipeline.writer.likes, np.float64)


def trending(serving: Serving) -> FloatArray:
    """What is liked in the last week beyond what its past explains.

    With ``c`` likes in the week up to the newest like and ``e`` expected from the rate before,
    ``(c - e) / sqrt(e + 1)``, as :class:`foretaste.models.Trending`, with the stream.

    Args:
        serving: What answers.

    Returns:
        Scores, [I].
    """
    rows, times_s = serving.once("likes in time", lambda: _likes_in_time(serving))
    size = serving.recommender.dataset.n_items
    if not len(rows):
        return np.zeros(size)
    age_s = times_s.max() - times_s
    recent = age_s <= _WINDOW_S
    now = np.bincount(rows[recent], minlength=size)
    before = np.bincount(rows[~recent], minlength=size)
    span_s = max(float(age_s.max()) - _WINDOW_S, _WINDOW_S)
    expected = before * (_WINDOW_S / span_s)
    found: FloatArray = (now - expected) / np.sqrt(expected + 1.0)
    return found


def latest(serving: Serving) -> FloatArray:
    """When each item appeared: its date, else when it was put, else its first event.

    Args:
        serving: What answers.

    Returns:
        Seconds since 1970 UTC, [I]; 0 where nobody knows.
    """

    def make() -> FloatArray:
        dataset = serving.recommender.dataset
        appeared = np.full(dataset.n_items, np.nan)
        if "available_from_s" in dataset.items.columns:
            appeared = serving.recommender.pipeline.translator.catalogue.numbers(
                "available_from_s"
            ).copy()
        for item_id, time_s in serving.created_s.items():
            row = dataset.item_ids.get(item_id)
            if row is not None and np.isnan(appeared[row]):
                appeared[row] = time_s
        first = np.full(dataset.n_items, np.inf)
        past = dataset.histories.all
        timed = ~np.isnan(past.times_s)
        np.minimum.at(first, past.rows[timed], past.times_s[timed])
        appeared = np.where(np.isnan(appeared) & np.isfinite(first), first, appeared)
        return np.nan_to_num(appeared, nan=0.0)

    return serving.once("appeared", make)


def similar(serving: Serving, row: int) -> FloatArray:
    """What liking an item adds to every other item's score, for somebody unknown otherwise.

    Args:
        serving: What answers.
        row: The item.

    Returns:
        Scores, [I]; those of the texts where nobody knows the item.
    """
    recommender = serving.recommender
    scorer = recommender.pipeline.sources[0].scorer
    given: FloatArray = scorer.score(Evidence(History.of([row]))) - scorer.score(Evidence())
    if not np.any(given) and recommender.text is not None:
        given = recommender.text.similar(row)
    return np.array(given, np.float64)


def _likes_in_time(serving: Serving) -> tuple[np.ndarray, np.ndarray]:
    past = serving.recommender.dataset.histories.all
    good = (past.signals > 0) & ~np.isnan(past.times_s)
    rows, times_s = past.rows[good].astype(np.int64), past.times_s[good]
    if serving.counted is None:
        return rows, times_s
    counted = serving.counted
    return np.concatenate([rows, counted.rows]), np.concatenate([times_s, counted.times_s])


def _wide(serving: Serving, counts: FloatArray) -> FloatArray:
    found = np.zeros(serving.recommender.dataset.n_items)
    found[: len(counts)] = counts
    return found
