"""Forgetting people so that it reaches the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from foretaste.app.forgetting.erasing import without_events, without_people
from foretaste.app.fitting import code_digest
from foretaste.app.parts import model_settings
from foretaste.app.recommender import Recommender
from foretaste.core import Dataset, digest_of, stream
from foretaste.core.errors import UnknownIdError, UnknownNameError

__all__ = ["Forgotten", "PartForgotten", "forget_events", "forget_people", "forget_person"]


@dataclass(frozen=True, slots=True)
class PartForgotten:
    """How far one fitted part has forgotten.

    Attributes:
        exact: Whether it now equals a fit, with the same frozen settings, on data that never
            held what was forgotten.
        how: In one sentence: how it was done, or what is left.
    """

    exact: bool
    how: str


@dataclass(frozen=True, slots=True, eq=False)
class Forgotten:
    """A recommender that has forgotten, and how far that reaches.

    Attributes:
        recommender: Answers from now on; the one before stays as it was.
        parts: By the name of the part.
    """

    recommender: Recommender
    parts: Mapping[str, PartForgotten]

    @property
    def exact(self) -> bool:
        """Whether nothing is left anywhere: else refit the parts that say so."""
        return all(part.exact for part in self.parts.values())


def forget_person(recommender: Recommender, user_id: str) -> Forgotten:
    """Forget one person: their id, attributes, events, words, and their share of the model.

    Args:
        recommender: Who has met them; stays as it was.
        user_id: Whom to forget.

    Returns:
        The recommender without them, and what each part did.

    Raises:
        UnknownIdError: If nobody has this id.
    """
    return forget_people(recommender, [user_id])


def forget_people(recommender: Recommender, user_ids: Sequence[str]) -> Forgotten:
    """Forget several people at once; solves once instead of once for each.

    Args:
        recommender: Who has met them; stays as it was.
        user_ids: Whom to forget.

    Returns:
        The recommender without them, and what each part did.

    Raises:
        UnknownIdError: If nobody has one of the ids.
    """
    rows = recommender.dataset.user_ids.rows(list(user_ids))
    return _changed(recommender, without_people(recommender.dataset, rows.tolist()))


def forget_events(
    recommender: Recommender, user_id: str, item_id: str, kind: str | None = None
) -> Forgotten:
    """Forget what somebody did with an item; the person stays.

    Args:
        recommender: Who has seen it; stays as it was.
        user_id: Whose events.
        item_id: With which item.
        kind: Only events of this kind.

    Returns:
        The recommender without these events, and what each part did.

    Raises:
        UnknownIdError: If the person or item is unknown, or there is no such event.
        UnknownNameError: If no event has this kind.
    """
    data = recommender.dataset
    if kind is not None and kind not in data.kinds:
        raise UnknownNameError("event kind", kind, data.kinds)
    code = None if kind is None else data.kinds.index(kind)
    left = without_events(data, data.user_ids.row(user_id), data.item_ids.row(item_id), code)
    if left.interactions.height == data.interactions.height:
        raise UnknownIdError(f"{user_id!r} has no such event with {item_id!r}")
    return _changed(recommender, left)


def _changed(recommender: Recommender, data: Dataset) -> Forgotten:
    settings = recommender.settings
    parts: dict[str, Any] = {}
    for name in recommender.parts:
        model = model_settings(name, settings.models.get(name, {}))
        parts[name] = model.fit(data, rng=stream(settings.seed, "fit", name))
    told = dict.fromkeys(parts, PartForgotten(True, "fitted again on the remaining rows"))
    if recommender.ratings is not None:
        told["ratings"] = PartForgotten(False, "item qualities still hold their ratings")
    card = {**recommender.card, "people": data.n_users, "events": data.interactions.height}
    digest = digest_of(settings.digest(), data.digest, code_digest(), card.get("encoder"))
    changed = replace(recommender, dataset=data, parts=parts, digest=digest, card=card)
    return Forgotten(changed, told)
