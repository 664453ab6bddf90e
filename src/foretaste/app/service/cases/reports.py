"""What came of it all: experiments, satisfaction, drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from foretaste.app.service.cases.base import Cases
from foretaste.app.service.log.controls import MARK
from foretaste.core.errors import InputError, UnknownIdError
from foretaste.feedback import (
    DriftReport,
    ExperimentReport,
    InterleavingOutcome,
    Period,
    Satisfaction,
    drift,
    experiment_report,
    interleaving_credits,
    interleaving_outcome,
    satisfaction,
    weights_of,
)
from foretaste.store import Experiment

__all__ = ["ExperimentResult", "ReportCases"]

_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """What an experiment has found so far.

    Attributes:
        experiment: It, as it stands.
        report: Arms, sample ratio and effects; ``None`` for interleaving.
        outcome: Whom people preferred; ``None`` for A/B.
    """

    experiment: Experiment
    report: ExperimentReport | None = None
    outcome: InterleavingOutcome | None = None


class ReportCases(Cases):
    """Results of experiments, satisfaction and drift."""

    def experiment_result(self, name: str) -> ExperimentResult:
        """What an experiment has found so far.

        Args:
            name: Which.

        Returns:
            The result.
        """
        inside = self._inside
        found = inside.breaker.call(inside.space.experiments.get, name)
        if found is None:
            raise UnknownIdError(f"no experiment has the name {name!r}")
        shown, done = self._frames(found.started_s)
        if found.kind == "interleaving":
            credits = interleaving_credits(shown, done, name)
            return ExperimentResult(found, outcome=interleaving_outcome(credits))
        more: dict[str, Any] = {} if found.horizon is None else {"horizon": found.horizon}
        every = inside.space.events.frame().filter(~pl.col("kind").str.starts_with(MARK))
        report = experiment_report(
            shown, every, name, weights_of(found),
            metric=found.metric,  # type: ignore[arg-type]
            started_s=found.started_s, **more,
        )  # fmt: skip
        return ExperimentResult(found, report)

    def satisfaction(
        self,
        by: Sequence[str] = ("source",),
        since_s: float | None = None,
        *,
        group: str | None = None,
    ) -> Satisfaction:
        """Clicks, conversion, dwell, coming back and sending back, with intervals.

        Args:
            by: What to split by: ``arm``, ``source``, ``group``.
            since_s: Only what was shown after this time.
            group: Attribute of people that makes the groups.

        Returns:
            The report.
        """
        shown, done = self._frames(since_s)
        groups: Mapping[str, str] | None = None
        if group is not None:
            people = self._inside.space.people.frame()
            if group not in people.columns:
                raise InputError("people have no such attribute", got=group)
            table = people.select("user_id", pl.col(group).cast(pl.String)).drop_nulls()
            groups = dict(table.iter_rows())
        return satisfaction(shown, done, tuple(by), groups=groups)  # type: ignore[arg-type]

    def drift(self, recent_s: float = 7 * _DAY_S) -> DriftReport:
        """Whether people do other things lately than at the time before.

        Args:
            recent_s: How long lately is; the time before is everything older in the log.

        Returns:
            The report; without enough on both sides it has nothing to compare.
        """
        shown, done = self._frames(None)
        border_s = self._inside.clock.now_s() - recent_s
        before, after = pl.col("time_s") < border_s, pl.col("time_s") >= border_s
        return drift(
            _period(shown.filter(before), done.filter(before)),
            _period(shown.filter(after), done.filter(after)),
        )

    def _frames(self, since_s: float | None) -> tuple[pl.DataFrame, pl.DataFrame]:
        inside = self._inside
        inside.showing.flush()
        shown = inside.breaker.call(inside.space.impressions.frame, since_s)
        done = inside.breaker.call(inside.space.events.frame)
        done = done.filter(~pl.col("kind").str.starts_with(MARK))
        if since_s is not None:
            done = done.filter(pl.col("time_s") >= since_s)
        return shown, done


def _period(shown: pl.DataFrame, done: pl.DataFrame) -> Period:
    """A stretch of time, with the scores that the impressions keep."""
    kept = shown.select(
        "user_id", pl.col("features").str.json_path_match("$.score").alias("scores")
    ).drop_nulls()
    lists = kept["scores"].str.json_decode(pl.List(pl.Float64))
    counts = lists.list.len().to_numpy()
    scores = np.concatenate([np.zeros(0), *[one.to_numpy() for one in lists]])
    scored = np.repeat(kept["user_id"].to_numpy(), counts)
    return Period.of(shown, done, scores=scores, scored=scored)
