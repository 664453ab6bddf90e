"""The fitted ratings head: distributions, expectations, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from foretaste.core import Attribution, Evidence, FloatArray, Rows, State
from foretaste.taste.ratings.distribution import RatingDistribution
from foretaste.taste.ratings.learning.table import newest_ratings
from foretaste.taste.ratings.person import Person, TastePrior
from foretaste.taste.ratings.profile import ProfileCoder
from foretaste.taste.ratings.response import Response, Trials
from foretaste.taste.ratings.scale import RatingScale

__all__ = ["FittedRatings"]

_RESPONSE = ("known_scale", "new_scale", "steadiness", "tilt", "patience")
_PRIOR = ("quality", "features", "uncertain", "person_map", "prior")


class FittedRatings:
    """Answers for anybody: a known person is somebody whose evidence has a history.

    The newest rating of each item in the evidence counts; other events are no ratings.

    Args:
        scale: Levels.
        prior: Items, and the prior over tastes.
        response: From the latent line to levels.
        coder: Reads profiles.
        new: Items without ratings, bool [I].
        kind: Which events are ratings, see :func:`table.rating_kind`.
    """

    def __init__(
        self,
        scale: RatingScale,
        prior: TastePrior,
        response: Response,
        coder: ProfileCoder,
        new: NDArray[np.bool_],
        kind: int,
    ) -> None:
        self.scale = scale
        self.prior = prior
        self.response = response
        self.coder = coder
        self.new = new
        self.kind = kind

    def predict(self, evidence: Evidence, rows: Rows) -> RatingDistribution:
        """Probability of each level.

        Args:
            evidence: Whoever it is.
            rows: The items, [K].

        Returns:
            The distribution, [K, levels].
        """
        person, places = self._person(evidence)
        mean, variance = self.prior.predict(person, rows)
        given = self.scale.index(evidence.history.values[places])
        trials = Trials(
            mean,
            variance,
            self.new[rows],
            np.zeros(len(rows), np.intp),
            np.bincount(given, minlength=len(self.scale)).astype(float)[None, :],
            np.array([person.surprise.sum()]),
        )
        return RatingDistribution(self.scale.levels, self.response.probabilities(trials))

    def score(self, evidence: Evidence, rows: Rows | None = None) -> FloatArray:
        """Latent expectation, in rating units; what :meth:`explain` takes apart.

        Args:
            evidence: Whoever it is.
            rows: The items; all when ``None``.

        Returns:
            [K] or [I].
        """
        person, _ = self._person(evidence)
        chosen = slice(None) if rows is None else rows
        scores: FloatArray = self.prior.quality[chosen] + self.prior.features[chosen] @ person.mean
        return scores

    def score_batch(self, batch: Sequence[Evidence]) -> FloatArray:
        """Latent expectations of all items for many people.

        Args:
            batch: The people.

        Returns:
            [B, I].
        """
        means = np.array([self._person(evidence)[0].mean for evidence in batch])
        means = means.reshape(len(batch), self.prior.features.shape[1])
        scores: FloatArray = self.prior.quality[None, :] + means @ self.prior.features.T
        return scores

    def explain(self, evidence: Evidence, rows: Rows) -> Attribution:
        """Exact shares of the latent expectation, in rating units.

        ``quality`` is what everybody thinks of the item, ``profile`` what is expected of
        such people before any rating; the past is one signed number per event, split into
        ``generosity`` (rates high in general), ``taste`` (learned from everybody) and
        ``attributes`` (their own liking for the content). Given the noise of each rating,
        which does not depend on the ratings, these are exact.

        Args:
            evidence: Whoever it is.
            rows: The items, [K].

        Returns:
            The attribution; it sums to :meth:`score`.
        """
        person, places = self._person(evidence)
        features = self.prior.features[rows].astype(np.float64)
        width = self.prior.uncertain.shape[1]
        parts = {
            "quality": self.prior.quality[rows].astype(np.float64),
            "profile": features @ person.prior_mean,
        }

        def spread(shares: FloatArray) -> FloatArray:
            every = np.zeros((len(rows), len(evidence.history)))
            every[:, places] = shares
            return every

        blocks = {
            "generosity": slice(0, 1),
            "taste": slice(1, width),
            "attributes": slice(width, None),
        }
        return Attribution(
            rows,
            parts,
            spread(person.shares(features)),
            effect=spread(person.effects(features)),
            blocks={name: spread(person.shares(features, block)) for name, block in blocks.items()},
        )

    def state(self) -> State:
        """Plain data."""
        arrays = {name: getattr(self.prior, name) for name in _PRIOR}
        arrays |= {"cuts": self.response.cuts, "levels": self.scale.levels}
        arrays |= {"shares": self.scale.shares, "new": self.new.astype(np.uint8)}
        meta = {name: getattr(self.response, name) for name in _RESPONSE}
        coder = {"values": dict(self.coder.values), "edges": dict(self.coder.edges)}
        return State(arrays, {**meta, "noise": self.prior.noise, "kind": self.kind, "coder": coder})

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Read back what :meth:`state` wrote.

        Args:
            state: The plain data.

        Returns:
            The fitted head.
        """
        arrays, meta = state.arrays, state.meta
        scale = RatingScale(arrays["levels"], arrays["shares"])
        prior = TastePrior(**{name: arrays[name] for name in _PRIOR}, noise=meta["noise"])
        response = Response(
            arrays["cuts"], arrays["shares"], **{name: meta[name] for name in _RESPONSE}
        )
        coder = ProfileCoder(meta["coder"]["values"], meta["coder"]["edges"])
        return cls(scale, prior, response, coder, arrays["new"].astype(bool), meta["kind"])

    def _person(self, evidence: Evidence) -> tuple[Person, NDArray[np.intp]]:
        history = evidence.history
        places = newest_ratings(history, self.kind)
        latent = self.scale.latents[self.scale.index(history.values[places])]
        profile = self.coder.encode(evidence.profile)
        return self.prior.condition(history.rows[places], latent, profile), places
