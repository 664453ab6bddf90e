"""The fitted prior over tastes: scores, reasons, uncertainty, online belief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from foretaste.core import Attribution, Evidence, FloatArray, History, Rows, State
from foretaste.taste.attribution import past_shares
from foretaste.taste.direction import Direction
from foretaste.taste.hearing import Heard, Hearing
from foretaste.taste.online import Belief, forgotten, learned, started
from foretaste.taste.posterior import Posterior, condition
from foretaste.taste.prior import Prior
from foretaste.taste.settings import PriorSettings
from foretaste.taste.state import from_state, to_state

__all__ = ["FittedTaste"]


@dataclass(frozen=True, eq=False)
class FittedTaste:
    """``score_i = mu_i(n) + phi_i . m(x_u, c) + sum_j a_ij r_j + sum_s sum_j w_s(age_j) T^s_ji``.

    Popularity among those who have got as far, what words, profile and circumstances say in
    advance, the posterior's answer to each past event, and what its direction and age add.
    Everything is linear in the evidence, so the parts sum to the score exactly.

    Attributes:
        settings: Settings of the prior that are needed to answer.
        prior: What is believed in advance.
        direction: What order and age add.
        lift: Stretch of the taste part of each item, [I]: 1 but for unmet items.
        kinds: Names of event kinds.
    """

    settings: PriorSettings
    prior: Prior
    direction: Direction
    lift: FloatArray
    kinds: tuple[str, ...]

    reads_wishes: ClassVar[bool] = True

    @cached_property
    def hearing(self) -> Hearing:
        """Reader of histories."""
        return Hearing(self.settings, self.kinds)

    @cached_property
    def targets(self) -> FloatArray:
        """``lift_i [phi_i, right_i]`` side by side, float32 [I, D + R]: one product scores all."""
        both = np.hstack([self.prior.features, self.direction.right])
        return np.ascontiguousarray(both * self.lift[:, None], np.float32)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.lift)

    def score(self, evidence: Evidence, rows: Rows | None = None) -> FloatArray:
        """Scores of the given items, or of all.

        Args:
            evidence: Whoever asks.
            rows: The items; all when ``None``.

        Returns:
            float32, aligned with ``rows`` or [I].
        """
        heard = self.hearing.hear(evidence)
        scores = self.direction.mean(len(heard.liked))
        scores += self.targets @ self._coordinates(evidence, heard)
        return self._finished(scores, evidence, heard, rows)

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Scores of all items for many people; equal to one by one but for rounding.

        Args:
            batch: The people.

        Returns:
            float32 [B, I].
        """
        if not len(batch):
            return np.zeros((0, self.n_items), np.float32)
        heard = [self.hearing.hear(one) for one in batch]
        places = np.stack(
            [self._coordinates(one, said) for one, said in zip(batch, heard, strict=True)]
        )
        scores = places @ self.targets.T
        for row, (evidence, said) in enumerate(zip(batch, heard, strict=True)):
            line = scores[row]
            line += self.direction.mean(len(said.liked))
            self._finished(line, evidence, said, None)
        return scores

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """What moved the scores: parts that sum to them exactly.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution.
        """
        heard = self.hearing.hear(evidence)
        rows = np.asarray(rows)
        parts = self._parts(evidence, len(heard.liked), rows)
        blocks, effect = past_shares(
            self.prior, self.direction, self.lift, heard, self._posterior(evidence, heard), rows,
            len(evidence.history),
        )  # fmt: skip
        past = sum(blocks.values(), np.zeros((len(rows), len(evidence.history))))
        return Attribution(rows, parts, past, effect, blocks)

    def uncertainty(self, evidence: Evidence, rows: Rows) -> FloatArray:
        """Posterior standard deviation of ``phi . w``.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            [K].
        """
        posterior = self._posterior(evidence)
        return np.sqrt(posterior.variance(self.prior.features[rows]))

    def posterior(self, evidence: Evidence) -> tuple[FloatArray, FloatArray]:
        """Belief about ``w_u``: what exploration draws from.

        Args:
            evidence: Whoever asks.

        Returns:
            Mean [D] and covariance [D, D].
        """
        found = self._posterior(evidence)
        return self.prior_mean(evidence) + found.shift, found.covariance()

    def prior_mean(self, evidence: Evidence) -> FloatArray:
        """``m_a(x_u)`` from profile, words and what absence says, [D].

        Args:
            evidence: Whoever asks.

        Returns:
            Zeros when nothing is known.
        """
        profile, words = self._told(evidence)
        return profile + words + self.prior.absence

    def start(self, evidence: Evidence) -> Belief:
        """Belief before any event: what words and profile say.

        Args:
            evidence: Whoever asks; its history is not read.

        Returns:
            The belief.
        """
        profile, words = self._told(evidence)
        return started(profile, words + self.prior.absence)

    def adapt(self, state: Belief, events: History) -> Belief:
        """Move a belief by what just happened, one rank-one step per event.

        Equal to :meth:`score` on the whole history without ageing noise, wish or context.

        Args:
            state: The belief; stays as it was.
            events: What happened, oldest first.

        Returns:
            The new belief.
        """
        heard = self.hearing.hear(Evidence(events))
        return learned(state, heard, self.prior)

    def forget(self, state: Belief, events: History) -> Belief:
        """Take events back as if never seen (rank-one downdates).

        Args:
            state: A belief that has seen them.
            events: What to forget.

        Returns:
            The belief without them.
        """
        return forgotten(state, self.hearing.hear(Evidence(events)), self.prior)

    def score_belief(self, state: Belief) -> FloatArray:
        """Scores from a belief kept online.

        Args:
            state: The belief.

        Returns:
            float32 [I].
        """
        liked = state.liked
        strength = self.direction.posterior_share(len(liked))
        told = state.words + self.direction.profile_share(len(liked)) * state.profile
        shift = told + strength * (state.mean - state.words - state.profile)
        place = np.concatenate([shift, self.direction.factors(liked)]).astype(np.float32)
        scores = self.direction.mean(len(liked))
        scores += self.targets @ place
        self.direction.add(scores, liked)
        return scores

    def state(self) -> State:
        """Plain data for a bundle."""
        return to_state(self.settings, self.prior, self.direction, self.lift, self.kinds)

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The fitted model.
        """
        return cls(*from_state(state))

    def _told(self, evidence: Evidence) -> tuple[FloatArray, FloatArray]:
        nothing: FloatArray = np.zeros(self.prior.features.shape[1])
        length = self.settings.words_taste
        profile = self.prior.profile_shift(evidence, length)
        vector = None if evidence.wish is None else evidence.wish.vector
        words = nothing
        if vector is not None and len(vector) == len(self.prior.words_map):
            words = self.prior.words_shift(vector, length)
        return nothing if profile is None else profile, words

    @cached_property
    def _last(self) -> list[tuple[Evidence, Posterior]]:
        return []

    def _posterior(self, evidence: Evidence, heard: Heard | None = None) -> Posterior:
        """Condition once for the score, the reasons and the uncertainty of one answer."""
        for known, posterior in self._last[:1]:
            if known is evidence:
                return posterior
        said = self.hearing.hear(evidence) if heard is None else heard
        features = self.prior.features[said.rows]
        expected = self.prior.popularity[said.rows] + features @ self.prior_mean(evidence)
        found = condition(features, said.values - expected, said.noise)
        self._last[:] = [(evidence, found)]
        return found

    def _coordinates(self, evidence: Evidence, heard: Heard) -> FloatArray:
        """``[m + strength * shift, z]``: what :attr:`targets` is multiplied with, [D + R]."""
        count = len(heard.liked)
        profile, words = self._told(evidence)
        place = words + self.prior.absence + self.direction.profile_share(count) * profile
        strength = self.direction.posterior_share(count)
        if strength > 0 and len(heard.rows):
            place = place + strength * self._posterior(evidence, heard).shift
        return np.concatenate([place, self.direction.factors(heard.liked)]).astype(np.float32)

    def _finished(
        self, scores: FloatArray, evidence: Evidence, heard: Heard, rows: Rows | None
    ) -> FloatArray:
        self.direction.add(scores, heard.liked)
        context = self.prior.context_shift(evidence.context)
        if context is not None:
            scores += context
        wish = evidence.wish
        if wish is not None and wish.relevance is not None:
            scores += np.float32(self.settings.words) * wish.relevance
        return scores if rows is None else scores[rows]

    def _parts(self, evidence: Evidence, count: int, rows: np.ndarray) -> dict[str, FloatArray]:
        lift = self.lift[rows].astype(np.float64)
        items = self.prior.features[rows].astype(np.float64)
        parts: dict[str, FloatArray] = {}
        parts["popularity"] = self.direction.mean(count, rows).astype(np.float64)
        if self.prior.absence.any():
            parts["absence"] = lift * (items @ self.prior.absence)
        profile, words = self._told(evidence)
        if profile.any():
            parts["profile"] = self.direction.profile_share(count) * lift * (items @ profile)
        wish = evidence.wish
        if wish is not None and (words.any() or wish.relevance is not None):
            parts["words"] = lift * (items @ words)
            if wish.relevance is not None:
                parts["words"] = parts["words"] + self.settings.words * wish.relevance[rows]
        context = self.prior.context_shift(evidence.context)
        if context is not None:
            parts["context"] = context[rows].astype(np.float64)
        return parts
