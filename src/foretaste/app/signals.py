"""What a new event says, by the same rule as the events the model was fitted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from foretaste.core import KIND_SIGNALS, Dataset
from foretaste.data import SignalSettings

__all__ = ["SignalRule"]


@dataclass(frozen=True, slots=True)
class SignalRule:
    """Signal by kind, and for ratings by value.

    Attributes:
        kinds: Signal of each kind.
        unknown: Signal of any other kind.
        positive: Ratings from here up say +1; ``None`` without ratings in the data.
        negative: Ratings up to here say -1.
    """

    kinds: Mapping[str, float]
    unknown: float
    positive: float | None
    negative: float | None

    @classmethod
    def of(cls, dataset: Dataset, settings: SignalSettings) -> SignalRule:
        """Read the thresholds off the data, where they were applied once.

        Args:
            dataset: The data fitted on.
            settings: How its signals were made.

        Returns:
            The rule.
        """
        past = dataset.histories.all
        positive = negative = None
        if "rate" in dataset.kinds:
            rated = (past.kinds == dataset.kinds.index("rate")) & ~np.isnan(past.values)
            good, bad = rated & (past.signals > 0), rated & (past.signals < 0)
            positive = float(past.values[good].min()) if good.any() else None
            negative = float(past.values[bad].max()) if bad.any() else None
        return cls({**KIND_SIGNALS, **settings.kinds}, settings.unknown_kind, positive, negative)

    def signal(self, kind: str, value: float | None) -> float:
        """What one event says.

        Args:
            kind: Its kind.
            value: Its value, if any.

        Returns:
            A number in [-1, 1].
        """
        if kind == "rate" and value is not None:
            if self.positive is not None and value >= self.positive:
                return 1.0
            return -1.0 if self.negative is not None and value <= self.negative else 0.0
        return self.kinds.get(kind, self.unknown)
