"""What jobs do, by kind."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from foretaste.app.service.shelf.promoting import promote
from foretaste.app.service.work.child import CancelledWorkError, WorkFailedError, run_child
from foretaste.core.errors import BusyError, InputError
from foretaste.store import Job
from foretaste.store.transfer import export_all

if TYPE_CHECKING:
    from foretaste.app.service.inside import Inside

__all__ = ["TASKS"]

Tell = Callable[[str, float], bool]
_TRIES = 3


def _refresh(inside: Inside, job: Job, tell: Tell) -> dict[str, Any]:
    """Fit on what the store holds now, and let the result answer."""
    out = inside.shelf.folder / f"fit-{job.job_id}"
    asked = {
        "task": "refresh",
        "url": inside.settings.store_url,
        "workspace": inside.name,
        "out": str(out),
        "train": inside.settings.consent.train,
    }
    try:
        for _ in range(_TRIES):
            active = _active(inside)
            shutil.rmtree(out, ignore_errors=True)
            try:
                done = run_child(
                    {**asked, "base": str(inside.shelf.place(active))},
                    inside.settings.refresh, tell,
                )  # fmt: skip
                break
            except WorkFailedError:
                # Forgetting somebody takes the bundle away that this began with: begin again.
                if _active(inside) == active:
                    raise
        else:
            raise BusyError("the bundle changes faster than it can be fitted")
        inside.follower.catch_up()
        info = promote(inside, out, done, str(job.arguments.get("reason", "refresh")))
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
    """Write everything of the workspace into a folder of the home folder."""
    folder = inside.folder / "exports" / job.job_id
    format = str(job.arguments.get("format", "parquet"))
    if format not in ("parquet", "jsonl"):
        raise InputError("no such format", expected="parquet or jsonl", got=format)
    counts = export_all(inside.space, folder, format, _obedient(tell))  # type: ignore[arg-type]
    return {"folder": str(folder), "rows": counts}


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
    "evaluate": _evaluate,
    "export": _export,
}
"""What is done, by the kind of the job."""
