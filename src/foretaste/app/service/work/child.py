"""Starting, watching and ending a process of one's own."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from foretaste.app.service.settings import RefreshSettings
from foretaste.core.errors import ForetasteError

__all__ = ["CancelledWorkError", "WorkFailedError", "run_child"]

_LOG = logging.getLogger("foretaste.service")
_LOOK_S = 0.2
_THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS",
)  # fmt: skip


class CancelledWorkError(ForetasteError):
    """Somebody asked for the end of a job while it ran."""


class WorkFailedError(ForetasteError):
    """A process of ours did not do what it should."""


def run_child(
    asked: Mapping[str, Any],
    settings: RefreshSettings,
    go_on: Callable[[str, float], bool],
) -> dict[str, Any]:
    """Let a process of its own do something.

    Args:
        asked: What; see :mod:`foretaste.app.service.work.process`.
        settings: Threads, niceness and the longest time.
        go_on: Told what it is doing and how far it is, every now and then; ``False`` ends it.

    Returns:
        What it gave.

    Raises:
        CancelledWorkError: If it was ended.
        WorkFailedError: If it failed or took too long.
    """
    more = dict.fromkeys(_THREADS, str(settings.threads))
    nice = getattr(os, "nice", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "foretaste.app.service.work.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **more},
        text=True,
        encoding="utf-8",
    )
    if nice is not None and hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, process.pid, settings.niceness)
    said: dict[str, Any] = {"what": "starting", "share": 0.0}
    errors: list[str] = []
    readers = [
        threading.Thread(target=_read, args=(process.stdout, said), daemon=True),
        threading.Thread(target=_keep, args=(process.stderr, errors), daemon=True),
    ]
    try:
        assert process.stdin is not None
        for reader in readers:
            reader.start()
        process.stdin.write(json.dumps(dict(asked)))
        process.stdin.close()
        _watch(process, settings.timeout_s, lambda: go_on(str(said["what"]), float(said["share"])))
    except BrokenPipeError:
        process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for reader in readers:
            reader.join(5.0)
    if "done" in said:
        return dict(said["done"])
    _LOG.error("a background process failed: %s", "".join(errors)[-2_000:])
    why = said.get("failed") or (errors[-1].strip() if errors else f"exit {process.returncode}")
    raise WorkFailedError(str(why).rstrip("."))


def _watch(process: subprocess.Popen[str], timeout_s: float, go_on: Callable[[], bool]) -> None:
    end_s = time.monotonic() + timeout_s
    while process.poll() is None:
        if time.monotonic() > end_s:
            raise WorkFailedError("it took too long", expected=f"at most {timeout_s:.0f} s")
        if not go_on():
            raise CancelledWorkError("the job was cancelled")
        try:
            process.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            continue


def _read(lines: Any, said: dict[str, Any]) -> None:
    for line in lines:
        said.update(json.loads(line))


def _keep(lines: Any, errors: list[str]) -> None:
    for line in lines:
        errors.append(line)
        del errors[:-200]
