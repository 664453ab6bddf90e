"""Fits the prior over tastes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydantic import Field

from foretaste.core import Dataset, FloatArray, Settings
from foretaste.sums import PeopleSums, Sequences, likes_of
from foretaste.taste.content import ContentMap
from foretaste.taste.direction import (
    Direction,
    learn_complete,
    learn_counts,
    learn_later,
    learn_next,
)
from foretaste.taste.fitted import FittedTaste
from foretaste.taste.joining import learned
from foretaste.taste.prior import Prior, basis_of, learn_prior, sizes_for
from foretaste.taste.settings import ContentSettings, DirectionSettings, Form, PriorSettings, Task

__all__ = ["TasteModel"]

_DENSE_EVENTS = 40
_LARGE = 20_000


class TasteModel(Settings):
    """A learned prior over tastes: useful at the first visit, sharper with every event.

    One family for every task; the task says what the missing events are, and so on which kind
    of tasks the direction is learned: all that comes ``later``, what is missing at random
    (``complete``), or the ``next`` event. Closed form throughout: no training steps.
    Lineage: factor analysis and GP preference models, iALS (Hu 2008), RLFM (Agarwal & Chen
    2009), EASE/EDLAE (Steck 2019, 2020), ALPaCA (Harrison 2018).

    Attributes:
        task: What is to be found.
        learn: Choose task, direction's form, completion and noise on events held back for it
            (:func:`foretaste.taste.joining.learned`); costs about three more fits. Nothing is
            chosen once any of the four is set.
        prior: Mean, features, noise.
        direction: Order and age.
        content: From text and attributes to tastes, for items nobody has met.
    """

    task: Task = "later"
    learn: bool = Field(
        True, description="Choose how the parts are joined on later events of known people"
    )
    prior: PriorSettings = Field(default_factory=PriorSettings)
    direction: DirectionSettings = Field(default_factory=DirectionSettings)
    content: ContentSettings = Field(default_factory=ContentSettings)

    def fit(self, dataset: Dataset, *, rng: np.random.Generator) -> FittedTaste:
        """Learn the prior and the direction.

        Args:
            dataset: The data; vectors named ``text`` are its language.
            rng: Starts the eigenvectors and draws people where there are too many.

        Returns:
            The fitted model.
        """
        return self.settled(dataset, rng=rng).fit_from(PeopleSums(dataset), rng=rng)

    def settled(self, dataset: Dataset, *, rng: np.random.Generator) -> TasteModel:
        """The settings with everything chosen that is chosen from data.

        Fitting these on data without somebody chooses nothing again: that is what forgetting
        them is compared with.

        Args:
            dataset: The data.
            rng: As for :meth:`fit`; it goes on from where this leaves it.

        Returns:
            Settings that choose nothing.
        """
        alone = self.model_copy(update={"learn": False})
        return learned(alone, dataset, rng) if self.learn and not self._decided() else alone

    def settled_as(self, fitted: FittedTaste) -> TasteModel:
        """What :meth:`settled` chose, read off what was fitted with it.

        Only for bundles from before settled settings were kept: how strongly blocks count
        comes back as it was, forms of direction by what they left.

        Args:
            fitted: Fitted with these settings.

        Returns:
            Settings that choose nothing.
        """
        ways = [one for one in fitted.direction.channels if one.block == "direction"]
        joint = fitted.direction.joint_events
        complete = joint is None and not ways and bool(fitted.direction.channels)
        task: Task = "complete" if complete else "later"
        form: Form = "auto" if complete else "none"
        if ways:
            task, form = ("next", "counts") if ways[0].left is None else ("later", "factored")
            form = "dense" if ways[0].dense is not None else form
        direction = self.direction.model_copy(update={"form": form, "joint_events": joint})
        chosen = {"learn": False, "task": task, "prior": fitted.settings, "direction": direction}
        return self.model_copy(update=chosen)

    def fit_from(self, sums: PeopleSums, *, rng: np.random.Generator) -> FittedTaste:
        """Fit with the settings as they are, from sums over people.

        Popularity, features, profiles, circumstances, completion and counts of what comes soon
        after what are functions of sums. What comes later (or next, item by item) is learned
        from rows: a regression on the features, and those move with everybody.

        Args:
            sums: The data, as sums over people.
            rng: As for :meth:`fit`.

        Returns:
            The fitted model.
        """
        dataset = sums.items
        size, width = sizes_for(dataset.n_items, self.prior.size, self.direction.basis)
        basis = basis_of(sums, width, rng)
        prior = learn_prior(sums, self.prior, self.content, basis, size)
        direction = self._direction(sums, prior, basis, rng)
        content = ContentMap.learn(dataset, likes_of(sums).first, self.content)
        lift, share = np.ones(dataset.n_items, np.float32), np.ones(dataset.n_items)
        lift[content.new] = self.content.new_items
        share[content.new] = self.content.new_items / self.content.lift
        return FittedTaste(
            self.prior,
            _filled_prior(prior, content, share),
            _filled_direction(direction, content, share),
            lift,
            dataset.kinds,
        )

    def _decided(self) -> bool:
        """Whether the caller has said how the parts are joined: that is not chosen again."""
        said = self.direction.model_fields_set & {"form", "joint_events"}
        return bool(
            said or "task" in self.model_fields_set or "noise" in self.prior.model_fields_set
        )

    def _direction(
        self, sums: PeopleSums, prior: Prior, basis: FloatArray, rng: np.random.Generator
    ) -> Direction:
        settings, form = self.direction, self.direction.form
        met = int((prior.popularity > 0).sum())
        small = met <= settings.dense_items
        if self.task == "complete" and form in ("auto", "dense") and met and small:
            return learn_complete(sums, prior, settings)
        sequences = Sequences.of(sums.items)
        if self.task == "next" and form != "factored" and len(sequences.rows):
            busy = len(sequences.rows) >= _DENSE_EVENTS * met
            if form == "dense" or (form == "auto" and small and busy):
                sums.rows("what comes next")
                return learn_next(sequences, prior, basis, settings)
            if form in ("auto", "counts"):
                return learn_counts(sums, prior, settings)
        if form == "none":
            settings = settings.model_copy(update={"shots": ()})
        rank = settings.rank or (256 if sums.items.n_items <= _LARGE else 64)
        later = learn_later(sequences, prior, basis, self.prior.noise, settings, rank, rng)
        if later.channels:
            sums.rows("what comes later")
        if settings.joint_events is None or not (met and small) or self.task != "later":
            return later
        # The ridge of the settings is direction's; completion keeps its own.
        whole = learn_complete(sums, prior, settings.model_copy(update={"ridge": None}))
        return replace(
            later,
            channels=(*later.channels, *whole.channels),
            joint_events=settings.joint_events,
        )


def _filled_prior(prior: Prior, content: ContentMap, share: FloatArray) -> Prior:
    start, stop = prior.blocks.get("collaborative", (0, 0))
    features = prior.features.copy()
    features[:, start:stop] = content.fill(features[:, start:stop])
    popularity = content.fill(prior.popularity[:, None])[:, 0] * share
    return replace(prior, features=features, popularity=np.maximum(popularity, 0.0))


def _filled_direction(direction: Direction, content: ContentMap, share: FloatArray) -> Direction:
    channels = []
    for channel in direction.channels:
        if channel.left is not None:
            channels.append(replace(channel, left=content.fill(channel.left)))
        elif channel.dense is not None:
            across = content.fill(np.ascontiguousarray(channel.dense.T)).T
            channels.append(replace(channel, dense=np.ascontiguousarray(across)))
        else:
            channels.append(channel)
    return replace(
        direction,
        channels=tuple(channels),
        right=content.fill(direction.right),
        means=np.ascontiguousarray(
            (content.fill(direction.means.T) * share[:, None]).T, np.float32
        ),
    )
