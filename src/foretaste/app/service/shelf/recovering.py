"""What answers at the start, also where the bundle that should is not on this machine's disk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foretaste.app.fitting import code_digest, fit
from foretaste.app.recommender import Recommender
from foretaste.app.service.live.serving import Serving
from foretaste.app.service.shelf.opening import EMPTY, described, locked, nothing, serving_of
from foretaste.app.service.shelf.rebuilding import rebuild
from foretaste.app.service.values import BundleInfo
from foretaste.core.errors import BundleError, ForetasteError, UnknownIdError
from foretaste.store.transfer.dumping import last_positions

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["recover", "settled"]

_LOG = logging.getLogger("foretaste.service")

Tell = Callable[[str, float], None]


def settled(inside: Inside, active: str, source: str | Path | None, tell: Tell) -> Serving:
    """What answers from the active bundle, or from one that is put in its place.

    After a database was restored on another machine, or the home folder was lost, the bundle
    that should answer is not there. The log is the truth, so nothing is lost with it.

    Args:
        inside: The workspace.
        active: Name of the bundle that should answer.
        source: What the workspace began with, if that is known.
        tell: Told what is being done.

    Returns:
        The value; it has not grown yet.
    """
    try:
        if _usable(inside, active):
            return serving_of(inside, active)
        why = "it is not on this machine, or has read more than the log holds"
    except (BundleError, UnknownIdError) as error:
        why = str(error)
    _LOG.warning("%s: the bundle %s cannot answer: %s", inside.name, active, why)
    return serving_of(inside, recover(inside, active, source, tell))


def recover(inside: Inside, broken: str, source: str | Path | None, tell: Tell) -> str:
    """Put another bundle in the place of one that cannot answer.

    The newest on the shelf that can; else the log is fitted.

    Args:
        inside: The workspace.
        broken: Name of the bundle that cannot answer.
        source: What the workspace began with, if that is known.
        tell: Told what is being done.

    Returns:
        Name of the bundle that answers now.
    """
    with locked(inside.folder):
        active = inside.shelf.active()
        if active is not None and active != broken:  # another process was faster
            return active
        for info in inside.shelf.infos():
            if info.name != broken and _loads(inside, info.name):
                inside.shelf.activate(info.name, instead_of=active)
                return info.name
        recommender, position, noted = _fitted(inside, source, tell)
        info = BundleInfo(
            "", recommender.digest, position, inside.clock.now_s(), False,
            dict(recommender.card), "recovered from the log",
        )  # fmt: skip
        put = inside.shelf.put(recommender, info, noted)
        inside.shelf.activate(put.name, instead_of=active)
        return put.name


def _usable(inside: Inside, name: str) -> bool:
    """Whether a bundle is there and has read nothing that this log does not hold.

    The database may be restored from a time before the bundle: the log gives the positions that
    it has read to other events then.
    """
    database = inside.space.store.database
    with database.read() as connection:
        last = last_positions(database, connection).get("events", 0)
    return inside.shelf.place(name).is_dir() and inside.shelf.info(name).position <= last


def _loads(inside: Inside, name: str) -> bool:
    try:
        if _usable(inside, name):
            inside.shelf.load(name)
            return True
    except (BundleError, UnknownIdError) as error:
        _LOG.warning("%s: the bundle %s cannot answer: %s", inside.name, name, error)
    return False


def _fitted(
    inside: Inside, source: str | Path | None, tell: Tell
) -> tuple[Recommender, int, dict[str, Any]]:
    """Fit the log, by whatever tells what its attributes mean."""
    noted: dict[str, Any] = {"code": code_digest()}
    blank, hidden = nothing(inside.name)
    base = fit(blank)
    if not inside.space.items.count():
        return base, 0, {**noted, "items": 0, "people": 0, "hidden": hidden}
    base = _known(inside, base, source)
    found = rebuild(inside.space, base, train=inside.settings.consent.train)
    noted |= {
        "items": found.items_revision,
        "people": found.people_revision,
        "hidden": list(found.hidden),
    }
    return fit(found.dataset, base.settings, progress=tell), found.position, noted


def _known(inside: Inside, blank: Recommender, source: str | Path | None) -> Recommender:
    """What the workspace began with, if that is still there and it is still about these items."""
    if str(source) == EMPTY:
        return blank
    try:
        found = described(source)
    except (ForetasteError, OSError) as error:
        _LOG.warning("%s: %s cannot be read any more: %s", inside.name, source, error)
        return blank
    base = found if isinstance(found, Recommender) else replace(blank, dataset=found)
    ids = base.dataset.item_ids.ids
    there = inside.space.items.many(ids)
    return base if 2 * len(there) > len(ids) else blank
