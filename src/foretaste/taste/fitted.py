"""The fitted prior over tastes: scores, reasons, uncertainty, online belief."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from foretaste.core import Attribution, Evidence, FloatArray, History, Rows, State
from foretaste.taste.attribution import past_shares
from foretaste.taste.direction import Direction
from foretaste.taste.hearing import Hearing
from foretaste.taste.online import Belief, forgotten, learned, started
from foretaste.taste.prior import Prior
from foretaste.taste.serving.reading import Reading
from foretaste.taste.settings import PriorSettings
from foretaste.taste.state import from_state, to_state

__all__ = ["FittedTaste"]

_MEANS_KEPT = 160
"""Prior means kept ready, by number of liked events; fewer where items are many."""
_MEANS_NUMBERS = 6_000_000
"""Numbers in them together."""


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
        reading = self._read(evidence)
        scores = self.targets @ reading.place
        scores += self._mean(reading.count)
        return self._finished(scores, reading, rows)

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Scores of all items for many people; equal to one by one but for rounding.

        Args:
            batch: The people.

        Returns:
            float32 [B, I].
        """
        if not len(batch):
            return np.zeros((0, self.n_items), np.float32)
        readings = [self._reading(one) for one in batch]
        scores = np.stack([one.place for one in readings]) @ self.targets.T
        for line, reading in zip(scores, readings, strict=True):
            line += self._mean(reading.count)
            self._finished(line, reading, None)
        return scores

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """What moved the scores: parts that sum to them exactly.

        Args:
            evidence: Whoever asks.
            rows: The items, [K].

        Returns:
            The attribution.
        """
        reading, rows = self._read(evidence), np.asarray(rows)
        parts = self._parts(reading, rows)
        blocks, effect = past_shares(reading, self.lift, rows)
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
        return np.sqrt(self._read(evidence).posterior.variance(self.prior.features[rows]))

    def posterior(self, evidence: Evidence) -> tuple[FloatArray, FloatArray]:
        """Belief about ``w_u``: what exploration draws from.

        Args:
            evidence: Whoever asks.

        Returns:
            Mean [D] and covariance [D, D].
        """
        reading = self._read(evidence)
        found = reading.posterior
        return reading.prior_mean + found.shift, found.covariance()

    def prior_mean(self, evidence: Evidence) -> FloatArray:
        """``m_a(x_u)`` from profile, words and what absence says, [D].

        Args:
            evidence: Whoever asks.

        Returns:
            Zeros when nothing is known.
        """
        return self._read(evidence).prior_mean

    def start(self, evidence: Evidence) -> Belief:
        """Belief before any event: what words and profile say.

        Args:
            evidence: Whoever asks; its history is not read.

        Returns:
            The belief.
        """
        profile, words = self._read(evidence).told
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

    @cached_property
    def _means(self) -> dict[int, FloatArray]:
        return {}

    def _mean(self, count: int) -> FloatArray:
        """Prior mean of all items after some events; the latest few are kept."""
        known = self._means
        if self.direction.joint_events is None:  # past the last knot the mean stays as it is
            count = min(count, self.direction.knots[-1])
        found = known.get(count)
        if found is None:
            if len(known) >= min(_MEANS_KEPT, 1 + _MEANS_NUMBERS // max(self.n_items, 1)):
                known.clear()
            found = known[count] = self.direction.mean(count)
        return found

    @cached_property
    def _last(self) -> threading.local:
        return threading.local()

    def _reading(self, evidence: Evidence) -> Reading:
        return Reading(evidence, self.hearing, self.prior, self.direction)

    def _read(self, evidence: Evidence) -> Reading:
        """Read whoever asks once for the score, reasons and uncertainty; each thread its own."""
        last = getattr(self._last, "reading", None)
        if last is None or last.evidence is not evidence:
            last = self._last.reading = self._reading(evidence)
        found: Reading = last
        return found

    def _finished(self, scores: FloatArray, reading: Reading, rows: Rows | None) -> FloatArray:
        evidence = reading.evidence
        self.direction.add(scores, reading.heard.liked)
        context = self.prior.context_shift(evidence.context)
        if context is not None:
            scores += context
        wish = evidence.wish
        if wish is not None and wish.relevance is not None:
            scores += np.float32(self.settings.words) * wish.relevance
        return scores if rows is None else scores[rows]

    def _parts(self, reading: Reading, rows: np.ndarray) -> dict[str, FloatArray]:
        evidence, count = reading.evidence, reading.count
        lift = self.lift[rows].astype(np.float64)
        items = self.prior.features[rows].astype(np.float64)
        parts: dict[str, FloatArray] = {}
        parts["popularity"] = self._mean(count)[rows].astype(np.float64)
        if self.prior.absence.any():
            parts["absence"] = lift * (items @ self.prior.absence)
        profile, words = reading.told
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
