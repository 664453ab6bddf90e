"""Retrieve, filter, rank, vary, choose, explain; and somebody always answers."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from foretaste.core import (
    Answer,
    BoolArray,
    Evidence,
    ItemList,
    Query,
    Reason,
    top,
)
from foretaste.recommend.diversity import Diversifier
from foretaste.recommend.fusion import ReciprocalRankFusion
from foretaste.recommend.reasons import ReasonWriter
from foretaste.recommend.retrieve import Ranked, Ranker
from foretaste.recommend.selection import Past, Select, Selection
from foretaste.recommend.sources import Source, reads_wishes, reasons_of, uncertainty_of
from foretaste.recommend.translate import Translator

__all__ = ["Pipeline"]

_LOG = logging.getLogger("foretaste.recommend")


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
        diversifier: Makes lists various where a query asks for it; ``None`` when nothing
            says how alike items are.
    """

    translator: Translator
    sources: tuple[Source, ...]
    writer: ReasonWriter
    digest: str = ""
    fusion: ReciprocalRankFusion | None = None
    diversifier: Diversifier | None = None

    @cached_property
    def ranker(self) -> Ranker:
        """Who ranks, and who steps in."""
        return Ranker(self.sources, self.fusion)

    def answer(
        self,
        query: Query,
        *,
        reasons: bool = True,
        past: Past | None = None,
        select: Select | None = None,
        source: str | None = None,
    ) -> Answer:
        """Answer one query.

        Args:
            query: The question.
            reasons: Whether to say why.
            past: What is known of ``query.user_id`` now, in place of what is on record here.
            select: Chooses the list out of the ranking (exploration); the best when left out.
            source: Name of the source that is to rank, or ``fusion``; the others become its
                fallback.

        Returns:
            The answer; empty only when the filters leave nothing.

        Raises:
            UnknownNameError: If there is no such source.
        """
        started = time.perf_counter()
        evidence, ignored = self.translator.evidence(query, past)
        mask, unknown = self.translator.allowed(query, evidence)
        warnings = list(ignored + unknown)
        translated = time.perf_counter()
        ranked, shown = self._listed(query, evidence, mask, warnings, select, source)
        items, by = shown.items, ranked.by
        listed = time.perf_counter()
        said: tuple[tuple[Reason, ...], ...] = ((),) * len(items)
        if reasons and len(items):
            said = self._told(evidence, items, by, warnings)
        if evidence.wish is not None and not any(reads_wishes(one) for one in by):
            warnings.append(f"the wish did not change this list: {ranked.name} reads no words")
        explained = time.perf_counter()
        if not len(items):
            warnings.append("nothing is left to show after the filters")
        marks_s = (started, translated, listed, explained)
        return self._answered(query, evidence, ranked, shown, said, warnings, marks_s)

    def explain(
        self,
        query: Query,
        item_ids: Sequence[str],
        *,
        past: Past | None = None,
        source: str | None = None,
    ) -> tuple[tuple[Reason, ...], ...]:
        """Why these items score as they do for whoever asks, shown or not.

        Args:
            query: The question.
            item_ids: The items.
            past: As in :meth:`answer`.
            source: As in :meth:`answer`; whoever would answer the query when left out.

        Returns:
            Reasons for each item.

        Raises:
            UnknownIdError: If nobody knows one of the items.
        """
        evidence, _ = self.translator.evidence(query, past)
        rows = self.translator.catalogue.item_ids.rows(list(item_ids))
        mask, _ = self.translator.allowed(query, evidence)
        by = self.ranker.rank(evidence, mask, 1, [], source).by
        scores = by[0].scorer.score(evidence, rows)
        return reasons_of(by, evidence, ItemList.of(rows, score=scores), self.writer)

    def rank_many(
        self,
        user_rows: Sequence[int],
        n: int,
        *,
        mask: BoolArray | None = None,
        filter_seen: bool = True,
        diversity: float = 0.0,
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
            diversity: As in :class:`~foretaste.core.Query`.
            chunk: People scored together; memory grows with it.

        Yields:
            ``(user_row, list)`` in the order given.
        """
        histories = self.translator.histories
        catalogue = self.translator.catalogue
        window = catalogue.available(time.time()) if mask is None else mask
        scorer = self.sources[0].scorer
        various = self.diversifier if diversity > 0 else None
        wanted = n if various is None else max(n, various.settings.pool)
        for start in range(0, len(user_rows), chunk):
            rows = list(user_rows[start : start + chunk])
            batch = [self.stored_evidence(row) for row in rows]
            scores = scorer.score_batch(batch)
            if window is not None:
                scores = np.where(window, scores, -np.inf)
            for row, evidence, line in zip(rows, batch, scores, strict=True):
                if filter_seen:
                    line[histories.of(row).rows] = -np.inf
                best = top(line, wanted)
                items = ItemList.of(best, score=line[best])
                equal = len(best) > 0 and line[best[0]] == line[best[-1]]
                if self.fusion is not None or equal:
                    items = self.ranker.rank(evidence, np.isfinite(line), wanted, []).items
                if various is not None:
                    items = various.rerank(evidence, items, n, diversity)
                yield row, items

    def stored_evidence(self, user_row: int) -> Evidence:
        """What is on record about a known person.

        Args:
            user_row: Inside row.

        Returns:
            The evidence.
        """
        profiles = self.translator.profiles
        profile = profiles[user_row] if profiles else {}
        vector = self.translator.profile_vector(profile)
        history = self.translator.histories.of(user_row)
        return Evidence(history, user_row, profile=profile, profile_vector=vector)

    def _listed(
        self,
        query: Query,
        evidence: Evidence,
        mask: BoolArray,
        warnings: list[str],
        select: Select | None,
        source: str | None,
    ) -> tuple[Ranked, Selection]:
        """Rank a pool, make it various, choose from it."""
        n = wanted = query.n
        if select is not None:
            n = wanted = max(n, select.pool(n))
        various = self.diversifier if query.diversity > 0 else None
        if various is not None:
            wanted = max(n, various.settings.pool)
        elif query.diversity > 0:
            warnings.append("diversity was ignored: nothing says how alike these items are")
        ranked = self.ranker.rank(evidence, mask, wanted, warnings, source)
        items = ranked.items
        if various is not None:
            items = various.rerank(evidence, items, n, query.diversity)
        if select is None:
            return ranked, Selection(items)
        return ranked, select(evidence, items, ranked.scorer, query.n)

    def _answered(
        self,
        query: Query,
        evidence: Evidence,
        ranked: Ranked,
        shown: Selection,
        said: tuple[tuple[Reason, ...], ...],
        warnings: list[str],
        marks_s: tuple[float, float, float, float],
    ) -> Answer:
        items, catalogue = shown.items, self.translator.catalogue
        rows = items.rows.tolist()
        sd = uncertainty_of(ranked.by, evidence, items)
        started, translated, listed, explained = marks_s
        return Answer(
            query=query,
            item_ids=tuple(catalogue.item_ids.names(rows)),
            titles=tuple([catalogue.titles[row] for row in rows]),
            scores=tuple(items.scores.tolist()),
            reasons=said,
            source=ranked.name,
            answer_id=secrets.token_hex(8),
            bundle_digest=self.digest,
            uncertainty=None if sd is None else tuple(sd.tolist()),
            warnings=tuple(warnings),
            timings_ms={
                "translate": 1e3 * (translated - started),
                "rank": 1e3 * (listed - translated),
                "explain": 1e3 * (explained - listed),
                "total": 1e3 * (time.perf_counter() - started),
            },
            propensities=shown.propensities,
            explored=shown.explored,
        )

    def _told(
        self, evidence: Evidence, items: ItemList, by: Sequence[Source], warnings: list[str]
    ) -> tuple[tuple[Reason, ...], ...]:
        try:
            return reasons_of(by, evidence, items, self.writer)
        except Exception as error:  # noqa: BLE001 - a list without reasons beats no list
            _LOG.exception("reasons failed")
            warnings.append(f"no reasons could be given ({type(error).__name__})")
            return ((),) * len(items)
