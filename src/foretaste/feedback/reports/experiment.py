"""What an experiment has found so far, from what was shown and what happened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from foretaste.core import FloatArray
from foretaste.core.errors import UnknownNameError
from foretaste.feedback.experiments.assignment import SampleRatio, srm_check
from foretaste.feedback.experiments.fixed import Effect, compare, linearised
from foretaste.feedback.experiments.sequential import Sequential, sequential
from foretaste.feedback.proportions import Measured, ratio_of_sums
from foretaste.feedback.reports.attribution import attributed
from foretaste.feedback.reports.frames import (
    Events,
    Impressions,
    arms_of,
    events_frame,
    impressions_frame,
)
from foretaste.feedback.reports.satisfaction import SatisfactionSettings
from foretaste.measure import holm

__all__ = ["METRICS", "ArmEffect", "ArmResult", "ExperimentReport", "experiment_report"]

Metric = Literal["click_rate", "clicks", "conversion", "dwell_s"]

METRICS: Mapping[str, str] = {
    "click_rate": "places taken up over places shown",
    "clicks": "places taken up by a person",
    "conversion": "whether a person converted",
    "dwell_s": "seconds a person spent",
}
"""What arms may be compared by."""


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One arm.

    Attributes:
        name: Its name.
        people: People who were shown something in it.
        value: The metric, with a bootstrap interval over people.
    """

    name: str
    people: int
    value: Measured


@dataclass(frozen=True, slots=True)
class ArmEffect:
    """One arm against the control.

    Attributes:
        arm: Its name.
        control: The other's name.
        fixed: To be read once, at the planned end.
        p_holm: Its p-value, adjusted for the number of arms.
        running: To be read at any time.
    """

    arm: str
    control: str
    fixed: Effect
    p_holm: float
    running: Sequential


@dataclass(frozen=True, slots=True)
class ExperimentReport:
    """The report.

    Attributes:
        experiment: Its name.
        metric: What arms are compared by; see :data:`METRICS`.
        arms: The arms in alphabetical order.
        ratio: Whether people are split as intended; if not, believe nothing else here.
        effects: Every other arm against the control.
        crossed: People left out because they were seen in more than one arm.
    """

    experiment: str
    metric: str
    arms: tuple[ArmResult, ...]
    ratio: SampleRatio
    effects: tuple[ArmEffect, ...]
    crossed: int


def experiment_report(
    impressions: Impressions,
    events: Events,
    experiment: str,
    weights: Mapping[str, float],
    *,
    metric: Metric = "click_rate",
    control: str | None = None,
    started_s: float | None = None,
    horizon: int = 10_000,
    level: float = 0.95,
    settings: SatisfactionSettings | None = None,
) -> ExperimentReport:
    """Sample ratio, each arm's value, and each arm against the control in both ways of testing.

    The person is the unit. Where it is known when the experiment started, what people did
    before is used to take variance away from the fixed comparison (CUPED). The running test
    takes people in the order in which they were first shown something; a person's value should
    be settled by then, so it is a little approximate for people who are still active.

    Args:
        impressions: What was shown; answers outside the experiment do not count.
        events: What happened, from before the start on where CUPED is wanted.
        experiment: Its name.
        weights: Intended weight of each arm.
        metric: What to compare by.
        control: The arm to compare with; ``control`` if there is one, else the first by name.
        started_s: When the experiment started.
        horizon: People planned for, at which the running interval is narrowest; fixed
            beforehand, never moved along with the data.
        level: Coverage of each interval.
        settings: What counts as a click, a conversion and dwelling.

    Returns:
        The report; arms without two people are compared with nothing.

    Raises:
        DataError: If a column that is needed is missing.
        UnknownNameError: If there is no such metric or control.
    """
    names = sorted(name for name in weights if weights[name] > 0)
    base = control or ("control" if "control" in names else "".join(names[:1]))
    if metric not in METRICS or base not in names:
        wrong = ("arm", base, names) if metric in METRICS else ("metric", metric, METRICS)
        raise UnknownNameError(*wrong)
    people, crossed = _people(
        impressions, events, experiment, started_s, settings or SatisfactionSettings()
    )
    parts, wholes = _values(people, metric)
    arm = people["arm"].to_numpy()
    counts = {name: int((arm == name).sum()) for name in names}
    values = [ratio_of_sums(parts[arm == n], wholes[arm == n], level=level) for n in names]
    results = tuple(ArmResult(n, counts[n], v) for n, v in zip(names, values, strict=True))
    ratio = srm_check(counts, weights)
    others = [name for name in names if name != base and min(counts[name], counts[base]) >= 2]
    effects = _effects(people, parts, wholes, others, base, level, horizon)
    return ExperimentReport(experiment, metric, results, ratio, effects, crossed)


def _effects(
    people: pl.DataFrame,
    parts: FloatArray,
    wholes: FloatArray,
    others: Sequence[str],
    base: str,
    level: float,
    horizon: int,
) -> tuple[ArmEffect, ...]:
    found = {name: _against(people, parts, wholes, name, base, level, horizon) for name in others}
    adjusted = holm({name: fixed.p for name, (fixed, _) in found.items()})
    return tuple(
        ArmEffect(name, base, fixed, adjusted[name], running)
        for name, (fixed, running) in found.items()
    )


def _people(
    impressions: Impressions,
    events: Events,
    experiment: str,
    started_s: float | None,
    given: SatisfactionSettings,
) -> tuple[pl.DataFrame, int]:
    """One row a person in the order of coming: arm, what they were shown, what they did."""
    shown, done = impressions_frame(impressions), events_frame(events)
    arms = arms_of(shown).filter(pl.col("experiment") == experiment).select("answer_id", "arm")
    kind, value = pl.col("kind"), pl.col("value")
    dwelt = kind.is_in(given.dwells) & value.is_not_null() & (value >= 0)
    reactions = (
        attributed(shown, done, window_s=given.window_s)
        .filter(pl.col("to_answer").is_not_null())
        .group_by(pl.col("to_answer").alias("answer_id"))
        .agg(
            clicks=pl.col("place").filter(kind.is_in(given.clicks)).drop_nulls().n_unique(),
            converted=kind.is_in(given.conversions).sum(),
            dwell_s=value.filter(dwelt).sum(),
        )
    )
    answers = (
        shown.filter(pl.col("user_id").is_not_null())
        .select("answer_id", "user_id", "time_s", shown=pl.col("item_ids").list.len().fill_null(0))
        .join(arms, on="answer_id")
        .join(reactions, on="answer_id", how="left")
    )
    people = answers.group_by("user_id").agg(
        pl.col("arm").first(),
        pl.col("arm").n_unique().alias("arms"),
        pl.col("time_s").min().alias("first_s"),
        *(pl.col(name).fill_null(0).sum() for name in ("shown", "clicks", "converted", "dwell_s")),
    )
    crossed = int((people["arms"] > 1).sum())
    people = people.filter(pl.col("arms") == 1).sort("first_s", "user_id")
    before = done.filter(
        (pl.col("time_s") < (-math.inf if started_s is None else started_s))
        & kind.is_in(given.clicks)
    )
    before = before.group_by("user_id").agg(before=pl.len().cast(pl.Float64).log1p())
    return people.join(before, on="user_id", how="left", maintain_order="left"), crossed


def _values(people: pl.DataFrame, metric: str) -> tuple[FloatArray, FloatArray]:
    """Parts and wholes of each person; the metric of an arm is their sums' ratio."""
    ones = np.ones(len(people))
    clicks = people["clicks"].to_numpy().astype(float)
    if metric == "click_rate":
        return clicks, people["shown"].to_numpy().astype(float)
    if metric == "conversion":
        return (people["converted"].to_numpy() > 0).astype(float), ones
    if metric == "dwell_s":
        return people["dwell_s"].to_numpy().astype(float), ones
    return clicks, ones


def _against(
    people: pl.DataFrame,
    parts: FloatArray,
    wholes: FloatArray,
    name: str,
    base: str,
    level: float,
    horizon: int,
) -> tuple[Effect, Sequential]:
    arm = people["arm"].to_numpy()
    values = np.zeros(len(arm))
    for one in (name, base):
        mine = arm == one
        known = wholes[mine].sum() > 0
        values[mine] = linearised(parts[mine], wholes[mine]) if known else 0.0
    both = (arm == name) | (arm == base)
    before: Sequence[FloatArray | None] = (None, None)
    if people["before"].drop_nulls().len():
        past = people["before"].fill_null(0.0).to_numpy()
        before = past[arm == name], past[arm == base]
    fixed = compare(
        values[arm == name], values[arm == base],
        before_first=before[0], before_second=before[1], level=level,
    )  # fmt: skip
    running = sequential(values[both], arm[both] == name, level=level, horizon=horizon)
    return fixed, running
