"""Proposing a few items out of many: who ranks, and who steps in."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from foretaste.core import BoolArray, Evidence, FloatArray, ItemList, Scorer, top
from foretaste.core.errors import UnknownNameError
from foretaste.recommend.fusion import ReciprocalRankFusion
from foretaste.recommend.sources import Silent, Source

__all__ = ["FUSION", "FullScan", "Ranked", "Ranker"]

FUSION = "fusion"
"""What a ranking by all sources together is called."""

_LOG = logging.getLogger("foretaste.recommend")
_FUSION_DEPTH = 200
"""How many of each source's best items take part in a fusion."""
_NOBODY = Source("none", Silent())


@dataclass(frozen=True, slots=True, eq=False)
class FullScan:
    """Scores every item and keeps the best: exact, and fast enough to some 100,000 items.

    A scorer that gives all items one score has nothing to say (item-to-item models about
    somebody without a past); it then proposes nothing, unless it is told to answer anyway.

    Attributes:
        scorer: What scores.
        anyway: Propose items even when all scores are equal: for the last fallback.
    """

    scorer: Scorer
    anyway: bool = True

    def retrieve(self, evidence: Evidence, n: int, mask: BoolArray | None = None) -> ItemList:
        """The best items that may be shown.

        Args:
            evidence: Whoever asks.
            n: How many at most.
            mask: Which items may be shown, [I]; all when ``None``.

        Returns:
            Items with a ``score`` column, best first; empty when there is nothing to say.
        """
        scores: FloatArray = self.scorer.score(evidence)
        if mask is not None:
            scores = np.where(mask, scores, scores.dtype.type(-np.inf))
        best = top(scores, n)
        found = scores[best]
        # Different scores at the ends of the list already say something; look at all if not.
        clear = self.anyway or (len(found) > 1 and bool(found[0] > found[-1]))
        if not (clear or _says_something(scores)):
            return ItemList.of([], score=np.zeros(0))
        return ItemList.of(best, score=found)


def _says_something(scores: FloatArray) -> bool:
    finite = scores[np.isfinite(scores)]
    return len(finite) == 1 or (len(finite) > 1 and float(np.ptp(finite)) > 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """A ranking and who made it.

    Attributes:
        items: Best first, with a ``score`` column.
        name: What an answer calls who ranked.
        by: The sources whose scores these are.
    """

    items: ItemList
    name: str
    by: tuple[Source, ...]

    @property
    def scorer(self) -> Scorer:
        """Whoever ranked; one that knows nothing where several ranked together."""
        return self.by[0].scorer if len(self.by) == 1 else _NOBODY.scorer


@dataclass(frozen=True, slots=True, eq=False)
class Ranker:
    """The first source that has something to say ranks; somebody always does.

    Attributes:
        sources: Best first; the last should be able to answer anybody (popularity).
        fusion: Joins all sources; ``None`` means the first source ranks alone.
    """

    sources: tuple[Source, ...]
    fusion: ReciprocalRankFusion | None = None

    def rank(
        self,
        evidence: Evidence,
        mask: BoolArray,
        n: int,
        warnings: list[str],
        source: str | None = None,
    ) -> Ranked:
        """Rank with the sources in their order, or with a named one first.

        Args:
            evidence: Whoever asks.
            mask: Which items may be shown, [I].
            n: How many at most.
            warnings: Gets a sentence for each source that failed.
            source: Name of the source that is to rank, or ``fusion``; the others then are its
                fallback, in their order.

        Returns:
            The ranking; empty only when the mask is.

        Raises:
            UnknownNameError: If there is no such source.
        """
        order, fusion = self.sources, self.fusion
        if source == FUSION:
            fusion = fusion or ReciprocalRankFusion()
        elif source is not None:
            order, fusion = self._led_by(source), None
        if fusion is not None:
            fused = self._fused(fusion, evidence, mask, n, warnings)
            if fused is not None:
                return fused
        for position, one in enumerate(order):
            last = position == len(order) - 1
            found = _retrieved(one, evidence, mask, n, warnings, anyway=last)
            if len(found) or (last and not mask.any()):
                return Ranked(found, one.name, (one,))
        rows = np.flatnonzero(mask)[:n].astype(np.int32)
        return Ranked(ItemList.of(rows, score=np.zeros(len(rows))), "catalogue order", (_NOBODY,))

    def _led_by(self, name: str) -> tuple[Source, ...]:
        first = [one for one in self.sources if one.name == name]
        if not first:
            raise UnknownNameError("source", name, [*(one.name for one in self.sources), FUSION])
        return (*first, *(one for one in self.sources if one.name != name))

    def _fused(
        self,
        fusion: ReciprocalRankFusion,
        evidence: Evidence,
        mask: BoolArray,
        n: int,
        warnings: list[str],
    ) -> Ranked | None:
        lists, used = [], []
        for source in self.sources:
            found = _retrieved(source, evidence, mask, max(_FUSION_DEPTH, n), warnings)
            if len(found):
                lists.append(found)
                used.append(source)
        return Ranked(fusion.fuse(lists, n), FUSION, tuple(used)) if lists else None


def _retrieved(
    source: Source,
    evidence: Evidence,
    mask: BoolArray,
    n: int,
    warnings: list[str],
    *,
    anyway: bool = False,
) -> ItemList:
    try:
        return FullScan(source.scorer, anyway).retrieve(evidence, n, mask)
    except Exception as error:  # noqa: BLE001 - somebody always answers, and says so
        _LOG.exception("%s could not score", source.name)
        warnings.append(f"{source.name} could not score ({type(error).__name__}): fell back")
        return ItemList.of([], score=np.zeros(0))
