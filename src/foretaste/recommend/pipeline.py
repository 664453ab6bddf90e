"""Retrieve, filter, rank, explain; and somebody always answers."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from foretaste.core import (
    Answer,
    BoolArray,
    Evidence,
    FloatArray,
    ItemList,
    Query,
    Reason,
    top,
)
from foretaste.recommend.fusion import ReciprocalRankFusion
from foretaste.recommend.reasons import ReasonWriter
from foretaste.recommend.retrieve import FullScan
from foretaste.recommend.sources import Silent, Source
from foretaste.recommend.translate import Translator

__all__ = ["Pipeline"]

_LOG = logging.getLogger("foretaste.recommend")
_FUSION_DEPTH = 200
"""How many of each source's best items take part in a fusion."""


@dataclass(frozen=True, eq=False)
class Pipeline:
    """Answers queries with an ordered list of sources.

    The first source that has something to say ranks; the others are its fallback, in
    order. With ``fusion`` all sources rank together instead, and the answer says so.

    Attributes:
        translator: Ids to rows, filters to masks.
        sources: Best first; the last should be able to answer anybody (popularity).
        writer: Words the reasons.
        digest: Name of the bundle this is.
        fusion: Joins all sources; ``None`` means the first source ranks alone.
    """

    translator: Translator
    sources: tuple[Source, ...]
    writer: ReasonWriter
    digest: str = ""
    fusion: ReciprocalRankFusion | None = None

    def answer(self, query: Query, *, reasons: bool = True) -> Answer:
        """Answer one query.

        Args:
            query: The question.
            reasons: Whether to say why.

        Returns:
            The answer; empty only when the filters leave nothing.
        """
        started = time.perf_counter()
        evidence, ignored = self.translator.evidence(query)
        mask, unknown = self.translator.allowed(query, evidence)
        warnings = list(ignored + unknown)
        translated = time.perf_counter()
        items, source, by = self._rank(evidence, mask, query.n, warnings)
        ranked = time.perf_counter()
        said: tuple[tuple[Reason, ...], ...] = ((),) * len(items)
        if reasons and len(items):
            said = self._told(query, evidence, items, by, warnings)
        if evidence.wish is not None and not any(_reads_wishes(source) for source in by):
            warnings.append(f"the wish did not change this list: {source} reads no words")
        explained = time.perf_counter()
        if not len(items):
            warnings.append("nothing is left to show after the filters")
        catalogue = self.translator.catalogue
        rows = items.rows.tolist()
        sd = _uncertainty(by, evidence, items)
        return Answer(
            query=query,
            item_ids=tuple(catalogue.item_ids.names(rows)),
            titles=tuple(catalogue.titles[row] for row in rows),
            scores=tuple(items.scores.tolist()),
            reasons=said,
            source=source,
            answer_id=secrets.token_hex(8),
            bundle_digest=self.digest,
            uncertainty=None if sd is None else tuple(sd.tolist()),
            warnings=tuple(warnings),
            timings_ms={
                "translate": 1e3 * (translated - started),
                "rank": 1e3 * (ranked - translated),
                "explain": 1e3 * (explained - ranked),
                "total": 1e3 * (time.perf_counter() - started),
            },
        )

    def explain(self, query: Query, item_ids: Sequence[str]) -> tuple[tuple[Reason, ...], ...]:
        """Why these items score as they do for whoever asks, shown or not.

        Args:
            query: The question.
            item_ids: The items.

        Returns:
            Reasons for each item.
        """
        evidence, _ = self.translator.evidence(query)
        rows = self.translator.catalogue.item_ids.rows(list(item_ids))
        source = self.sources[0]
        scores = source.scorer.score(evidence, rows)
        return self._reasons(query, evidence, ItemList.of(rows, score=scores), [source])

    def rank_many(
        self,
        user_rows: Sequence[int],
        n: int,
        *,
        mask: BoolArray | None = None,
        filter_seen: bool = True,
        chunk: int = 256,
    ) -> Iterator[tuple[int, ItemList]]:
        """Lists for many known people at once, without reasons: the fast path.

        The items are those of :meth:`answer`: where the first source has nothing to say about
        somebody, or all sources rank together, that person is ranked alone.

        Args:
            user_rows: People.
            n: Length of each list.
            mask: Which items may be shown, [I]; all that are available now when ``None``.
            filter_seen: Leave out what they have met.
            chunk: People scored together; memory grows with it.

        Yields:
            ``(user_row, list)`` in the order given.
        """
        histories = self.translator.histories
        catalogue = self.translator.catalogue
        window = catalogue.available(time.time()) if mask is None else mask
        scorer = self.sources[0].scorer
        for start in range(0, len(user_rows), chunk):
            rows = list(user_rows[start : start + chunk])
            batch = [self.stored_evidence(row) for row in rows]
            scores = scorer.score_batch(batch)
            if window is not None:
                scores = np.where(window, scores, -np.inf)
            for row, evidence, line in zip(rows, batch, scores, strict=True):
                if filter_seen:
                    line[histories.of(row).rows] = -np.inf
                best = top(line, n)
                equal = len(best) > 0 and line[best[0]] == line[best[-1]]
                if self.fusion is not None or equal:
                    yield row, self._rank(evidence, np.isfinite(line), n, [])[0]
                    continue
                yield row, ItemList.of(best, score=line[best])

    def stored_evidence(self, user_row: int) -> Evidence:
        """What is on record about a known person.

        Args:
            user_row: Inside row.

        Returns:
            The evidence.
        """
        profiles = self.translator.profiles
        profile = profiles[user_row] if profiles else {}
        return Evidence(self.translator.histories.of(user_row), user_row, profile=profile)

    def _rank(
        self, evidence: Evidence, mask: BoolArray, n: int, warnings: list[str]
    ) -> tuple[ItemList, str, list[Source]]:
        if self.fusion is not None:
            fused = self._fused(evidence, mask, n, warnings)
            if fused is not None:
                return fused
        for position, source in enumerate(self.sources):
            last = position == len(self.sources) - 1
            found = self._retrieved(source, evidence, mask, n, warnings, anyway=last)
            if len(found) or (last and not mask.any()):
                return found, source.name, [source]
        rows = np.flatnonzero(mask)[:n].astype(np.int32)
        zeros = np.zeros(len(rows))
        return ItemList.of(rows, score=zeros), "catalogue order", [Source("none", Silent())]

    def _fused(
        self, evidence: Evidence, mask: BoolArray, n: int, warnings: list[str]
    ) -> tuple[ItemList, str, list[Source]] | None:
        assert self.fusion is not None
        lists, used = [], []
        for source in self.sources:
            found = self._retrieved(source, evidence, mask, max(_FUSION_DEPTH, n), warnings)
            if len(found):
                lists.append(found)
                used.append(source)
        return (self.fusion.fuse(lists, n), "fusion", used) if lists else None

    def _retrieved(
        self,
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

    def _told(
        self,
        query: Query,
        evidence: Evidence,
        items: ItemList,
        by: Sequence[Source],
        warnings: list[str],
    ) -> tuple[tuple[Reason, ...], ...]:
        try:
            return self._reasons(query, evidence, items, by)
        except Exception as error:  # noqa: BLE001 - a list without reasons beats no list
            _LOG.exception("reasons failed")
            warnings.append(f"no reasons could be given ({type(error).__name__})")
            return ((),) * len(items)

    def _reasons(
        self, query: Query, evidence: Evidence, items: ItemList, by: Sequence[Source]
    ) -> tuple[tuple[Reason, ...], ...]:
        told = []
        for source in by:
            scores = items.scores
            found = source.explain(evidence, items.rows, scores)
            told.append(self.writer.write(found, evidence.history, source.name, query.wish))
        if len(told) == 1:
            return told[0]
        most = self.writer.settings.count
        return tuple(
            tuple(_interleaved([one[k] for one in told]))[:most] for k in range(len(items))
        )


def _uncertainty(by: Sequence[Source], evidence: Evidence, items: ItemList) -> FloatArray | None:
    known = getattr(by[0].scorer, "uncertainty", None) if len(by) == 1 and len(items) else None
    found: FloatArray | None = None if known is None else known(evidence, items.rows)
    return found


def _reads_wishes(source: Source) -> bool:
    return bool(getattr(source.scorer, "reads_wishes", False))


def _interleaved(told: list[tuple[Reason, ...]]) -> Iterator[Reason]:
    for position in range(max((len(one) for one in told), default=0)):
        for one in told:
            if position < len(one):
                yield one[position]
