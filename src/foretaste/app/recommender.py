"""The recommender people hold in their hands: every use-case as a plain method."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foretaste.app.parts import Kept
from foretaste.app.queries import (
    check_count,
    make_query,
    remembering,
    shared_words,
    stored_profiles,
)
from foretaste.app.settings import FitSettings
from foretaste.app.signals import SignalRule
from foretaste.core import (
    Answer,
    BoolArray,
    Dataset,
    Encoder,
    Event,
    Evidence,
    FloatArray,
    History,
    Query,
    Reason,
    top,
)
from foretaste.core.errors import DataError, InputError
from foretaste.language import TextIndex
from foretaste.recommend import (
    MMR,
    Catalogue,
    Diversifier,
    Pipeline,
    ReasonWriter,
    Source,
    Translator,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Recommender"]

_LOG = logging.getLogger("foretaste")


@dataclass(frozen=True, eq=False)
class Recommender:
    """A fitted recommender. Make one with :func:`foretaste.fit` or :func:`foretaste.load`.

    Attributes:
        dataset: What it was fitted on: catalogue, people and their events.
        parts: Fitted scorers by name, in order of preference.
        settings: How it was fitted.
        text: Index of the items' words; ``None`` when there are none.
        encoder: What turns words into vectors; ``None`` likewise.
        ratings: Predicts ratings; ``None`` when the data holds none.
        digest: Name of settings, data and code that made this.
        card: Metrics and facts recorded at fitting time.
        kept: What it takes to forget somebody; ``None`` in older bundles.
        hidden: Items that are never shown, [I]; ``None`` when all may be.
    """

    dataset: Dataset
    parts: Mapping[str, Any]
    settings: FitSettings
    text: TextIndex | None = None
    encoder: Encoder | None = None
    ratings: Any = None
    digest: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)
    kept: Kept | None = None
    hidden: BoolArray | None = None

    @cached_property
    def pipeline(self) -> Pipeline:
        """The stages that answer."""
        data = self.dataset
        catalogue = Catalogue.of(data, self.hidden)
        translator = Translator(
            catalogue=catalogue,
            user_ids=data.user_ids,
            histories=data.histories,
            profiles=stored_profiles(data),
            kinds=data.kinds,
            signal_of=SignalRule.of(data, self.settings.signals).signal,
            read_wish=None if self.text is None else self.text.read,
            read_profile=None if self.encoder is None else remembering(self.encoder),
            profile_texts=tuple(n for n, role in data.people_roles.items() if role == "text"),
        )
        likes = np.asarray(data.liked.sum(axis=0)).ravel()
        audience = "simulated people" if data.simulated else "people"
        writer = ReasonWriter(
            self.settings.reasons, catalogue, data.kinds, likes, data.n_users, audience,
            shared_words(self.text),
        )  # fmt: skip
        sources = tuple(Source(name, part) for name, part in self.parts.items())
        return Pipeline(
            translator, sources, writer, self.digest, self.settings.fusion, self.diversifier()
        )

    def answer(self, query: Query) -> Answer:
        """Answer one query with everything there is to say about it.

        Args:
            query: The question.

        Returns:
            List, scores, reasons, uncertainty, answer id, timings.
        """
        return self.pipeline.answer(query)

    def recommend(
        self,
        user_id: str | Sequence[str] | None = None,
        n: int = 10,
        *,
        history: Iterable[str | Event] = (),
        wish: str | None = None,
        **more: Any,
    ) -> pd.DataFrame:
        """Lists as a DataFrame.

        Args:
            user_id: One person, many, or nobody in particular.
            n: Length of each list.
            history: Past events given now, oldest first: item ids or events.
            wish: What is wanted, in plain words.
            **more: Further fields of :class:`~foretaste.core.Query`: ``filter``,
                ``candidates``, ``allow``, ``deny``, ``filter_seen``, ``context``,
                ``profile``, ``time_s``, ``seed``, ``diversity``.

        Returns:
            Columns ``user_id, item_id, title, score, rank, reason, source``.

        Raises:
            InputError: If a field is unknown or a value makes no sense.
        """
        import pandas as pd

        if not (user_id is None or isinstance(user_id, Iterable)):
            raise InputError("user_id is no text", expected="an id or ids", got=repr(user_id))
        many = [user_id] if user_id is None or isinstance(user_id, str) else list(user_id)
        base = make_query(n=n, history=history, wish=wish, **more)
        if not many:
            raise InputError("user_id names nobody", expected="an id or ids", got="an empty list")
        answers = [self.answer(replace(base, user_id=one)) for one in many]
        for answer in answers:
            for warning in answer.warnings:
                _LOG.warning("%s", warning)
        frames = [answer.to_frame() for answer in answers]
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)

    def explain(self, user_id: str | None, item_id: str, **more: Any) -> tuple[Reason, ...]:
        """Why an item scores as it does for a person, recommended or not.

        Args:
            user_id: The person, or ``None`` with a ``history`` or ``wish``.
            item_id: The item.
            **more: Further fields of the query.

        Returns:
            Reasons, strongest first.
        """
        query = make_query(user_id=user_id, **more)
        return self.pipeline.explain(query, [item_id])[0]

    def similar_items(self, item_id: str, n: int = 10) -> pd.DataFrame:
        """Items that liking this one speaks for.

        The score is what liking the item adds to every other item's score for somebody
        of whom nothing else is known.

        Args:
            item_id: The item.
            n: Length of the list.

        Returns:
            Columns ``item_id, title, score, rank``.
        """
        check_count(n)
        row = self.dataset.item_ids.row(item_id)
        scorer = self.pipeline.sources[0].scorer
        given: FloatArray = scorer.score(Evidence(History.of([row]))) - scorer.score(Evidence())
        if not np.any(given) and self.text is not None:
            given = self.text.similar(row)
        scores: FloatArray = np.array(given, dtype=np.float64)
        scores[row] = -np.inf
        if self.hidden is not None:
            scores[self.hidden] = -np.inf
        return self._frame(top(scores, n), scores, "item_id", self.dataset.item_ids.ids)

    def audience(self, item_id: str, n: int = 10, *, filter_seen: bool = True) -> pd.DataFrame:
        """The people who would like an item most; also for one nobody has met yet.

        Args:
            item_id: The item.
            n: How many people.
            filter_seen: Leave out those who have met it.

        Returns:
            Columns ``user_id, score, rank``.
        """
        check_count(n)
        row = self.dataset.item_ids.row(item_id)
        scorer = self.pipeline.sources[0].scorer
        people = range(self.dataset.n_users)
        scores = np.empty(len(people))
        for start in range(0, len(people), 256):
            chunk = [self.pipeline.stored_evidence(u) for u in people[start : start + 256]]
            scores[start : start + 256] = scorer.score_batch(chunk)[:, row]
        if filter_seen:
            histories = self.dataset.histories
            owners = np.repeat(np.arange(len(people)), np.diff(histories.starts))
            scores[owners[histories.all.rows == row]] = -np.inf
        return self._frame(top(scores, n), scores, "user_id", self.dataset.user_ids.ids)

    def predict(self, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
        """Predicted ratings.

        Args:
            pairs: ``(user_id, item_id)``; people may be new, items must be known.

        Returns:
            Columns ``user_id, item_id, mean, median`` and one probability per rating level.

        Raises:
            DataError: If the data held no ratings.
        """
        import pandas as pd

        if self.ratings is None:
            raise DataError(
                "this recommender predicts no ratings",
                expected="data with ratings",
                remedy="Fit on events that carry a value such as stars",
            )
        rows = []
        for user_id, item_id in pairs:
            evidence, _ = self.pipeline.translator.evidence(Query(user_id))
            item = self.dataset.item_ids.rows([item_id])
            found = self.ratings.predict(evidence, item)
            line: dict[str, Any] = {"user_id": user_id, "item_id": item_id}
            line |= {"mean": float(found.mean[0]), "median": float(found.median[0])}
            chances = zip(found.levels.tolist(), found.probabilities[0].tolist(), strict=True)
            rows.append({**line, **{f"p({level:g})": chance for level, chance in chances}})
        return pd.DataFrame(rows)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> str:
        """Write a bundle.

        Args:
            folder: Where.
            overwrite: Replace a bundle that is there.

        Returns:
            The bundle's digest.
        """
        from foretaste.app.bundles import save

        return save(self, Path(folder), overwrite=overwrite)

    def diversifier(self) -> Diversifier | None:
        """What makes lists various: by the items' texts, else by where they lie among tastes."""
        vectors = None if self.text is None else self.text.vectors
        if vectors is None or not vectors.any():
            taste = self.parts.get("taste")
            vectors = None if taste is None else taste.prior.features
        return None if vectors is None or not vectors.shape[1] else MMR().over(vectors)

    def _frame(
        self, rows: np.ndarray, scores: np.ndarray, name: str, ids: Sequence[str]
    ) -> pd.DataFrame:
        import pandas as pd

        columns: dict[str, Any] = {name: [ids[row] for row in rows]}
        if name == "item_id":
            titles = self.pipeline.translator.catalogue.titles
            columns["title"] = [titles[row] for row in rows]
        columns |= {"score": scores[rows], "rank": np.arange(1, len(rows) + 1)}
        return pd.DataFrame(columns)
