"""The log: workspaces, revisions, events, impressions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the log."""
    postgres = op.get_bind().dialect.name == "postgresql"
    text = sa.Text(collation="C") if postgres else sa.Text()
    position = sa.BigInteger() if postgres else sa.Integer()

    op.create_table(
        "workspaces",
        sa.Column("workspace", text, primary_key=True),
        sa.Column("created_s", sa.Double(), nullable=False),
    )
    op.create_table(
        "revisions",
        sa.Column("workspace", text, primary_key=True),
        sa.Column("items", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("people", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("facts", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("events", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.create_table(
        "events",
        sa.Column("position", position, sa.Identity(), primary_key=True, autoincrement=True),
        sa.Column("workspace", text, nullable=False),
        sa.Column("event_key", sa.BigInteger(), nullable=False),
        sa.Column("user_id", text),
        sa.Column("item_id", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("time_s", sa.Double()),
        sa.Column("words", text),
        sa.Column("context", sa.Text()),
        sa.Column("answer_id", text),
        sa.Column("given_key", text),
        sa.Column("kept_s", sa.Double(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("events_key", "events", ["workspace", "event_key"], unique=True)
    op.create_index("events_position", "events", ["workspace", "position"])
    op.create_index("events_user", "events", ["workspace", "user_id", "position"])
    op.create_index("events_item", "events", ["workspace", "item_id", "position"])
    op.create_index("events_kind", "events", ["workspace", "kind", "position"])
    _impressions(text, position)


def _impressions(text: sa.Text, position: sa.Integer) -> None:
    op.create_table(
        "impressions",
        sa.Column("position", position, sa.Identity(), primary_key=True, autoincrement=True),
        sa.Column("workspace", text, nullable=False),
        sa.Column("answer_id", text, nullable=False),
        sa.Column("user_id", text),
        sa.Column("time_s", sa.Double(), nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("bundle_digest", text, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("impressions_answer", "impressions", ["workspace", "answer_id"], unique=True)
    op.create_index("impressions_user", "impressions", ["workspace", "user_id", "position"])
    op.create_index("impressions_time", "impressions", ["workspace", "time_s"])
