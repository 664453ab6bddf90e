"""Forgetting people, and single things they did, so that it reaches the model."""

from __future__ import annotations

from collections.abc import Sequence

from foretaste.app.forgetting.erasing import only_people, without_events, without_people
from foretaste.app.forgetting.solving import Forgotten, solved_again
from foretaste.app.recommender import Recommender
from foretaste.core.errors import UnknownIdError, UnknownNameError

__all__ = ["forget_events", "forget_people", "forget_person"]


def forget_person(recommender: Recommender, user_id: str) -> Forgotten:
    """Forget one person: their id, attributes, events, words, and their share of the model.

    Their share is subtracted from the sums that parts were solved from, and the parts are solved
    again with the settings as they were: they then equal a fit on data that never held the
    person (whole numbers are subtracted, so the sums are the same to the bit). What cannot be
    subtracted is read again from the rows that remain, or says that it is not exact. Items that
    only they had met stay in the catalogue; knowledge stays; what the ratings of others say stays
    as it was read; the few settings that were chosen with everybody stay chosen. Rows of other
    people move up.

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
    data = recommender.dataset
    rows = data.user_ids.rows(list(user_ids)).tolist()
    return solved_again(recommender, without_people(data, rows), only_people(data, rows))


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
    row = data.user_ids.row(user_id)
    left = without_events(data, row, data.item_ids.row(item_id), code)
    if left.interactions.height == data.interactions.height:
        raise UnknownIdError(f"{user_id!r} has no such event with {item_id!r}")
    return solved_again(recommender, left, only_people(data, [row]), only_people(left, [row]))
