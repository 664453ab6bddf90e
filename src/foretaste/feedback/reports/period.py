"""What is compared of a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from foretaste.core import FloatArray
from foretaste.feedback.reports.attribution import attributed
from foretaste.feedback.reports.frames import (
    Events,
    Impressions,
    events_frame,
    impressions_frame,
)
from foretaste.feedback.reports.satisfaction import SatisfactionSettings

__all__ = ["Period"]


@dataclass(frozen=True, slots=True, eq=False)
class Period:
    """What is compared of a stretch of time.

    Attributes:
        people: Who did each event, [N].
        kinds: Kind of each event, [N].
        items: Item of each event, [N]; empty for none.
        clicked: Places each person clicked, [P].
        shown: Places each person was shown, [P].
        scores: Scores of what was shown, [S]; empty when not kept.
        scored: Who was shown each of them, [S].
    """

    people: NDArray[Any]
    kinds: NDArray[Any]
    items: NDArray[Any]
    clicked: FloatArray
    shown: FloatArray
    scores: FloatArray
    scored: NDArray[Any]

    @classmethod
    def of(
        cls,
        impressions: Impressions,
        events: Events,
        *,
        scores: FloatArray | None = None,
        scored: NDArray[Any] | None = None,
        clicks: tuple[str, ...] | None = None,
    ) -> Period:
        """Take what is needed out of impressions and events.

        Args:
            impressions: What was shown.
            events: What happened.
            scores: Scores of what was shown, if they were kept.
            scored: Whom each score was for; each somebody else when left out.
            clicks: Kinds of events that show a place was taken up.

        Returns:
            The period.
        """
        shown, done = impressions_frame(impressions), events_frame(events)
        kinds = SatisfactionSettings().clicks if clicks is None else clicks
        joined = attributed(shown, done).filter(pl.col("kind").is_in(kinds))
        taken = joined.group_by("to_answer").agg(clicked=pl.col("place").drop_nulls().n_unique())
        per_person = (
            shown.select("answer_id", person=pl.coalesce("user_id", "answer_id"),
                         shown=pl.col("item_ids").list.len().fill_null(0))
            .join(taken, left_on="answer_id", right_on="to_answer", how="left")
            .group_by("person").agg(pl.col("shown").sum(), pl.col("clicked").fill_null(0).sum())
            .filter(pl.col("shown") > 0).sort("person")
        )  # fmt: skip
        # Nobody in particular is somebody else each time.
        each = pl.concat_str(pl.lit("event "), pl.col("position").cast(pl.String))
        people = done.select(
            pl.coalesce(pl.concat_str(pl.lit("person "), "user_id"),
                        pl.concat_str(pl.lit("answer "), "answer_id"), each)
        ).to_series().to_numpy()  # fmt: skip
        values = np.zeros(0) if scores is None else np.asarray(scores, float)
        return cls(
            people,
            done["kind"].to_numpy(),
            done["item_id"].fill_null("").to_numpy(),
            per_person["clicked"].to_numpy().astype(float),
            per_person["shown"].to_numpy().astype(float),
            values,
            np.arange(len(values)) if scored is None else np.asarray(scored),
        )
