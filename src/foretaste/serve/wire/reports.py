"""Experiments, exploration and reports: what is tried, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from foretaste.app.service import Arm, Experiment
from foretaste.serve.wire.base import CLOSED, WHOLE, Id, Name, Wire, WireOut

__all__ = [
    "DriftOut",
    "ExperimentIn",
    "ExperimentOut",
    "ExperimentResultOut",
    "ExperimentsOut",
    "ExplorationIn",
    "ExplorationOut",
    "QualityOut",
    "SatisfactionOut",
    "StatsOut",
    "draft",
]


Metric = Literal["click_rate", "clicks", "conversion", "dwell_s"]
_Horizon = Annotated[
    Annotated[int, Field(ge=2, le=10**9), WHOLE] | None,
    Field(description="People before a fixed test is read; null: sequential."),
]


class ArmSettings(Wire):
    """What is different for the people of an arm; what is left out is as for everybody."""

    source: Id | None = Field(None, description="Who ranks: a source of the model.")
    diversity: float | None = Field(None, ge=0, le=1, description="0 none to 1.")
    explore: float | None = Field(None, ge=0, le=1, description="Share of explored places.")


class ArmIn(Wire):
    """One arm of an experiment."""

    weight: float = Field(1.0, ge=1e-6, le=1e6, description="Share of people.")
    settings: ArmSettings = Field(default_factory=ArmSettings, description="What is different.")

    def arm(self) -> Arm:
        """The arm it stands for.

        Returns:
            An arm.
        """
        return Arm(self.weight, self.settings.model_dump(exclude_none=True))


class AbIn(Wire):
    """An A/B test: each person always sees the same arm."""

    kind: Literal["ab"]
    arms: Annotated[dict[Name, ArmIn], Field(min_length=2, max_length=20, json_schema_extra=CLOSED)]
    metric: Metric = Field("click_rate", description="What is compared.")
    horizon: _Horizon = None


class InterleavingIn(Wire):
    """Interleaving: both arms mixed in one list, and clicks decide."""

    kind: Literal["interleaving"]
    arms: Annotated[dict[Name, ArmIn], Field(min_length=2, max_length=2, json_schema_extra=CLOSED)]
    metric: Metric = Field("click_rate", description="What is compared.")
    horizon: _Horizon = None


ExperimentIn = Annotated[AbIn | InterleavingIn, Field(discriminator="kind")]
"""A comparison of arms on real people."""


def draft(name: str, given: AbIn | InterleavingIn) -> Experiment:
    """The experiment that was described.

    Args:
        name: Its name.
        given: The description.

    Returns:
        A draft.
    """
    arms = {key: one.arm() for key, one in given.arms.items()}
    return Experiment(name, given.kind, arms, metric=given.metric, horizon=given.horizon)


class ArmOut(WireOut):
    """One arm of an experiment."""

    weight: float
    settings: dict[str, Any]


class ExperimentOut(WireOut):
    """A comparison of arms on real people."""

    name: str
    kind: Literal["ab", "interleaving"]
    arms: dict[str, ArmOut]
    status: Literal["draft", "running", "stopped"]
    salt: str
    metric: str
    created_s: float
    started_s: float | None
    stopped_s: float | None
    horizon: int | None


class ExperimentsOut(WireOut):
    """The experiments there are."""

    experiments: list[ExperimentOut]


class ExplorationIn(Wire):
    """How much is left to chance, and by which rule."""

    kind: Literal["none", "thompson", "ucb"] = "none"
    share: float = Field(0.1, ge=0, le=1, description="Share of places explored, on average.")
    pool: Annotated[int, Field(ge=2, le=2_000), WHOLE] = Field(60, description="Items considered.")
    draws: Annotated[int, Field(ge=16, le=10_000), WHOLE] = Field(
        256, description="Draws behind the odds of thompson."
    )
    width: float = Field(1.5, ge=0, le=10, description="Optimism of ucb, standard deviations.")
    floor: float = Field(0.1, ge=0, le=1, description="Part of the odds that is spread evenly.")
    fallback: Literal["softmax", "none"] = Field("softmax", description="Without a posterior.")
    temperature: float = Field(0.5, gt=0, le=100, description="Of the softmax.")


class ExplorationOut(WireOut):
    """How much is left to chance, and by which rule."""

    kind: Literal["none", "thompson", "ucb"]
    share: float
    pool: int
    draws: int
    width: float
    floor: float
    fallback: Literal["softmax", "none"]
    temperature: float


class MeasuredOut(WireOut):
    """A number with its interval."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class ArmResultOut(WireOut):
    """One arm: people who were shown something in it, and the metric."""

    name: str
    people: int
    value: MeasuredOut


class EffectOut(WireOut):
    """One arm against the control, read once at the planned end."""

    difference: float | None
    low: float | None
    high: float | None
    relative: float | None
    p: float | None
    n_first: int
    n_second: int
    variance_removed: float | None = Field(description="Share that CUPED took away.")


class AnytimeOut(WireOut):
    """One arm against the control, to be read at any time."""

    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    n_first: int
    n_second: int
    decided: bool


class ArmEffectOut(WireOut):
    """One arm against the control."""

    arm: str
    control: str
    fixed: EffectOut
    p_holm: float | None = Field(description="p-value of the fixed test, for many arms.")
    running: AnytimeOut


class RatioOut(WireOut):
    """Whether people are split as intended; if not, believe nothing else."""

    chi2: float | None
    p: float | None
    expected: dict[str, float]
    mismatch: bool


class ReportOut(WireOut):
    """What an A/B test has found so far."""

    experiment: str
    metric: str
    arms: list[ArmResultOut]
    ratio: RatioOut
    effects: list[ArmEffectOut]
    crossed: int = Field(description="People left out: seen in more than one arm.")


class OutcomeOut(WireOut):
    """Whom people preferred in interleaved lists."""

    a: int
    b: int
    ties: int
    preference: MeasuredOut
    p: float | None
    winner: str | None


class ExperimentResultOut(WireOut):
    """What came of an experiment so far."""

    experiment: ExperimentOut
    report: ReportOut | None = Field(description="Of an A/B test.")
    outcome: OutcomeOut | None = Field(description="Of interleaving.")


class CellOut(WireOut):
    """One line of the report."""

    key: dict[str, str]
    answers: int
    people: int
    shown: int
    measures: dict[str, MeasuredOut]


class SatisfactionOut(WireOut):
    """Clicks, conversion, dwell, coming back and sending back, each with its interval."""

    by: list[str]
    cells: list[CellOut]
    by_answer: int = Field(description="Events that named the answer.")
    by_window: int = Field(description="Events with an item that had been shown lately.")
    unattributed: int


class DriftCheckOut(WireOut):
    """One thing compared."""

    name: str
    statistic: float | None
    size: float | None
    p: float | None
    p_holm: float | None
    alarm: bool
    words: str


class DriftOut(WireOut):
    """Whether the world has moved since the model was made."""

    alarm: bool
    words: str
    checks: list[DriftCheckOut]


class QualityOut(WireOut):
    """What the last `evaluate` job measured; null before the first."""

    quality: dict[str, Any] | None


class StatsOut(WireOut):
    """Counts of the workspace."""

    items: int
    people: int
    events: int
    impressions: int
    events_since_fit: int
    position: int
    bundle_position: int
    bundle_digest: str
    fitted_s: float
    rates: dict[str, float] = Field(description="Per second over the last minute.")
    spooled: int
    simulated: str | None
