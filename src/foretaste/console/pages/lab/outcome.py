"""What an experiment has found so far."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from foretaste.console.parts.charts import Estimate, whiskers
from foretaste.console.parts.elements import heading, note, tag
from foretaste.console.parts.states import banner, empty
from foretaste.console.parts.tables import count
from foretaste.feedback import ArmEffect, ExperimentReport, InterleavingOutcome

if TYPE_CHECKING:
    from foretaste.app.service import ExperimentResult

__all__ = ["draw_outcome"]


def draw_outcome(result: ExperimentResult) -> None:
    """Draw the result of an experiment of either kind.

    Args:
        result: What it has found so far.
    """
    if result.outcome is not None:
        _interleaved(result.outcome)
    if result.report is not None:
        _arms(result.report)


def _arms(report: ExperimentReport) -> None:
    seen = sum(arm.people for arm in report.arms)
    if not seen:
        empty("Nobody has been seen yet", "Numbers appear with the first answers in an arm.")
        return
    if report.ratio.mismatch:
        banner(
            "People are not split as planned"
            f" (p = {report.ratio.p:.2g}): something loses people of one arm. Do not read on before"
            " that is found.", "bad",
        )  # fmt: skip
    else:
        banner(f"The split is as planned (sample-ratio check, p = {report.ratio.p:.2f}).", "good")
    rows = [
        Estimate(
            arm.name, arm.value.value, arm.value.low, arm.value.high,
            count(arm.people, "person", "people"),
        )
        for arm in report.arms
        if math.isfinite(arm.value.value)
    ]  # fmt: skip
    if rows:
        heading(3, f"{report.metric} by arm")
        whiskers(rows, label=f"{report.metric} by arm", zero=False, digits=4)
    for effect in report.effects:
        _effect(effect)
    if report.crossed:
        note(
            f"{count(report.crossed, 'person', 'people')} seen in two arms are left out.",
            "tiny faint",
        )


def _effect(effect: ArmEffect) -> None:
    fixed, running = effect.fixed, effect.running
    if not math.isfinite(fixed.difference):
        note(f"{effect.arm} against {effect.control}: too little to compare yet.")
        return
    heading(3, f"{effect.arm} against {effect.control}")
    rows = [
        Estimate("Read any time", running.difference, running.low, running.high,
                 "valid however often you look"),
        Estimate("Read once, at the end", fixed.difference, fixed.low, fixed.high,
                 f"p = {effect.p_holm:.3g}"),
    ]  # fmt: skip
    rows = [row for row in rows if all(map(math.isfinite, (row.mean, row.low, row.high)))]
    whiskers(rows, label=f"Difference of {effect.arm} and {effect.control}", digits=4)
    better = "better" if running.difference > 0 else "worse"
    told = (
        f"Decided: {effect.arm} is {better}."
        if running.decided
        else "Not decided: the interval you may read at any time still holds zero."
    )
    tag("p", told, "small strong")
    if fixed.variance_removed >= 0.005:
        removed = 100 * fixed.variance_removed
        note(
            f"What people did before explains {removed:.0f} % of the spread (CUPED).", "tiny faint"
        )


def _interleaved(outcome: InterleavingOutcome) -> None:
    total = outcome.a + outcome.b + outcome.ties
    if not total:
        empty("No reactions yet", "Numbers appear with the first reactions to a woven list.")
        return
    share = outcome.preference
    rows = [Estimate("Prefer the control", share.value, share.low, share.high,
                     count(share.n, "person", "people"))]  # fmt: skip
    whiskers(
        rows, label="Share of people who prefer the control", zero=False, digits=3, span=(0.0, 1.0)
    )
    note(f"Control {outcome.a}, variant {outcome.b}, ties {outcome.ties}; p = {outcome.p:.3g}.")
    won = {"a": "The control wins.", "b": "The variant wins."}
    tag("p", won.get(outcome.winner or "", "Not decided."), "small strong")
