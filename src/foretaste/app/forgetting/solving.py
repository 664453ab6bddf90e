"""Solving fitted parts again after people or events were taken out of the data."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from foretaste.app.fitting import code_digest, has_ratings
from foretaste.app.parts import RATINGS, Kept, Start, fit_part, model_settings
from foretaste.app.recommender import Recommender
from foretaste.core import Dataset, digest_of, stream
from foretaste.core.errors import DataError
from foretaste.sums import PeopleSums, likes_of

__all__ = ["Forgotten", "PartForgotten", "fit_settled", "refit_parts", "solved_again"]

_NOTHING = "nothing of what was forgotten had reached it"


@dataclass(frozen=True, slots=True)
class PartForgotten:
    """How far one fitted part has forgotten.

    Attributes:
        exact: Whether it now equals a fit, with the same settled settings, on data that never
            held what was forgotten.
        how: In one sentence: how it was done, or what is left.
        seconds: How long it took to solve or fit again.
    """

    exact: bool
    how: str
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Forgotten:
    """A recommender that has forgotten, and how far that reaches.

    Attributes:
        recommender: Answers from now on; the one before stays as it was. Its data, and so the
            counts in its reasons, hold no trace; parts that are not exact are named in
            ``recommender.kept.stale``.
        parts: By the name of the part; the head for ratings is ``ratings``.
    """

    recommender: Recommender
    parts: Mapping[str, PartForgotten]

    @property
    def exact(self) -> bool:
        """Whether nothing is left anywhere; else :func:`refit_parts` finishes the work."""
        return all(part.exact for part in self.parts.values())


def solved_again(
    recommender: Recommender, after: Dataset, gone: Dataset, back: Dataset | None = None
) -> Forgotten:
    """Subtract from the sums what is gone, and solve every part that can be solved from them.

    Args:
        recommender: As it was.
        after: Its data without what is forgotten.
        gone: The people concerned alone, as they were.
        back: The same people as they are now, where they stay.

    Returns:
        What answers from now on.
    """
    kept = recommender.kept or _kept_of_old(recommender)
    before, after = (
        _with_vectors(recommender, recommender.dataset),
        _with_vectors(recommender, after),
    )
    sums = PeopleSums(after, _subtracted(kept.sums, before, gone, back, after))
    likes_of(sums)
    fitted = _all_parts(recommender)
    told: dict[str, PartForgotten] = {}
    for name, model in kept.models.items():
        if name == RATINGS and not has_ratings(after):
            del fitted[RATINGS]
            told[name] = PartForgotten(True, "no ratings are left, and so the part is gone")
            continue
        trace = getattr(model, "trace", None)
        if trace is not None:
            clean = name not in kept.stale and _unmoved(model, before, after)
            told[name] = PartForgotten(clean, _NOTHING if clean else trace)
            continue
        try:
            fitted[name], told[name] = _fitted(model, sums, kept.starts[name].rng())
        except DataError as error:
            if len(recommender.parts) == 1:
                raise
            del fitted[name]
            told[name] = PartForgotten(True, f"the part is gone: {error.problem}")
    stale = tuple(name for name, part in told.items() if not part.exact)
    return Forgotten(_put_together(recommender, after, fitted, kept, sums, stale), told)


def refit_parts(recommender: Recommender, *names: str) -> Forgotten:
    """Fit parts again on the data as it is, with their settled settings: no trace is left.

    Args:
        recommender: One that has forgotten somebody.
        *names: Which parts; without any, those that still hold a trace.

    Returns:
        The recommender with these parts new.
    """
    kept = recommender.kept or _kept_of_old(recommender)
    data = _with_vectors(recommender, recommender.dataset)
    sums = PeopleSums(data, kept.sums)
    fitted, told = _all_parts(recommender), {}
    for name in names or kept.stale:
        fitted[name], told[name] = _fitted(kept.models[name], sums, kept.starts[name].rng())
    stale = tuple(name for name in kept.stale if name not in told)
    return Forgotten(_put_together(recommender, data, fitted, kept, sums, stale), told)


def fit_settled(recommender: Recommender, data: Dataset) -> Recommender:
    """Fit everything anew on other data with this recommender's settled settings and starts.

    Nothing is chosen again and nothing is subtracted: this is what forgetting is compared with,
    and the quick way to fit the same model on newer data of the same catalogue.

    Args:
        recommender: Whose settings.
        data: The data, with the same items.

    Returns:
        A recommender fitted on nothing else.
    """
    kept = recommender.kept or _kept_of_old(recommender)
    data = _with_vectors(recommender, data)
    sums = PeopleSums(data)
    likes_of(sums)
    wanted = {n: m for n, m in kept.models.items() if n != RATINGS or has_ratings(data)}
    fitted = {n: fit_part(m, sums, kept.starts[n].rng()) for n, m in wanted.items()}
    return _put_together(recommender, data, fitted, kept, sums, ())


def _fitted(model: Any, sums: PeopleSums, rng: Any) -> tuple[Any, PartForgotten]:
    start_s = time.perf_counter()
    part = fit_part(model, sums, rng)
    seconds = time.perf_counter() - start_s
    subtracted, read = sums.asked()
    how = []
    if subtracted:
        how.append(f"share subtracted from sums ({', '.join(subtracted)}), then solved again")
    if read:
        how.append(f"from the rows that remain: {', '.join(read)}")
    return part, PartForgotten(True, "; ".join(how) or "it holds nothing of anybody", seconds)


def _unmoved(model: Any, before: Dataset, after: Dataset) -> bool:
    """Whether a part that cannot subtract has nothing to subtract."""
    unmoved = getattr(model, "unmoved", None)
    return unmoved is not None and bool(unmoved(before, after))


def _all_parts(recommender: Recommender) -> dict[str, Any]:
    ratings = {} if recommender.ratings is None else {RATINGS: recommender.ratings}
    return {**recommender.parts, **ratings}


def _subtracted(
    kept: Mapping[str, Any], before: Dataset, gone: Dataset, back: Dataset | None, after: Dataset
) -> dict[str, Any]:
    """Sums over those who remain; only such as belong to the data and can be subtracted from."""
    counted = kept.get("likes")
    if counted is None or len(counted.first) > before.n_items:
        return {}
    wide = {name: one.widened(before.n_items) for name, one in kept.items()}
    if not wide["likes"].holds(before):
        return {}  # Somebody has changed the data since: the sums are not of these people.
    left = {}
    for name, one in wide.items():
        now = one.minus(one.share(gone))
        if back is not None:
            now = now.plus(one.share(back))
        if now.holds(after):
            left[name] = now
    return left


def _put_together(
    recommender: Recommender,
    data: Dataset,
    fitted: Mapping[str, Any],
    kept: Kept,
    sums: PeopleSums,
    stale: tuple[str, ...],
) -> Recommender:
    parts = {name: fitted[name] for name in recommender.parts if name in fitted}
    card = {**recommender.card, "people": data.n_users, "events": data.interactions.height}
    models = {name: model for name, model in kept.models.items() if name in fitted}
    settled = {name: model.digest() for name, model in models.items()}
    return replace(
        recommender,
        dataset=data,
        parts=parts,
        ratings=fitted.get(RATINGS),
        digest=digest_of(
            recommender.settings.digest(), settled, data.digest, code_digest(),
            card.get("encoder"), stale,
        ),
        card=card,
        kept=replace(kept, models=models, sums=sums.sums, stale=stale),
    )  # fmt: skip


def _with_vectors(recommender: Recommender, data: Dataset) -> Dataset:
    """Older bundles leave the items' vectors to the index of their words."""
    text = recommender.text
    if text is None or "text" in data.vectors or len(text.vectors) != data.n_items:
        return data
    return data.with_vectors("text", text.vectors)


def _kept_of_old(recommender: Recommender) -> Kept:
    """Settings read off the fitted parts: bundles from before they were kept have no others."""
    settings = recommender.settings
    models: dict[str, Any] = {}
    for name, part in recommender.parts.items():
        model = model_settings(name, settings.models.get(name, {}))
        read_off = getattr(model, "settled_as", None)
        models[name] = model if read_off is None else read_off(part)
    if recommender.ratings is not None:
        from foretaste.taste.ratings import Ratings

        models[RATINGS] = Ratings()
    starts = {name: Start.of(stream(settings.seed, "fit", name)) for name in models}
    return Kept(models, starts)
