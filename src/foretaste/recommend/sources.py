"""Scorers under the names by which answers call them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from foretaste.core import Attribution, Evidence, FloatArray, Rows, Scorer

__all__ = ["Silent", "Source"]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A scorer under the name by which answers call it.

    Attributes:
        name: ``taste``, ``ease``, ``popularity`` ...
        scorer: What scores; may also explain, or give an uncertainty.
    """

    name: str
    scorer: Scorer

    def explain(self, evidence: Evidence, rows: np.ndarray, scores: FloatArray) -> Attribution:
        """Attribution of these scores, or "popularity says so" where a scorer cannot.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].
            scores: Their scores, [K].

        Returns:
            The attribution.
        """
        explain: Callable[[Evidence, np.ndarray], Attribution] | None
        explain = getattr(self.scorer, "explain", None)
        if explain is not None:
            return explain(evidence, rows)
        nothing = np.zeros((len(rows), len(evidence.history)))
        return Attribution(rows, {"popularity": scores}, nothing, additive=False)


class Silent:
    """Explains nothing: what stands behind a list in catalogue order."""

    def score(self, evidence: Evidence, rows: Rows | None = None) -> FloatArray:
        """Zeros.

        Args:
            evidence: Not used.
            rows: The items.

        Returns:
            A zero for each.
        """
        return np.zeros(0 if rows is None else len(rows))

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Nothing.

        Args:
            batch: Not used.

        Returns:
            [B, 0].
        """
        return np.zeros((len(batch), 0))
