"""Every place shown, its odds, and what came of it: what off-policy estimates read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from foretaste.feedback.reports.attribution import WINDOW_S, attributed
from foretaste.feedback.reports.frames import (
    Events,
    Impressions,
    arms_of,
    events_frame,
    impressions_frame,
)
from foretaste.feedback.reports.satisfaction import SatisfactionSettings

__all__ = ["interleaving_credits", "places_shown"]


def places_shown(
    impressions: Impressions,
    events: Events,
    *,
    kinds: Sequence[str] | None = None,
    window_s: float = WINDOW_S,
) -> pl.DataFrame:
    """One row for every place of every answer.

    Args:
        impressions: What was shown; see :data:`foretaste.feedback.IMPRESSION_COLUMNS`.
        events: What happened; see :data:`foretaste.feedback.EVENT_COLUMNS`.
        kinds: Kinds of events that count as a reward; those of
            :class:`foretaste.feedback.SatisfactionSettings` when left out.
        window_s: See :func:`foretaste.feedback.attributed`.

    Returns:
        ``answer_id, user_id, time_s, place`` (from 0) ``, item_id, propensity`` (1 where nothing
        was left to chance) ``, explored, reward`` (1 or 0), in the order of the answers.

    Raises:
        DataError: If a column that is needed is missing.
    """
    shown = impressions_frame(impressions).filter(pl.col("item_ids").list.len() > 0)
    count = pl.col("item_ids").list.len()
    shown = shown.with_columns(
        propensities=pl.when(pl.col("propensities").list.len() == count)
        .then("propensities")
        .otherwise(pl.lit(1.0).repeat_by(count)),
        explored=pl.when(pl.col("explored").list.len() == count)
        .then("explored")
        .otherwise(pl.lit(value=False).repeat_by(count)),
        place=pl.int_ranges(0, count),
    )
    wanted = SatisfactionSettings().clicks if kinds is None else tuple(kinds)
    done = attributed(shown, events_frame(events), window_s=window_s)
    rewards = (
        done.filter(pl.col("kind").is_in(wanted) & pl.col("place").is_not_null())
        .select(pl.col("to_answer").alias("answer_id"), "place", reward=pl.lit(1.0))
        .unique()
    )
    columns = ["item_ids", "propensities", "explored", "place"]
    return (
        shown.select("answer_id", "user_id", "time_s", *columns)
        .explode(columns)
        .rename({"item_ids": "item_id", "propensities": "propensity"})
        .join(rewards, on=["answer_id", "place"], how="left", maintain_order="left")
        .with_columns(pl.col("reward").fill_null(0.0))
        .select("answer_id", "user_id", "time_s", "place", "item_id", "propensity", "explored",
                "reward")
    )  # fmt: skip


def interleaving_credits(
    impressions: Impressions,
    events: Events,
    experiment: str,
    *,
    kinds: Sequence[str] | None = None,
) -> Iterable[tuple[str, int, int]]:
    """Places taken up of each team, by answer: the input of ``interleaving_outcome``.

    In an answer made by :class:`foretaste.feedback.Interleaving` the places of the challenger
    (team b) are those marked as explored.

    Args:
        impressions: What was shown.
        events: What happened.
        experiment: Only answers that are in an arm of this experiment.
        kinds: See :func:`places_shown`.

    Returns:
        ``(user_id, a, b)`` for each answer to somebody in particular.

    Raises:
        DataError: If a column that is needed is missing.
    """
    shown = impressions_frame(impressions)
    mine = arms_of(shown).filter(pl.col("experiment") == experiment)["answer_id"]
    shown = shown.filter(
        pl.col("answer_id").is_in(mine.implode()) & pl.col("user_id").is_not_null()
    )
    places = places_shown(shown, events, kinds=kinds)
    sums = places.group_by("answer_id", maintain_order=True).agg(
        pl.col("user_id").first(),
        a=pl.col("reward").filter(~pl.col("explored")).sum().cast(pl.Int64),
        b=pl.col("reward").filter("explored").sum().cast(pl.Int64),
    )
    return [(user, a, b) for user, a, b in sums.select("user_id", "a", "b").iter_rows()]
