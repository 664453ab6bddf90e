"""Experiments: assignment, tests at a fixed end or at any time, planning, interleaving."""

from foretaste.feedback.experiments.assignment import (
    SampleRatio,
    Split,
    Weighted,
    assign,
    bucket,
    srm_check,
    weights_of,
)
from foretaste.feedback.experiments.challenge import Interleaving
from foretaste.feedback.experiments.fixed import Effect, adjusted, compare, linearised
from foretaste.feedback.experiments.interleaving import (
    Interleaved,
    InterleavingOutcome,
    credit,
    interleaving_outcome,
    team_draft,
)
from foretaste.feedback.experiments.planning import (
    minimum_effect,
    needed_people,
    spread_of_share,
)
from foretaste.feedback.experiments.sequential import (
    Running,
    Sequential,
    bounded_sequence,
    sequential,
    sequential_path,
)

__all__ = [
    "Effect",
    "Interleaved",
    "Interleaving",
    "InterleavingOutcome",
    "Running",
    "SampleRatio",
    "Sequential",
    "Split",
    "Weighted",
    "adjusted",
    "assign",
    "bounded_sequence",
    "bucket",
    "compare",
    "credit",
    "interleaving_outcome",
    "linearised",
    "minimum_effect",
    "needed_people",
    "sequential",
    "sequential_path",
    "spread_of_share",
    "srm_check",
    "team_draft",
    "weights_of",
]
