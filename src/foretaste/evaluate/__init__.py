"""Protocols, tuned comparisons with intervals, and reports that can be traced."""

from foretaste.evaluate.card import RunCard, code_digest, make_card
from foretaste.evaluate.case import Case, Fold, Part, Ratings
from foretaste.evaluate.compare import compare_all, paired
from foretaste.evaluate.context import Context, measured
from foretaste.evaluate.leakage import Finding, fitted_findings, lint, refuse
from foretaste.evaluate.picture import draw_report
from foretaste.evaluate.protocols import (
    PROTOCOLS,
    ColdItems,
    CrossValidation,
    GlobalTime,
    KShot,
    LeaveOneOut,
    Melu,
    Splits,
    StrongGeneralisation,
    protocol,
)
from foretaste.evaluate.report import Comparison, PersonValues, Report, Row
from foretaste.evaluate.run import evaluate
from foretaste.evaluate.scoring import Outcome, ask, masked_scores, one_by_one_ms
from foretaste.evaluate.tuning import Progress, Tuned, baseline_grids, tuned

__all__ = [
    "PROTOCOLS",
    "Case",
    "ColdItems",
    "Comparison",
    "Context",
    "CrossValidation",
    "Finding",
    "Fold",
    "GlobalTime",
    "KShot",
    "LeaveOneOut",
    "Melu",
    "Outcome",
    "Part",
    "PersonValues",
    "Progress",
    "Ratings",
    "Report",
    "Row",
    "RunCard",
    "Splits",
    "StrongGeneralisation",
    "Tuned",
    "ask",
    "baseline_grids",
    "code_digest",
    "compare_all",
    "draw_report",
    "evaluate",
    "fitted_findings",
    "lint",
    "make_card",
    "masked_scores",
    "measured",
    "one_by_one_ms",
    "paired",
    "protocol",
    "refuse",
    "tuned",
]
