"""Jobs, bundles, keys, audit, workspaces: how the service is run."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from foretaste.serve.wire.asking import Time
from foretaste.serve.wire.base import Attributes, Cursor, Id, Text, Wire, WireOut

__all__ = [
    "AuditOut",
    "AuditPage",
    "BundleOut",
    "BundlesOut",
    "JobIn",
    "JobOut",
    "JobPage",
    "KeyIn",
    "KeyOut",
    "KeysOut",
    "MeOut",
    "NewKeyOut",
    "RollBackIn",
    "RolledBackOut",
    "WorkspaceIn",
    "WorkspaceOut",
    "WorkspacesOut",
]

Role = Literal["page", "reader", "writer", "operator", "admin"]
JobKind = Literal["refresh", "evaluate", "export"]


class JobIn(Wire):
    """Long work to be done in the background."""

    kind: JobKind = Field(description="Fit anew, measure, or export to a folder there.")
    arguments: Attributes = Field(default_factory=dict, description="What the kind takes.")


class JobOut(WireOut):
    """Long work and how far it is."""

    job_id: str
    kind: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    arguments: dict[str, Any]
    progress: float = Field(ge=0, le=1)
    message: str
    result: dict[str, Any] | None
    error: str | None
    created_s: float
    started_s: float | None
    ended_s: float | None
    worker: str | None
    heartbeat_s: float | None


class JobPage(WireOut):
    """Some jobs, newest first."""

    jobs: list[JobOut]
    cursor: Cursor = None


class BundleOut(WireOut):
    """A fitted model on the shelf."""

    name: str
    digest: str
    position: int = Field(description="It has read the log up to here.")
    made_s: float
    active: bool = Field(description="Whether it answers now.")
    reason: str
    card: dict[str, Any] = Field(description="Metrics and facts recorded when it was fitted.")


class BundlesOut(WireOut):
    """The shelf."""

    bundles: list[BundleOut]
    stale: str | None = Field(description="Why a refresh is due, in words; null when none is.")


class RollBackIn(Wire):
    """Which fitted model should answer again."""

    to: Id | None = Field(None, description="Name of a bundle; null is the one before.")


class RolledBackOut(WireOut):
    """Which fitted model answers now."""

    active: str


class KeyIn(Wire):
    """A key to be made."""

    name: Annotated[Text, StringConstraints(min_length=1, max_length=100)]
    role: Role
    expires_s: Time | None = Field(None, description="When it ends, seconds since 1970 UTC.")


class KeyOut(WireOut):
    """A key, without its secret."""

    key_id: str
    name: str
    role: Role
    created_s: float
    expires_s: float | None
    revoked_s: float | None
    last_used_s: float | None


class KeysOut(WireOut):
    """The keys of the workspace."""

    keys: list[KeyOut]


class NewKeyOut(WireOut):
    """A key just made: the only moment at which it can be read."""

    key: str
    key_id: str
    name: str
    role: Role
    expires_s: float | None


class AuditOut(WireOut):
    """One administrative action."""

    time_s: float
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


class AuditPage(WireOut):
    """Some of the audit log, newest first."""

    entries: list[AuditOut]
    cursor: Cursor = None


class WorkspaceIn(Wire):
    """A workspace to be made: its own data, model and keys."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]


class WorkspaceOut(WireOut):
    """A workspace just made, with its first key."""

    name: str
    key: NewKeyOut


class WorkspacesOut(WireOut):
    """The workspaces there are."""

    workspaces: list[str]


class MeOut(WireOut):
    """Who the key speaks for."""

    workspace: str
    role: Role
    key_id: str
    name: str
