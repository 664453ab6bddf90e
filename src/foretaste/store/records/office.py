"""What running a service leaves behind: keys, jobs, experiments, the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "Arm",
    "AuditEntry",
    "Experiment",
    "ExperimentKind",
    "ExperimentStatus",
    "Job",
    "JobStatus",
    "KeyRecord",
    "Role",
    "TokenRecord",
]

JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]
ExperimentKind = Literal["ab", "interleaving"]
ExperimentStatus = Literal["draft", "running", "stopped"]
Role = Literal["page", "reader", "writer", "operator", "admin"]


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key, without the secret itself.

    Attributes:
        key_id: The part of the key that is no secret.
        name: What people call it.
        workspace: The one it opens; ``None`` for all (the first administrator).
        role: What its holder may do.
        secret_hash: Hash of the secret.
        created_s: When it was made.
        expires_s: When it ends by itself; ``None`` for never.
        revoked_s: When it was withdrawn; ``None`` while it is good.
        last_used_s: When it was last used, to the minute or so; ``None`` for never.
    """

    key_id: str
    name: str
    workspace: str | None
    role: Role
    secret_hash: str
    created_s: float
    expires_s: float | None = None
    revoked_s: float | None = None
    last_used_s: float | None = None


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A one-time login token, without the token itself.

    Attributes:
        token_hash: Hash of the token.
        workspace: The one it opens; ``None`` for all.
        role: What its holder may do.
        expires_s: When it ends.
    """

    token_hash: str
    workspace: str | None
    role: Role
    expires_s: float


@dataclass(frozen=True, slots=True)
class Job:
    """Long work that one worker does in the background.

    Attributes:
        job_id: Its id.
        kind: What is done: ``refresh``, ``evaluate``, ``retain``, ``export`` ...
        status: Where it stands.
        arguments: What it was asked with.
        progress: How far it is, 0 to 1.
        message: What it is doing, in words.
        result: What came out; ``None`` before the end.
        error: Why it failed; ``None`` when it did not.
        created_s: When it was asked for.
        started_s: When a worker took it; ``None`` before.
        ended_s: When it ended; ``None`` before.
        worker: Who does it; ``None`` before.
        heartbeat_s: When the worker last said that it lives; ``None`` before.
    """

    job_id: str
    kind: str
    status: JobStatus = "queued"
    arguments: Mapping[str, Any] = field(default_factory=dict)
    progress: float = 0.0
    message: str = ""
    result: Mapping[str, Any] | None = None
    error: str | None = None
    created_s: float = 0.0
    started_s: float | None = None
    ended_s: float | None = None
    worker: str | None = None
    heartbeat_s: float | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of an experiment.

    Attributes:
        weight: Share of the people, relative to the other arms.
        settings: What is different for them.
    """

    weight: float = 1.0
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Experiment:
    """A comparison of arms on real people.

    Attributes:
        name: Its name.
        kind: Whether a person sees one arm (``ab``) or both in one list (``interleaving``).
        arms: Arms by name.
        status: Where it stands.
        salt: What makes this experiment's assignment differ from another's.
        metric: What is compared, such as ``click_rate``.
        created_s: When it was drafted.
        started_s: When it began; ``None`` before.
        stopped_s: When it ended; ``None`` before.
        horizon: People to be seen before a fixed-horizon test is read; ``None`` when sequential.
    """

    name: str
    kind: ExperimentKind
    arms: Mapping[str, Arm]
    status: ExperimentStatus = "draft"
    salt: str = ""
    metric: str = "click_rate"
    created_s: float = 0.0
    started_s: float | None = None
    stopped_s: float | None = None
    horizon: int | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One administrative action.

    Attributes:
        time_s: When.
        actor: Who: a key's id and name, or ``system``.
        action: What, such as ``key.create``.
        subject: On what.
        details: Anything else; never a secret.
    """

    time_s: float
    actor: str
    action: str
    subject: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
