"""Answers for somebody: recommendations and why."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from foretaste.app.portrait import Portrait, portrait
from foretaste.app.service.cases.base import DEGRADED, Cases
from foretaste.app.service.live.choosing import Choice, choose
from foretaste.app.service.live.knowing import Known, known_now
from foretaste.app.service.live.serving import Serving
from foretaste.core import Answer, Impression, Query, Reason
from foretaste.core.errors import LimitError, UnknownIdError
from foretaste.recommend import Past

__all__ = ["AnswerCases"]

_QUIET = "this person asked not to be personalised: answered as for somebody new"


class AnswerCases(Cases):
    """Recommendations, explanations, and what was shown."""

    def recommend(
        self,
        query: Query,
        *,
        reasons: bool = True,
        explore: float | None = None,
        source: str | None = None,
        record: bool = True,
        session_id: str | None = None,
    ) -> Answer:
        """Answer one query with everything that happened up to now.

        Args:
            query: The question.
            reasons: Whether to say why.
            explore: Share of places left to chance; ``None`` as set for the workspace.
            source: Name of the source that is to rank; ``None`` the first that can.
            record: Whether to write down what was shown.
            session_id: The anonymous session that asks, where ``query.user_id`` is ``None``.

        Returns:
            The answer; a warning that begins with ``degraded`` says that the database is gone.

        Raises:
            LimitError: If a list that long is not given.
        """
        inside = self._inside
        started = time.perf_counter()
        self._check_length(query.n)
        fresh = inside.follower.catch_up()
        serving = inside.serving
        user_id = query.user_id
        if user_id is None and session_id is not None:
            user_id = inside.sessions.user_of(session_id)
        known = None
        if user_id is not None:
            serving, known = known_now(inside, user_id)
        choice = choose(inside, serving, query, user_id, explore, source)
        overlaid = time.perf_counter()
        answer = self._ask(serving, query, user_id, known, choice, reasons)
        said = list(answer.warnings)
        if known is not None and known.quiet:
            said.append(_QUIET)
        if not fresh or (known is not None and not known.whole):
            said.append(DEGRADED)
        times = dict(answer.timings_ms)
        times["overlay"] = 1e3 * (overlaid - started)
        times["total"] = 1e3 * (time.perf_counter() - started)
        answer = replace(
            answer, query=query, bundle_digest=serving.info.digest, warnings=tuple(said),
            arms=choice.arms, timings_ms=times,
        )  # fmt: skip
        if (
            record
            and inside.settings.storage.impressions
            and (known is None or known.consent.record)
        ):
            inside.showing.put(_impression(answer, user_id, inside.clock.now_s()))
        inside.rates.count("answers")
        return answer

    def explain(
        self, query: Query, item_ids: Sequence[str], *, session_id: str | None = None
    ) -> tuple[tuple[Reason, ...], ...]:
        """Why items score as they do for somebody, shown or not.

        Args:
            query: Who asks, with history or wish.
            item_ids: The items.
            session_id: The anonymous session that asks.

        Returns:
            Reasons for each item, strongest first.
        """
        inside = self._inside
        inside.follower.catch_up()
        serving = inside.serving
        user_id = query.user_id
        if user_id is None and session_id is not None:
            user_id = inside.sessions.user_of(session_id)
        known = None
        if user_id is not None:
            serving, known = known_now(inside, user_id)
        asked = query if user_id == query.user_id else replace(query, user_id=user_id)
        past = None if known is None else known.past
        return serving.recommender.pipeline.explain(asked, item_ids, past=past)

    def portrait(self, user_id: str, n: int = 12) -> Portrait:
        """What is believed of somebody's taste, with everything that happened up to now.

        Args:
            user_id: The person.
            n: How many likes, dislikes and items at most.

        Returns:
            Likes and dislikes with mean and standard deviation, and how sure that is.

        Raises:
            UnknownIdError: If nothing is known of them, or they asked not to be personalised.
        """
        inside = self._inside
        inside.follower.catch_up()
        serving, known = known_now(inside, user_id)
        translator = serving.recommender.pipeline.translator
        gone = inside.was_forgotten(user_id, serving.position)
        strange = known.past is None and (gone or user_id not in translator.user_ids)
        if gone and known.past is not None:
            strange = not len(known.past.history) and not known.past.profile
        if known.quiet or strange:
            raise UnknownIdError(f"nothing is known of a person with the id {user_id!r}")
        evidence, _ = translator.evidence(Query(user_id), known.past)
        return portrait(serving.recommender, evidence, n)

    def answer_shown(self, answer_id: str) -> Impression:
        """What was shown in one answer.

        Args:
            answer_id: The answer.

        Returns:
            The impression.

        Raises:
            UnknownIdError: If no impression of that answer was kept.
        """
        inside = self._inside
        found = inside.showing.find(answer_id)
        if found is None:
            found = inside.breaker.call(inside.space.impressions.get, answer_id)
        if found is None:
            raise UnknownIdError(f"no answer has the id {answer_id!r}")
        return found

    def shown(self, impression: Impression) -> None:
        """Write down a list that somebody else showed.

        Args:
            impression: What was shown.
        """
        self._inside.showing.put(impression)

    def _check_length(self, n: int) -> None:
        most = self._inside.settings.limits.list_length
        if n > most:
            raise LimitError("n is too large", expected=f"at most {most}", got=str(n))

    def _ask(
        self,
        serving: Serving,
        query: Query,
        user_id: str | None,
        known: Known | None,
        choice: Choice,
        reasons: bool,
    ) -> Answer:
        asked = query
        if user_id != query.user_id or choice.diversity is not None:
            diversity = query.diversity if choice.diversity is None else choice.diversity
            asked = replace(query, user_id=user_id, diversity=diversity)
        past = None if known is None else known.past
        if past is None and user_id != query.user_id:
            past = Past()  # a session that has done nothing yet is no stranger's id
        return serving.recommender.pipeline.answer(
            asked, reasons=reasons, past=past, select=choice.select, source=choice.source
        )


def _impression(answer: Answer, user_id: str | None, time_s: float) -> Impression:
    return Impression(
        answer.answer_id,
        user_id,
        answer.item_ids,
        answer.propensities or (1.0,) * len(answer.item_ids),
        time_s,
        {"score": tuple([round(score, 4) for score in answer.scores])},
        answer.explored,
        answer.source,
        answer.bundle_digest,
        answer.arms,
    )
