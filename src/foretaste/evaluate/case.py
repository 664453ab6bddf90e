"""What a protocol yields: a part to fit on, and cases to be asked afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from foretaste.core import BoolArray, Dataset, Evidence, FloatArray, Rows
from foretaste.measure import Truth

__all__ = ["Case", "Fold", "Part", "Ratings"]

Part = Literal["validation", "test"]
"""Settings are chosen on ``validation``; figures are ``test``."""


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Ratings to be predicted (compressed rows).

    Attributes:
        starts: Where each person's ratings begin, int64 [B + 1].
        rows: Items rated, int32 [N].
        values: The ratings, float [N].
    """

    starts: np.ndarray
    rows: Rows
    values: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One question asked of many people.

    Attributes:
        name: What is asked: ``n=4``, ``new items``, ``test`` ...
        people: What is known of each, B evidences.
        user_rows: Who they are, for pairing across systems and folds, int32 [B].
        truth: What was to be found.
        candidates: Which items are ranked, bool [I]; all when ``None``.
        ratings: Ratings to be predicted, where the protocol has any.
        cells: Sub-groups reported as rows of their own, by name, bool [B].
        cut_s: No event of the training part may be later (seconds since 1970 UTC).
    """

    name: str
    people: tuple[Evidence, ...]
    user_rows: Rows
    truth: Truth
    candidates: BoolArray | None = None
    ratings: Ratings | None = None
    cells: Mapping[str, BoolArray] = field(default_factory=dict)
    cut_s: float | None = None

    def __len__(self) -> int:
        return len(self.people)


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """One training part with the cases asked of whatever was fitted on it.

    Attributes:
        name: ``test``, ``fold 3`` ...
        train: All that may be fitted on.
        cases: The questions.
        people_unseen: Promised: nobody who is asked has an event in ``train``.
        items_unseen: Promised: no candidate of these has an event in ``train``, bool [I].
        notes: What was left out and why, in words.
    """

    name: str
    train: Dataset
    cases: tuple[Case, ...]
    people_unseen: bool = False
    items_unseen: BoolArray | None = None
    notes: tuple[str, ...] = ()
