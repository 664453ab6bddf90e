"""All tables, as the newest migration leaves them (a test compares the two).

Every row carries its workspace. Text has one order everywhere: that of its code points
(``COLLATE "C"``), so that pages and ranges agree between databases. JSON is text: it is never
searched inside, and text holds every character.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from foretaste.store.text import from_db, from_json, to_db, to_json

__all__ = ["SCHEMA_VERSION", "AnyText", "Json", "metadata"]

SCHEMA_VERSION = "0003"
"""The newest migration: what :func:`foretaste.store.open_store` brings every database to."""

metadata = sa.MetaData()


class AnyText(TypeDecorator[str]):
    """Text of any characters, ordered by code point; see :mod:`foretaste.store.text`."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type in one database."""
        return dialect.type_descriptor(
            sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text()
        )

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else to_db(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """From the database."""
        return None if value is None else from_db(value)


class Json(TypeDecorator[Any]):
    """Any JSON value as text; ``None`` is NULL."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else to_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """From the database."""
        return None if value is None else from_json(value)


def _text(name: str, *, null: bool = False, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, AnyText, nullable=null, primary_key=key)


def _json(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Json, nullable=null)


def _time(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Double, nullable=null)


def _count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def _flag(name: str, default: bool) -> sa.Column[Any]:
    return sa.Column(
        name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false()
    )


def _position() -> sa.Column[Any]:
    # SQLite numbers rows by itself only in a column of exactly this type.
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("position", big, sa.Identity(), primary_key=True, autoincrement=True)


def _workspace(*, key: bool = True) -> sa.Column[Any]:
    return _text("workspace", key=key)


# ---- the log ------------------------------------------------------------------------------

workspaces = sa.Table("workspaces", metadata, _workspace(), _time("created_s"))

revisions = sa.Table(
    "revisions", metadata, _workspace(),
    _count("items"), _count("people"), _count("facts"), _count("events"),
)  # fmt: skip

events = sa.Table(
    "events", metadata, _position(), _workspace(key=False),
    sa.Column("event_key", sa.BigInteger, nullable=False),
    _text("user_id", null=True), _text("item_id"), _text("kind"),
    sa.Column("value", sa.Double), _time("time_s", null=True), _text("words", null=True),
    _json("context", null=True), _text("answer_id", null=True), _text("given_key", null=True),
    _time("kept_s"),
    sa.Index("events_key", "workspace", "event_key", unique=True),
    sa.Index("events_position", "workspace", "position"),
    sa.Index("events_user", "workspace", "user_id", "position"),
    sa.Index("events_item", "workspace", "item_id", "position"),
    sa.Index("events_kind", "workspace", "kind", "position"),
    sqlite_autoincrement=True,
)  # fmt: skip

impressions = sa.Table(
    "impressions", metadata, _position(), _workspace(key=False),
    _text("answer_id"), _text("user_id", null=True), _time("time_s"),
    _text("source"), _text("bundle_digest"), _json("body"),
    sa.Index("impressions_answer", "workspace", "answer_id", unique=True),
    sa.Index("impressions_user", "workspace", "user_id", "position"),
    sa.Index("impressions_time", "workspace", "time_s"),
    sqlite_autoincrement=True,
)  # fmt: skip

# ---- catalogue and people -----------------------------------------------------------------

items = sa.Table(
    "items", metadata, _workspace(), _text("item_id", key=True), _json("attributes"),
    _flag("hidden", False), _flag("deleted", False), _count("revision"), _time("updated_s"),
    sa.Index("items_revision", "workspace", "revision"),
)  # fmt: skip

people = sa.Table(
    "people", metadata, _workspace(), _text("user_id", key=True), _json("attributes"),
    _flag("deleted", False), _count("revision"), _time("updated_s"),
    sa.Index("people_revision", "workspace", "revision"),
)  # fmt: skip

consent = sa.Table(
    "consent", metadata, _workspace(), _text("user_id", key=True),
    _flag("record", True), _flag("personalise", True), _flag("train", True),
    _flag("language_model", False), _time("updated_s"),
)  # fmt: skip

sessions = sa.Table(
    "sessions", metadata, _workspace(), _text("session_id", key=True),
    _text("user_id", null=True), _time("started_s"),
    sa.Index("sessions_user", "workspace", "user_id"),
    sa.Index("sessions_started", "workspace", "started_s"),
)  # fmt: skip

# ---- running a service --------------------------------------------------------------------

jobs = sa.Table(
    "jobs", metadata, _workspace(), _text("job_id", key=True), _text("kind"), _text("status"),
    _json("arguments"), sa.Column("progress", sa.Double, nullable=False, server_default="0"),
    _text("message"), _json("result", null=True), _text("error", null=True), _time("created_s"),
    _time("started_s", null=True), _time("ended_s", null=True), _text("worker", null=True),
    _time("heartbeat_s", null=True), _flag("cancel_asked", False),
    sa.Index("jobs_created", "workspace", "created_s", "job_id"),
    sa.Index("jobs_status", "workspace", "status", "created_s"),
)  # fmt: skip

experiments = sa.Table(
    "experiments", metadata, _workspace(), _text("name", key=True), _text("kind"), _json("arms"),
    _text("status"), _text("salt"), _text("metric"), _time("created_s"),
    _time("started_s", null=True), _time("stopped_s", null=True),
    sa.Column("horizon", sa.BigInteger),
)  # fmt: skip

facts = sa.Table(
    "facts", metadata, _workspace(), _text("name", key=True), _json("value"), _time("updated_s"),
)  # fmt: skip

audit = sa.Table(
    "audit", metadata, _position(), _workspace(key=False), _time("time_s"), _text("actor"),
    _text("action"), _text("subject"), _json("details"),
    sa.Index("audit_position", "workspace", "position"),
    sqlite_autoincrement=True,
)  # fmt: skip

keys = sa.Table(
    "keys", metadata, _text("key_id", key=True), _text("name"), _text("workspace", null=True),
    _text("role"), _text("secret_hash"), _time("created_s"), _time("expires_s", null=True),
    _time("revoked_s", null=True), _time("last_used_s", null=True),
    sa.Index("keys_workspace", "workspace"),
)  # fmt: skip

tokens = sa.Table(
    "tokens", metadata, _text("token_hash", key=True), _text("workspace", null=True),
    _text("role"), _time("expires_s"),
)  # fmt: skip
