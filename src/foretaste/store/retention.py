"""How long things are kept: what is older than the policy says is deleted."""

from __future__ import annotations

from pydantic import Field

from foretaste.core import Settings
from foretaste.store.schema import audit
from foretaste.store.space import Space

__all__ = ["RetentionSettings", "retain"]

_DAY_S = 86_400.0
_SOME = 5_000


class RetentionSettings(Settings):
    """How long each sort of thing is kept; ``None`` is for ever.

    Fitted bundles are not touched: what a fit has learned from events that are deleted later
    stays until the next fit.
    """

    events_days: float | None = Field(
        None, gt=0, description="Days that events are kept, from when they happened."
    )
    impressions_days: float | None = Field(
        365.0, gt=0, description="Days that impressions (what was shown) are kept."
    )
    sessions_days: float | None = Field(
        90.0, gt=0, description="Days that anonymous sessions are kept, from their start."
    )
    jobs_days: float | None = Field(
        90.0, gt=0, description="Days that jobs are kept after their end."
    )
    audit_days: float | None = Field(
        None, gt=0, description="Days that the audit log is kept; only when this is said."
    )


def retain(space: Space, settings: RetentionSettings, now_s: float) -> dict[str, int]:
    """Delete what is older than the policy says, a little in each transaction.

    Args:
        space: One workspace.
        settings: The policy.
        now_s: What time it is.

    Returns:
        Rows deleted, of each sort that the policy speaks of.

    Raises:
        BusyError: If the database is locked; the next run goes on where this one ended.
        StorageError: If the database cannot be reached.
    """
    gone: dict[str, int] = {}
    for name, days, erase in (
        ("events", settings.events_days, space.events.erase_before),
        ("impressions", settings.impressions_days, space.impressions.erase_before),
        ("sessions", settings.sessions_days, space.sessions.erase_before),
        ("jobs", settings.jobs_days, space.jobs.erase_before),
        ("audit", settings.audit_days, lambda before_s: _erase_audit(space, before_s)),
    ):
        if days is not None:
            gone[name] = erase(now_s - days * _DAY_S)
    return gone


def _erase_audit(space: Space, before_s: float) -> int:
    """The one way out of the audit log, which has none of its own."""
    old = (
        audit.select()
        .with_only_columns(audit.c.position)
        .where(audit.c.workspace == space.workspace, audit.c.time_s < before_s)
        .limit(_SOME)
    )
    count = 0
    while True:
        with space.store.database.write() as connection:
            part = connection.execute(audit.delete().where(audit.c.position.in_(old))).rowcount
        count += part
        if part < _SOME:
            return count
