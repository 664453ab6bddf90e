"""Who asks: the one place where consent, tail and record of a person come together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foretaste.app.service.live.past import history_of
from foretaste.core import EMPTY_HISTORY
from foretaste.core.errors import OutsideError
from foretaste.recommend import Past
from foretaste.store import Consent

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside
    from foretaste.app.service.live.serving import Serving

__all__ = ["Known", "know", "known_now"]

_SHORT = 128
"""Longest history that is kept joined, 25 bytes an event; longer ones are joined anew."""
_NOBODY = Past(EMPTY_HISTORY, {})


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of somebody at this moment.

    Attributes:
        past: Goes before what the bundle has on record; ``None`` when the record is all.
        consent: What they allow.
        whole: Whether nothing is missing because the database is gone.
        quiet: Whether they asked not to be personalised.
    """

    past: Past | None
    consent: Consent
    whole: bool = True
    quiet: bool = False


def known_now(inside: Inside, user_id: str) -> tuple[Serving, Known]:
    """What answers, and what is known of somebody beside what that has read.

    Args:
        inside: The workspace.
        user_id: The person.

    Returns:
        Both, of one moment: a swap in between would leave out what only the new one has read.
    """
    while True:
        serving = inside.serving
        known = know(inside, serving, user_id)
        if inside.serving.position == serving.position:
            return serving, known


def know(inside: Inside, serving: Serving, user_id: str) -> Known:
    """What is known of somebody, after the log has been read on.

    Args:
        inside: The workspace.
        serving: What answers.
        user_id: The person.

    Returns:
        Their past as the scorers see it.
    """
    whole = True
    try:
        consent = inside.consent_of(user_id)
    except OutsideError:
        consent, whole = inside.assumed_consent(user_id), False
    if not consent.personalise:
        return Known(_NOBODY, consent, whole, True)
    taught = consent.train
    tail, known = inside.follower.tail_of(user_id, everything=not taught)
    try:
        person = inside.person_since(serving, user_id)
    except OutsideError:
        person, known = None, False
    forgotten = inside.was_forgotten(user_id, serving.position)
    if not tail and person is None and taught and not forgotten:
        return Known(None, consent, whole and known)
    key = (serving.epoch, serving.position, 0 if person is None else person.revision, forgotten)
    past = tail.derived.get(key)
    if past is None:
        profile: Mapping[str, Any] = {}
        if person is not None:
            profile = person.attributes
        elif not forgotten:
            profile = _profile(serving, user_id)
        after = serving.position if taught else 0
        on_record = taught and not forgotten
        history = history_of(serving.recommender, user_id, tail, after=after, on_record=on_record)
        past = Past(history, profile)
        if tail and len(history) <= _SHORT:
            tail.derived.clear()
            tail.derived[key] = past
    return Known(past, consent, whole and known)


def _profile(serving: Serving, user_id: str) -> Mapping[str, Any]:
    translator = serving.recommender.pipeline.translator
    row = translator.user_ids.get(user_id)
    return {} if row is None or not translator.profiles else translator.profiles[row]
