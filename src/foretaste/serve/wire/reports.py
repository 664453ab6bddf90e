"""Experiments, exploration and reports: what is tried, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from foretaste.app.service import Arm, Experiment
from foretaste.serve.wire.base import Attributes, Id, Name, Wire, WireOut

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
]


class ArmIn(Wire):
    """One arm of an experiment."""

    weight: float = Field(1.0, gt=0, le=1e6, description="Share of people, against the others'.")
    settings: Attributes = Field(default_factory=dict, description="What is different for them.")


class ExperimentIn(Wire):
    """A comparison of arms on real people."""

    kind: Literal["ab", "interleaving"] = Field(
        "ab", description="A person sees one arm, or both mixed in one list."
    )
    arms: Annotated[dict[Name, ArmIn], Field(min_length=2, max_length=20)]
    metric: Id = Field("click_rate", description="What is compared.")
    horizon: int | None = Field(
        None, ge=2, le=10**9, description="People before a fixed test is read; null: sequential."
    )

    def experiment(self, name: str) -> Experiment:
        """The experiment it stands for.

        Args:
            name: Its name.

        Returns:
            A draft.
        """
        arms = {key: Arm(one.weight, one.settings) for key, one in self.arms.items()}
        return Experiment(name, self.kind, arms, metric=self.metric, horizon=self.horizon)


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


class ExperimentResultOut(WireOut):
    """What came of an experiment, with intervals and the check of its sample ratio."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str


class ExplorationIn(Wire):
    """How much is left to chance, and by which rule."""

    kind: Literal["none", "thompson", "ucb"] = "none"
    share: float = Field(0.1, ge=0, le=1, description="Share of places explored, on average.")
    pool: int = Field(60, ge=2, le=2_000, description="Items considered.")
    draws: int = Field(256, ge=16, le=10_000, description="Draws behind the odds of thompson.")
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
