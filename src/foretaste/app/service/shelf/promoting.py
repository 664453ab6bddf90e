"""Letting another bundle answer: after a fit, after forgetting, or back to the one before."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foretaste.app.bundles import load, save
from foretaste.app.fitting import code_digest
from foretaste.app.forgetting import forget_people
from foretaste.app.service.shelf.bundles import FIT
from foretaste.app.service.shelf.opening import locked
from foretaste.app.service.values import BundleInfo, Part
from foretaste.core.errors import (
    BundleError,
    ConflictError,
    ForetasteError,
    InputError,
    UnknownIdError,
)

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["promote", "rewrite_shelf", "roll_back"]

_LOG = logging.getLogger("foretaste.service")
_NOTED = ("items", "people", "hidden")


def promote(inside: Inside, folder: Path, done: Mapping[str, Any], reason: str) -> BundleInfo:
    """Put a fitted bundle on the shelf and let it answer.

    Whoever was forgotten while it was being fitted is taken out of it first.

    Args:
        inside: The workspace.
        folder: Where the fit has put it, on the same disk.
        done: What the fit said of it.
        reason: Why it was made.

    Returns:
        Its entry.

    Raises:
        ConflictError: If a bundle that has read more answers meanwhile.
    """
    with inside.changing, locked(inside.folder):
        inside.read_forgotten()
        active = inside.shelf.active()
        position = int(done["position"])
        if active is not None and _read_by(inside, active) > position:
            raise ConflictError("a bundle that has read more answers meanwhile", got=active)
        digest = str(done["digest"])
        digest = _without_forgotten(inside, folder, position, digest)
        name = inside.shelf.free_name(digest)
        folder.rename(inside.shelf.place(name))
        info = BundleInfo(
            name, digest, position, inside.clock.now_s(), False, dict(done["card"]), reason
        )
        noted = {key: done[key] for key in _NOTED if key in done} | {"code": code_digest()}
        inside.shelf.note(info, noted)
        _answer(inside, name, active)
        inside.shelf.prune(inside.settings.refresh.keep)
        return replace(info, active=True)


def roll_back(inside: Inside, to: str | None) -> str:
    """Let an earlier bundle answer again.

    Args:
        inside: The workspace.
        to: Its name; ``None`` is the one made before the active one.

    Returns:
        Its name.

    Raises:
        UnknownIdError: If there is none of that name.
        InputError: If there is none before.
    """
    with inside.changing, locked(inside.folder):
        active = inside.shelf.active()
        if to is None:
            infos = inside.shelf.infos()
            names = [info.name for info in infos]
            older = names[names.index(active) + 1 :] if active in names else names
            if not older:
                raise InputError("there is no bundle before this one", got=str(active))
            to = older[0]
        inside.shelf.info(to)
        _answer(inside, to, active)
        return to


def _answer(inside: Inside, name: str, active: str | None) -> None:
    """Let a bundle answer, here and everywhere; where it cannot be read, all stays as it was."""
    if name != active:
        inside.shelf.activate(name, instead_of=active)
    try:
        inside.enter(name)
    except BaseException:
        if name != active and active is not None:
            inside.shelf.activate(active, instead_of=name)
        raise


def _read_by(inside: Inside, name: str) -> int:
    try:
        return inside.shelf.info(name).position
    except (BundleError, UnknownIdError):  # it is not on this machine
        return -1


def rewrite_shelf(inside: Inside, user_ids: tuple[str, ...]) -> tuple[dict[str, Part], list[str]]:
    """Take people out of every bundle on the shelf.

    The active bundle is rewritten and answers at once; others are rewritten too, or removed
    where that fails, so that going back cannot bring anybody back.

    Args:
        inside: The workspace.
        user_ids: Whom.

    Returns:
        What was done to each part of the active bundle, and the bundles concerned.
    """
    parts: dict[str, Part] = {}
    touched: list[str] = []
    with inside.changing, locked(inside.folder):
        inside.shelf.sweep(_unfinished(inside))
        for info in inside.shelf.infos():
            try:
                found = _rewritten(inside, info, user_ids)
            except ForetasteError as error:
                if info.active:
                    raise
                _LOG.warning("the bundle %s is removed: %s", info.name, error)
                found = {}
            if found is None:
                continue
            touched.append(info.name)
            if info.active:
                parts = found
            with suppress(FileNotFoundError):
                inside.shelf.remove(info.name)
    return parts, touched


def _rewritten(
    inside: Inside, info: BundleInfo, user_ids: tuple[str, ...]
) -> dict[str, Part] | None:
    shelf = inside.shelf
    before = shelf.load(info.name)
    # Also whoever was forgotten when something failed on the way to here.
    there = [
        one
        for one in before.dataset.user_ids.ids
        if one in user_ids or inside.was_forgotten(one, info.position)
    ]
    if not there:
        return None
    after = forget_people(before, there)
    noted = {
        key: value for key, value in shelf.extra(info.name).items() if key in (*_NOTED, "code")
    }
    fresh = replace(
        info, digest=after.recommender.digest, card=dict(after.recommender.card), reason="forget"
    )
    put = shelf.put(after.recommender, fresh, noted)
    if info.active:
        _answer(inside, put.name, info.name)
    return {name: Part(one.exact, one.how) for name, one in after.parts.items()}


def _unfinished(inside: Inside) -> list[str]:
    """Folders that fits are being written to; each is cleaned when it is promoted."""
    names = [path.name for path in inside.shelf.folder.glob(f"{FIT}*")]
    jobs = {name: inside.space.jobs.get(name.removeprefix(FIT)) for name in names}
    return [n for n, job in jobs.items() if job is None or job.status in ("queued", "running")]


def _without_forgotten(inside: Inside, folder: Path, position: int, digest: str) -> str:
    if not any(at > position for at, _ in inside.forgotten.values()):
        return digest
    fitted = load(folder)
    ids = fitted.dataset.user_ids.ids
    gone = [one for one in ids if inside.was_forgotten(one, position)]
    if not gone:
        return digest
    fitted = forget_people(fitted, gone).recommender
    shutil.rmtree(folder)
    save(fitted, folder)
    return fitted.digest
