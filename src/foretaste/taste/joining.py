"""Choosing the few settings on tasks built like the deployment: what people do later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from foretaste.core import Dataset, Evidence, FloatArray, Rows, top
from foretaste.data import by_time, has_clock, take_events
from foretaste.measure import Truth, hits_of, ndcg
from foretaste.sums import PeopleSums
from foretaste.taste.fitted import FittedTaste
from foretaste.taste.settings import PriorSettings

if TYPE_CHECKING:
    from foretaste.taste.model import TasteModel

__all__ = ["learned"]

_LEAST_PEOPLE = 40
_ENOUGH_PEOPLE = 200
_MOST_PEOPLE = 1_500
_VALIDATION_FROM = 0.9
_OWN_FROM = 0.8
_CHUNK = 256
_K = 10
_JOINTS = (None, 64.0, 16.0, 4.0, 1.0)
_NOISES = (0.1, 0.3)
_WORTH = 1.005
"""A change of one setting must gain this factor: less is noise."""


def learned(model: TasteModel, dataset: Dataset, rng: np.random.Generator) -> TasteModel:
    """Choose how direction, prior and completion are joined, on events held back for it.

    The newest tenth of the events is held back (the last fifth of everybody's own where there
    is no common clock, or too few people are seen after the cut); the model is fitted on the
    rest with and without direction, and each way of joining its parts is asked for what the
    known people did later. The best mean NDCG@10 wins. Then the variances of the language and
    attribute blocks and the half-life of noise are each tried larger, smaller or absent. Nothing
    of the test of any protocol is seen, since only the training part comes here. None of this
    costs a new fit, so the price is about three fits.

    Args:
        model: What was asked for; only what is chosen here changes.
        dataset: The training part.
        rng: Draws people where there are too many, and starts the fits.

    Returns:
        The model with its settings chosen; as it was where too few people can be asked.
    """
    past, people, truth = _tasks(dataset, rng)
    if len(people) < _LEAST_PEOPLE:
        return model
    best, chosen, winner = -1.0, model, None
    for candidate, fitted in _candidates(model, past, rng):
        value = float(_quality(fitted, people, truth).mean())
        if value > best:
            best, chosen, winner = value, candidate, fitted
    assert winner is not None
    return _refined(chosen, winner, best, people, truth)


def _refined(
    model: TasteModel, fitted: FittedTaste, best: float, people: list[Evidence], truth: list[Rows]
) -> TasteModel:
    """One pass over block weights and ageing; what was said, or gains too little, stays."""
    for name, values in _refinements(model.prior, people).items():
        for value in values:
            settings = model.prior.model_copy(update={name: value})
            prior = fitted.prior
            if name in prior.blocks:
                columns = slice(*prior.blocks[name])
                features = prior.features.copy()
                features[:, columns] *= np.float32((value / getattr(model.prior, name)) ** 0.5)
                prior = replace(prior, features=features)
            tried = replace(fitted, settings=settings, prior=prior)
            quality = float(_quality(tried, people, truth).mean())
            if quality > best * _WORTH:
                best, fitted = quality, tried
                model = model.model_copy(update={"prior": settings})
                break
    return model


def _refinements(prior: PriorSettings, people: list[Evidence]) -> dict[str, tuple[float, ...]]:
    times_s = np.concatenate([one.history.times_s for one in people])
    known = times_s[np.isfinite(times_s)]
    tries: dict[str, tuple[float, ...]] = {}
    for block in ("language", "attributes"):
        level = getattr(prior, block)
        if level > 0:
            tries[block] = (4.0 * level, 0.0)
    if len(known) and float(np.ptp(known)) > 0:
        span_days = float(np.ptp(known)) / 86_400.0
        tries["half_life_days"] = (span_days / 4.0, span_days / 32.0)
    return {name: values for name, values in tries.items() if name not in prior.model_fields_set}


def _candidates(
    model: TasteModel, past: Dataset, rng: np.random.Generator
) -> Iterator[tuple[TasteModel, FittedTaste]]:
    seed, sums = int(rng.integers(2**31)), PeopleSums(past)
    for form in ("auto", "none"):
        base = _changed(model, form=form, joint_events=1.0)
        fitted = base.fit_from(sums, rng=np.random.default_rng(seed))
        whole = fitted.direction
        alone = tuple(one for one in whole.channels if one.block != "collaborative")
        for joint in _JOINTS if len(alone) < len(whole.channels) else (None,):
            channels = alone if joint is None else whole.channels
            direction = replace(whole, channels=channels, joint_events=joint)
            for noise in (model.prior.noise,) if form == "auto" else _NOISES:
                settings = fitted.settings.model_copy(update={"noise": noise})
                yield (
                    _changed(model, form=form, joint_events=joint, noise=noise),
                    replace(fitted, direction=direction, settings=settings),
                )
    following = model.model_copy(update={"task": "next"})
    yield following, following.fit_from(sums, rng=np.random.default_rng(seed))


def _changed(
    model: TasteModel, *, form: str, joint_events: float | None, noise: float | None = None
) -> TasteModel:
    direction = model.direction.model_copy(update={"form": form, "joint_events": joint_events})
    prior = model.prior if noise is None else model.prior.model_copy(update={"noise": noise})
    return model.model_copy(update={"direction": direction, "prior": prior, "task": "later"})


def _tasks(
    dataset: Dataset, rng: np.random.Generator
) -> tuple[Dataset, list[Evidence], list[Rows]]:
    if has_clock(dataset):
        past, later = by_time(dataset, (_VALIDATION_FROM,))
        people, truth = _asked(past, later, rng)
        if len(people) >= _ENOUGH_PEOPLE:
            return past, people, truth
    lengths = np.diff(dataset.histories.starts)
    place = np.arange(lengths.sum()) - np.repeat(dataset.histories.starts[:-1], lengths)
    early = place < np.repeat(np.ceil(_OWN_FROM * lengths), lengths)
    past = take_events(dataset, early, "everybody's early events")
    later = take_events(dataset, ~early, "everybody's late events")
    return past, *_asked(past, later, rng)


def _asked(
    past: Dataset, later: Dataset, rng: np.random.Generator
) -> tuple[list[Evidence], list[Rows]]:
    people, truth = [], []
    known = np.flatnonzero(np.diff(past.histories.starts) > 0)
    for row in rng.permutation(known).tolist():
        before = past.histories.of(row)
        new = np.setdiff1d(later.histories.of(row).liked, before.rows)
        if len(new) and len(before.liked):
            people.append(past.evidence(row))
            truth.append(new)
        if len(people) == _MOST_PEOPLE:
            break
    return people, truth


def _quality(fitted: FittedTaste, people: list[Evidence], truth: list[Rows]) -> FloatArray:
    parts = []
    for start in range(0, len(people), _CHUNK):
        some = people[start : start + _CHUNK]
        scores = fitted.score_batch(some)
        lists = np.full((len(some), _K), -1, np.int32)
        for place, (line, evidence) in enumerate(zip(scores, some, strict=True)):
            line[evidence.history.rows] = -np.inf
            best = top(line, _K)
            lists[place, : len(best)] = best
        wanted = Truth.of(truth[start : start + _CHUNK])
        hits, sizes = hits_of(lists, wanted), wanted.sizes
        parts.append(ndcg(hits, sizes, _K))
    return np.concatenate(parts)
