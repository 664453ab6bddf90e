"""Whether a fit is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretaste.app.fitting import code_digest
from foretaste.app.service.log.controls import without_marks

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["events_since", "stale"]

_FEW = 50


def stale(inside: Inside) -> str | None:
    """Why a workspace's newest bundle should be fitted again.

    The newest bundle counts, not the one that answers: after going back to an older one, the
    same data would only make the same bundle again.

    Args:
        inside: The workspace.

    Returns:
        In words; ``None`` when it is fresh enough.
    """
    infos = inside.shelf.infos()
    if not infos:
        return None
    newest = max(infos, key=lambda info: info.position)
    settings = inside.settings.refresh
    made_with = inside.shelf.extra(newest.name).get("code")
    if made_with is not None and made_with != code_digest():
        return "it was fitted by another version of the code"
    age_s = inside.clock.now_s() - max(info.made_s for info in infos)
    fitted = int(newest.card.get("events", 0))
    enough = max(int(settings.share * fitted), min(settings.events, max(_FEW, fitted)))
    behind = inside.space.events.position() - newest.position
    if behind <= 0:
        return None
    if behind >= enough:
        # Positions may have gaps, so only this count decides.
        count = events_since(inside, newest.position, enough)
        if count >= enough:
            return f"{count} events since it was fitted on {fitted}"
    if age_s > settings.age_s and events_since(inside, newest.position, 1):
        return f"it is {age_s / 86_400:.1f} days old, and something happened since"
    return None


def events_since(inside: Inside, position: int, most: int) -> int:
    """How many events came after a position.

    Args:
        inside: The workspace.
        position: Where to begin.
        most: Where to stop counting.

    Returns:
        The number, at most about ``most``.
    """
    count = 0
    while count < most:
        events = inside.space.events.tail(position, 10_000)
        count += len(without_marks(events))
        if len(events) < 10_000:
            break
        position = events[-1].position
    return count
