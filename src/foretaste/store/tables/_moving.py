"""How a job may move on: what a worker says, and what its silence says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_args

from foretaste.core.errors import InputError
from foretaste.store.records.office import JobStatus
from foretaste.store.tables.base import checked_json, checked_text

__all__ = ["change_of", "silence_of"]

_RESULT_BYTES = 4 * 1024 * 1024
_LONGEST_WORDS = 10_000


def change_of(
    progress: float | None,
    message: str | None,
    status: str | None,
    result: Mapping[str, Any] | None,
    error: str | None,
) -> dict[str, Any]:
    """Check what is said of a job.

    Args:
        progress: How far it is, 0 to 1.
        message: What it is doing.
        status: Where it stands.
        result: What came out.
        error: Why it failed.

    Returns:
        New values by column, of what was said.

    Raises:
        InputError: If something cannot be kept.
        LimitError: If something is too large.
    """
    change: dict[str, Any] = {}
    if progress is not None:
        if not math.isfinite(progress) or not 0 <= progress <= 1:
            raise InputError("progress is a number from 0 to 1", got=progress)
        change["progress"] = float(progress)
    if message is not None:
        change["message"] = checked_text(message, "message", _LONGEST_WORDS)
    if error is not None:
        change["error"] = checked_text(error, "error", _LONGEST_WORDS)
    if result is not None:
        change["result"] = checked_json(dict(result), "job's result", _RESULT_BYTES)
    if status is not None:
        if status not in get_args(JobStatus):
            raise InputError("a job does not stand there", got=status,
                             expected=", ".join(get_args(JobStatus)))  # fmt: skip
        change["status"] = status
    return change


def silence_of(row: Any, now_s: float) -> dict[str, Any]:
    """Say what becomes of a job whose worker has gone silent; ``error`` remembers the first time.

    Args:
        row: The job, with ``cancel_asked``.
        now_s: What time it is.

    Returns:
        New values by column.
    """
    words = f"worker {row.worker} went silent"
    if row.cancel_asked:
        return {"status": "cancelled", "ended_s": now_s, "error": words}
    if row.error is not None:
        return {"status": "failed", "ended_s": now_s, "error": f"{row.error}; then {words}"}
    return {"status": "queued", "error": words, "worker": None, "started_s": None,
            "heartbeat_s": None, "progress": 0.0}  # fmt: skip
