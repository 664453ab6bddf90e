"""Whether people liked what they were shown: by arm, source and group of people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from pydantic import Field

from foretaste.core import Settings
from foretaste.core.errors import UnknownNameError
from foretaste.feedback.proportions import Measured, ratio_of_sums, wilson
from foretaste.feedback.reports.attribution import BY_ANSWER, BY_WINDOW, WINDOW_S, attributed
from foretaste.feedback.reports.frames import (
    Events,
    Impressions,
    arms_of,
    events_frame,
    impressions_frame,
)

__all__ = ["MEASURES", "Cell", "Satisfaction", "SatisfactionSettings", "satisfaction"]

By = Literal["arm", "source", "group"]

MEASURES: Mapping[str, str] = {
    "ctr": "places clicked over places shown; interval by bootstrap over people",
    "conversion": "people who converted over people who were shown something; Wilson's interval",
    "dwell_s": "mean seconds of an event that says how long; bootstrap over people",
    "came_back": "people seen again over people watched long enough; Wilson's interval",
    "sent_back": "events of kind `return` over conversions; bootstrap over people",
}
"""What the report measures. Coming back (a good sign) and sending back (a bad one) are two
things, though both are called returns."""


class SatisfactionSettings(Settings):
    """What counts as what."""

    clicks: tuple[str, ...] = Field(
        ("click", "view", "play", "read", "complete", "cart", "bookmark", "share", "like", "buy",
         "interaction"),
        description="kinds of events that show a place was taken up",
    )  # fmt: skip
    conversions: tuple[str, ...] = Field(
        ("buy", "complete"), description="kinds of events that are what the owner wants"
    )
    dwells: tuple[str, ...] = Field(
        ("dwell", "view", "play", "read"),
        description="kinds whose value is seconds, if they have one",
    )
    returns: tuple[str, ...] = Field(
        ("return",), description="kinds of events that undo a conversion"
    )
    window_s: float = Field(
        WINDOW_S, gt=0, description="how long an event that names no answer may be its doing"
    )
    back_after_s: float = Field(
        12 * 3600.0, ge=0, description="coming back counts from this long after the first answer"
    )
    back_within_s: float = Field(7 * 86_400.0, gt=0, description="and up to this long after it")
    level: float = Field(0.95, gt=0, lt=1, description="coverage of the intervals")


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the report.

    Attributes:
        key: Value of each thing it is split by.
        answers: Lists shown.
        people: People who saw them; each answer to nobody in particular counts as somebody.
        shown: Places shown.
        measures: By name, see :data:`MEASURES`.
    """

    key: Mapping[str, str]
    answers: int
    people: int
    shown: int
    measures: Mapping[str, Measured]


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The report.

    Attributes:
        by: What it is split by.
        cells: One for each combination that occurs, in alphabetical order.
        by_answer: Events attributed because they named the answer.
        by_window: Events attributed because the item had been shown lately.
        unattributed: Events that are no reaction to any answer.
    """

    by: tuple[str, ...]
    cells: tuple[Cell, ...]
    by_answer: int
    by_window: int
    unattributed: int

    def frame(self) -> pl.DataFrame:
        """The report as a table.

        Returns:
            One row a cell: what it is split by, ``answers, people, shown``, then for each
            measure ``<name>, <name>_low, <name>_high, <name>_n``.
        """
        rows = []
        for cell in self.cells:
            row: dict[str, object] = {**cell.key, "answers": cell.answers, "people": cell.people,
                                      "shown": cell.shown}  # fmt: skip
            for name, found in cell.measures.items():
                row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high,
                        f"{name}_n": found.n}  # fmt: skip
            rows.append(row)
        return pl.DataFrame(rows)


def satisfaction(
    impressions: Impressions,
    events: Events,
    by: Sequence[By] = ("arm", "source", "group"),
    *,
    groups: Mapping[str, str] | None = None,
    settings: SatisfactionSettings | None = None,
    until_s: float | None = None,
) -> Satisfaction:
    """Clicks, conversion, dwell, coming back and sending back, each with its interval.

    Args:
        impressions: What was shown; see :data:`foretaste.feedback.IMPRESSION_COLUMNS`.
        events: What happened; see :data:`foretaste.feedback.EVENT_COLUMNS`.
        by: What to split by, together; ``()`` for one line. An answer in several experiments
            counts in an arm of each, written ``experiment: arm``.
        groups: Group of each person by id.
        settings: What counts as what.
        until_s: When watching ended; the last time seen when left out.

    Returns:
        The report.

    Raises:
        DataError: If a column that is needed is missing.
        UnknownNameError: If there is no such thing to split by.
    """
    given = settings or SatisfactionSettings()
    for name in by:
        if name not in ("arm", "source", "group"):
            raise UnknownNameError("column to split by", name, ("arm", "source", "group"))
    shown, done = impressions_frame(impressions), events_frame(events)
    joined = attributed(shown, done, window_s=given.window_s)
    counted = dict(joined.group_by("by").len().iter_rows())
    answers = _split(shown, by, groups or {})
    people = _per_person(answers, joined, by, given)
    people = _came_back(people, shown, done, given, until_s)
    return Satisfaction(
        tuple(by),
        tuple(_cells(people, by, given.level)),
        counted.get(BY_ANSWER, 0),
        counted.get(BY_WINDOW, 0),
        counted.get(None, 0),
    )


def _split(shown: pl.DataFrame, by: Sequence[By], groups: Mapping[str, str]) -> pl.DataFrame:
    """Answers with the columns they are split by and who counts as the person."""
    frame = shown.select(
        "answer_id",
        "time_s",
        pl.col("source").fill_null(""),
        pl.col("item_ids").list.len().fill_null(0).alias("shown"),
        pl.col("user_id").alias("known"),
        person=pl.coalesce(
            pl.concat_str(pl.lit("person "), "user_id"),
            pl.concat_str(pl.lit("answer "), "answer_id"),
        ),
    )
    if "arm" in by:
        arms = arms_of(shown).select(
            "answer_id", arm=pl.concat_str("experiment", pl.lit(": "), "arm")
        )
        frame = frame.join(arms, on="answer_id", how="left").with_columns(
            pl.col("arm").fill_null("none")
        )
    if "group" in by:
        table = pl.DataFrame(
            {"known": list(groups.keys()), "group": list(groups.values())},
            schema={"known": pl.String, "group": pl.String},
        )
        frame = frame.join(table, on="known", how="left").with_columns(
            pl.col("group").fill_null("unknown")
        )
    return frame


def _per_person(
    answers: pl.DataFrame, joined: pl.DataFrame, by: Sequence[By], given: SatisfactionSettings
) -> pl.DataFrame:
    """One row for each cell and person: what they were shown and what they did."""
    kind, value = pl.col("kind"), pl.col("value")
    dwelt = kind.is_in(given.dwells) & value.is_not_null() & (value >= 0)
    done = joined.filter(pl.col("to_answer").is_not_null()).group_by("to_answer").agg(
        clicked=pl.col("place").filter(kind.is_in(given.clicks)).drop_nulls().n_unique(),
        converted=kind.is_in(given.conversions).sum(),
        dwelt=dwelt.sum(),
        dwell_s=value.filter(dwelt).sum(),
        sent_back=kind.is_in(given.returns).sum(),
    )  # fmt: skip
    sums = ("shown", "clicked", "converted", "dwelt", "dwell_s", "sent_back")
    return (
        answers.join(done, left_on="answer_id", right_on="to_answer", how="left")
        .group_by([*by, "person"])
        .agg(
            pl.col("known").first(),
            pl.col("time_s").min().alias("first_s"),
            pl.len().alias("answers"),
            *(pl.col(name).fill_null(0).sum() for name in sums),
        )
    )


def _came_back(
    people: pl.DataFrame,
    shown: pl.DataFrame,
    done: pl.DataFrame,
    given: SatisfactionSettings,
    until_s: float | None,
) -> pl.DataFrame:
    """Add whether each person was seen again; null for whom that cannot be known yet."""
    seen = pl.concat([shown.select("user_id", "time_s"), done.select("user_id", "time_s")])
    seen = seen.drop_nulls().rename({"user_id": "known"})
    last = seen["time_s"].max() if until_s is None else until_s
    end = -math.inf if last is None else float(last)  # type: ignore[arg-type]
    later = (
        people.select("known", "first_s").drop_nulls().unique()
        .join(seen, on="known")
        .filter(
            (pl.col("time_s") > pl.col("first_s") + given.back_after_s)
            & (pl.col("time_s") <= pl.col("first_s") + given.back_within_s)
        )
        .select("known", "first_s", again=pl.lit(True)).unique()
    )  # fmt: skip
    watched = pl.col("known").is_not_null() & (pl.col("first_s") + given.back_within_s <= end)
    return people.join(later, on=["known", "first_s"], how="left").with_columns(
        again=pl.when(watched).then(pl.col("again").fill_null(False))
    )


def _cells(people: pl.DataFrame, by: Sequence[By], level: float) -> Iterator[Cell]:
    if not len(people):
        return
    groups = people.partition_by(by, as_dict=True) if by else {(): people}
    for key in sorted(groups):
        # Sorted, so that the bootstrap draws the same people whatever order the rows came in.
        part = groups[key].sort("person")
        column = {name: part[name].to_numpy() for name in
                  ("shown", "clicked", "converted", "dwelt", "dwell_s", "sent_back")}  # fmt: skip
        again = part["again"].drop_nulls()
        measures = {
            "ctr": ratio_of_sums(column["clicked"], column["shown"], level=level),
            "conversion": wilson(int(np.sum(column["converted"] > 0)), len(part), level),
            "dwell_s": ratio_of_sums(column["dwell_s"], column["dwelt"], level=level),
            "came_back": wilson(int(again.sum()), len(again), level),
            "sent_back": ratio_of_sums(column["sent_back"], column["converted"], level=level),
        }
        yield Cell(
            dict(zip(by, (str(value) for value in key), strict=True)),
            int(part["answers"].sum()),
            len(part),
            int(column["shown"].sum()),
            measures,
        )
