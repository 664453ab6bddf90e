"""The run card: everything a number must be traced to."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from foretaste.core import Dataset, digest_of

__all__ = ["RunCard", "code_digest", "make_card", "peak_memory_mb", "reset_peak_memory"]

_LIBRARIES = ("numpy", "scipy", "polars", "pydantic", "onnxruntime", "threadpoolctl")


@dataclass(frozen=True, slots=True)
class RunCard:
    """What was run, on what, with what, where and when.

    Attributes:
        data: Name, digest and sizes of the data.
        protocol: Name, settings and digest of the split.
        models: Settings and digests by model (by case where they differ).
        seeds: Every seed.
        code: Version and digest of the package.
        hardware: Processor, cores, memory, system, thread limits.
        libraries: Versions.
        started_utc: When.
        seconds: How long the whole run took.
        peak_memory_mb: Largest resident memory of the process during the run.
    """

    data: Mapping[str, Any]
    protocol: Mapping[str, Any]
    models: Mapping[str, Any]
    seeds: Mapping[str, int]
    code: Mapping[str, str]
    hardware: Mapping[str, Any]
    libraries: Mapping[str, str]
    started_utc: str
    seconds: float
    peak_memory_mb: float


def make_card(
    dataset: Dataset,
    protocol: Any,
    models: Mapping[str, Any],
    *,
    seeds: Mapping[str, int],
    seconds: float,
    peak_mb: float,
) -> RunCard:
    """Fill in a run card.

    Args:
        dataset: The whole data.
        protocol: The protocol's settings.
        models: Plain values describing each model.
        seeds: Every seed.
        seconds: How long the run took.
        peak_mb: Peak memory.

    Returns:
        The card.
    """
    return RunCard(
        data={
            "name": dataset.name,
            "digest": dataset.digest,
            "n_users": dataset.n_users,
            "n_items": dataset.n_items,
            "n_events": len(dataset.interactions),
            "simulated": dataset.simulated,
        },
        protocol={
            "name": protocol.name,
            "settings": protocol.model_dump(mode="json"),
            "digest": protocol.digest(),
        },
        models=models,
        seeds=seeds,
        code={"version": _version("foretaste"), "digest": code_digest()},
        hardware=_hardware(),
        libraries={name: _version(name) for name in _LIBRARIES},
        started_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        peak_memory_mb=round(peak_mb, 1),
    )


def code_digest() -> str:
    """Name of the package's source as it is on disk.

    Returns:
        Sixteen hexadecimal characters.
    """
    root = Path(__file__).resolve().parents[1]
    files = sorted(root.rglob("*.py"))
    parts: list[Any] = []
    for path in files:
        parts += [path.relative_to(root).as_posix(), path.read_bytes()]
    return digest_of(*parts)


def reset_peak_memory() -> None:
    """Start counting peak memory anew, where the system can (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return  # elsewhere the peak is that of the whole process, which is only larger


def peak_memory_mb() -> float:
    """Largest resident memory since the last reset.

    Returns:
        Megabytes (10^6 bytes); NaN where the system does not say.
    """
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return float("nan")
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _hardware() -> dict[str, Any]:
    threads = {k: os.environ[k] for k in ("OMP_NUM_THREADS", "POLARS_MAX_THREADS")
               if k in os.environ}  # fmt: skip
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "threads": threads,
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    names = [line.split(":", 1)[1] for line in text.splitlines() if line.startswith("model name")]
    return names[0].strip() if names else platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        return None


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"
