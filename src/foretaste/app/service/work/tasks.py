"""What jobs do, by kind."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from foretaste.app.service.shelf.bundles import FIT
from foretaste.app.service.shelf.promoting import promote
from foretaste.app.service.work.answers import forget_answers
from foretaste.app.service.work.child import CancelledWorkError, WorkFailedError, run_child
from foretaste.app.service.work.folders import transfer_folder
from foretaste.core.errors import BusyError, InputError
from foretaste.store import Job
from foretaste.store.retention import retain
from foretaste.store.transfer import export_all, import_all

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["TASKS"]

Tell = Callable[[str, float], bool]
_TRIES = 3


def _refresh(inside: Inside, job: Job, tell: Tell) -> dict[str, Any]:
    """Fit on what the store holds now, and let the result answer."""
    asked = {
        "task": "refresh",
        "url": inside.settings.store_url,
        "workspace": inside.name,
        "train": inside.settings.consent.train,
        "arguments": dict(job.arguments),
    }
    return _fitted(inside, job, tell, asked)


def _refit(inside: Inside, job: Job, tell: Tell) -> dict[str, Any]:
    """Fit again what could not give somebody's share back, and let the result answer."""
    return _fitted(inside, job, tell, {"task": "refit"})


def _fitted(inside: Inside, job: Job, tell: Tell, asked: Mapping[str, Any]) -> dict[str, Any]:
    out = inside.shelf.folder / f"{FIT}{job.job_id}"
    reason = str(job.arguments.get("reason", asked["task"]))
    try:
        for _ in range(_TRIES):
            active = _active(inside)
            shutil.rmtree(out, ignore_errors=True)
            more = {
                "base": str(inside.shelf.place(active)),
                "out": str(out),
                "noted": inside.shelf.extra(active),
            }
            try:
                done = run_child({**more, **asked}, inside.settings.refresh, tell)
                if asked["task"] == "refresh" or _active(inside) == active:
                    break
            except WorkFailedError:
                # Forgetting somebody takes the bundle away that this began with: begin again.
                if _active(inside) == active:
                    raise
        else:
            raise BusyError("the bundle changes faster than it can be fitted")
        inside.follower.catch_up()
        info = promote(inside, out, done, reason)
    finally:
        shutil.rmtree(out, ignore_errors=True)
    return {"bundle": info.name, "digest": info.digest, "position": info.position}


def _evaluate(inside: Inside, job: Job, tell: Tell) -> dict[str, Any]:
    """Measure what answers now."""
    asked = {
        "task": "evaluate",
        "base": str(inside.shelf.place(_active(inside))),
        "arguments": dict(job.arguments),
    }
    done = run_child(asked, inside.settings.refresh, tell)
    return {**done, "time_s": inside.clock.now_s()}


def _export(inside: Inside, job: Job, tell: Tell) -> dict[str, Any]:
    """Write everything of the workspace into a folder of its own."""
    format = str(job.arguments.get("format", "parquet"))
    if format not in ("parquet", "jsonl"):
        raise InputError("no such format", expected="parquet or jsonl", got=format)
    name = str(job.arguments.get("folder") or f"export-{job.job_id}")
    folder = transfer_folder(inside, name)
    counts = export_all(inside.space, folder, format, _obedient(tell))  # type: ignore[arg-type]
    return {"folder": name, "rows": counts}


def _import(inside: Inside, job: Job, tell: Tell) -> dict[str, Any]:
    """Bring an export in."""
    name = str(job.arguments.get("folder", ""))
    counts = import_all(inside.space, transfer_folder(inside, name), _obedient(tell))
    return {"folder": name, "rows": counts}


def _retain(inside: Inside, job: Job, tell: Tell) -> dict[str, Any]:
    """Erase what is older than the policy allows."""
    tell("erasing what is too old", 0.1)
    now_s = inside.clock.now_s()
    erased = retain(inside.space, inside.settings.retention, now_s)
    erased["answers to repeated requests"] = forget_answers(inside, before_s=now_s - 86_400.0)
    return {"erased": erased}


def _active(inside: Inside) -> str:
    found = inside.shelf.active()
    if found is None:
        raise InputError("there is no bundle yet")
    return found


def _obedient(tell: Tell) -> Callable[[str, float], None]:
    def told(what: str, share: float) -> None:
        if not tell(what, share):
            raise CancelledWorkError("the job was cancelled")

    return told


TASKS: Mapping[str, Callable[[Inside, Job, Tell], dict[str, Any]]] = {
    "refresh": _refresh,
    "refit": _refit,
    "evaluate": _evaluate,
    "export": _export,
    "import": _import,
    "retain": _retain,
}
"""What is done, by the kind of the job."""
