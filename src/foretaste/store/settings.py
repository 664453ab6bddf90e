"""How the database is reached and how hard it may be pressed."""

from __future__ import annotations

from pydantic import Field

from foretaste.core import Settings

__all__ = ["StoreSettings"]


class StoreSettings(Settings):
    """Limits of one process's use of the database; the defaults suit a server of a few workers."""

    connect_timeout_s: float = Field(
        3.0, gt=0, description="Longest wait for a connection to PostgreSQL, in seconds."
    )
    statement_timeout_s: float = Field(
        10.0,
        gt=0,
        description="Longest a statement may run, and longest wait for a lock, in seconds.",
    )
    follow_timeout_s: float = Field(
        1.0,
        gt=0,
        description="Longest wait for what is new in the log while answering, in seconds.",
    )
    readers: int = Field(
        8, ge=1, description="Connections that read at the same time, per process."
    )
    writers: int = Field(
        3,
        ge=1,
        description="Connections that write at the same time, per process (SQLite has one).",
    )
    queue_rows: int = Field(
        20_000,
        ge=1,
        description="Events and impressions that may wait to be written; more are refused as busy.",
    )
    group_rows: int = Field(
        2_000, ge=1, description="Most rows that one transaction of the writer joins."
    )
    linger_ms: float = Field(
        5.0,
        ge=0,
        description="How long the writer gathers rows that nobody waits for, in milliseconds.",
    )
    cache_mb: float = Field(
        32.0, gt=0, description="Page cache of each SQLite connection, in megabytes."
    )
