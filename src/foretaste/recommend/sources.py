"""Scorers under the names by which answers call them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from foretaste.core import Attribution, Evidence, FloatArray, ItemList, Reason, Rows, Scorer
from foretaste.recommend.reasons import ReasonWriter

__all__ = ["Silent", "Source", "reads_wishes", "reasons_of", "uncertainty_of"]


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


def reasons_of(
    by: Sequence[Source], evidence: Evidence, items: ItemList, writer: ReasonWriter
) -> tuple[tuple[Reason, ...], ...]:
    """Why items score as they do, by all that ranked them in turn.

    Args:
        by: Who ranked.
        evidence: Whoever asks.
        items: The items, with their scores.
        writer: Words the reasons.

    Returns:
        Reasons for each item.
    """
    wish = None if evidence.wish is None else evidence.wish.text
    told = []
    for source in by:
        found = source.explain(evidence, items.rows, items.scores)
        told.append(writer.write(found, evidence.history, source.name, wish))
    if len(told) == 1:
        return told[0]
    most = writer.settings.count
    return tuple(tuple(_interleaved([one[k] for one in told]))[:most] for k in range(len(items)))


def uncertainty_of(by: Sequence[Source], evidence: Evidence, items: ItemList) -> FloatArray | None:
    """Standard deviation of each score.

    Args:
        by: Who ranked.
        evidence: Whoever asks.
        items: The items.

    Returns:
        [K], or ``None`` where several ranked together or the scorer has none.
    """
    known = getattr(by[0].scorer, "uncertainty", None) if len(by) == 1 and len(items) else None
    found: FloatArray | None = None if known is None else known(evidence, items.rows)
    return found


def reads_wishes(source: Source) -> bool:
    """Whether words change what a source says.

    Args:
        source: The source.

    Returns:
        What its scorer says of itself.
    """
    return bool(getattr(source.scorer, "reads_wishes", False))


def _interleaved(told: list[tuple[Reason, ...]]) -> Iterator[Reason]:
    for position in range(max((len(one) for one in told), default=0)):
        for one in told:
            if position < len(one):
                yield one[position]
